"""Questions about a person that no regulation is to answer: the fate of one's own application, and where
somebody whom the sources name can be reached in private.

Such words differ little from "which projects are selected" or "the officer's address" for embeddings.
"""

from __future__ import annotations

import re

from assistant.answering.index import CallIndex
from assistant.answering.question import Question
from assistant.words import fold

_OWN = r"\b(?:mon|ma|mes|notre|nos|my|our|mi|mis|nuestr[oa]s?|meus?|minhas?|noss[oa]s?|mein\w*|unser\w*)\b"
_CHOSEN = (
    r"\b(?:retenue?s?|selectionnee?s?|laureat\w*|acceptee?s?|choisie?s?|selected|accepted|chosen|successful|"
    r"seleccionad[oa]s?|aceptad[oa]s?|elegid[oa]s?|selecionad[oa]s?|aceit[oa]s?|ausgewahlt|angenommen)\b"
)
_WORK = (
    r"\b(?:projets?|candidatures?|dossiers?|demandes?|propositions?|projects?|applications?|proposals?|bids?|"
    r"proyectos?|candidaturas?|solicitud(?:es)?|propuestas?|projetos?|propostas?|projekte?|antrage?|bewerbung(?:en)?)\b"
)
_WILL = r"\b(?:sera|seront|serait|seraient|va|vont|will|would|sera[ns]?|va a|vai|wird|werden)\b"
_FATE = re.compile(
    rf"{_OWN}[^.?!;]*{_WORK}[^.?!;]*{_WILL}[^.?!;]{{0,25}}{_CHOSEN}|"
    rf"{_WILL} (?:{_OWN}[^.?!;]*{_WORK}[^.?!;]*{_CHOSEN}|{_CHOSEN} {_OWN}[^.?!;]*{_WORK})"
)
# "Will our application be accepted if …?": a rule is asked for.
_CONDITION = re.compile(
    r"\b(?:si|s'il\w*|if|unless|meme|even|sans|without|apres|after|sin|despues|sem|apos|depois|wenn|falls|ohne|nach)\b"
)
_PRIVATE = re.compile(
    r"\b(?:adresse|numero|telephone|tel|portable|mail|e-mail|courriel|coordonnees)\s+(?:personnel\w*|perso|privee?s?)\b|"
    r"\b(?:personal|private|home)\s+(?:address|phone|number|e-?mail|mobile|telephone)\b|"
    r"\b(?:direccion|numero|telefono|correo|endereco|telefone)\s+(?:particular|personal|pessoal|privad[oa])\b|"
    r"\bprivat(?:e|er|en)?\s?(?:adresse|nummer|telefonnummer|handynummer)\b|"
    r"\bou habitent?\b|\bhabite-t-(?:il|elle)\b|\bwhere does\b[^?]{0,40}\blive\b|\bdonde vive\b|\bonde mora\b|\bwo wohnt\b"
)


def own_fate(question: Question) -> bool:
    """Whether it is asked if the author's own project will be chosen, under no condition that a rule may settle."""
    text = fold(question.text)
    return bool(_FATE.search(text)) and not _CONDITION.search(text)


def private_address(question: Question, index: CallIndex) -> bool:
    """Whether the private address of somebody whom the sources name is asked for."""
    named = any(term.exact in index.people for term in question.terms)
    return named and bool(_PRIVATE.search(fold(question.text)))
