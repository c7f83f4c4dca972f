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
    r"\b(?:(?:pre)?retenue?s?|(?:pre)?selectionnee?s?|laureat\w*|acceptee?s?|choisie?s?|(?:pre-?)?selected|accepted|chosen|successful|"
    r"seleccionad[oa]s?|aceptad[oa]s?|elegid[oa]s?|selecionad[oa]s?|aceit[oa]s?|ausgewahlt|angenommen)\b"
)
_WORK = (
    r"\b(?:projets?|candidatures?|dossiers?|demandes?|propositions?|notes? d'intention|recours|projects?|applications?|proposals?|bids?|"
    r"proyectos?|candidaturas?|solicitud(?:es)?|propuestas?|projetos?|propostas?|projekte?|antrage?|bewerbung(?:en)?)\b"
)
_SENT = r"\b(?:mails?|e-?mails?|courriels?|messages?|lettres?|courriers?|pieces|documents|letters?|correos?|mensajes?|mensagens?|nachricht)\b"
_WILL = r"\b(?:sera|seront|serait|seraient|va|vont|will|would|sera[ns]?|va a|vai|wird|werden)\b"
# What has become of it: it "a-t-il été", "est-elle", "has been" chosen or not.
_BECAME = r"\b(?:(?:est|sont)(?:-(?:il|elle)s?)?|(?:a|ont)(?:-t)?(?:-(?:il|elle)s?)? (?:\w+ )?ete|has|have|was|were|is) (?:\w+ ){0,2}"
_DONE = (
    r"(?:(?:pre)?retenue?s?|(?:pre)?selectionnee?s?|acceptee?s?|refusee?s?|rejetee?s?|jugee?s?|declaree?s?|recevables?|recue?s?|arrivee?s?|validee?s?|notee?s?|classee?s?|"
    r"enregistree?s?|instruite?s?|examinee?s?|accepted|rejected|received|selected|shortlisted)\b"
)
# Somebody has (or has not) seen to it: "avez-vous reçu mon mail ?", "la directrice a-t-elle accepté de revoir mon dossier ?"
_SEEN = (
    r"\b(?:avez(?:-vous)?|as-tu|a|ont|a-t-(?:il|elle|on)|ont-ils|have you|did you|has|have|haben sie|han) (?:\w+ ){0,2}?"
    r"(?:recue?s?|lue?s?|vue?s?|accepte|refuse|rejete|valide|decide|traite|examine|etudie|received?|read|got|recibido|erhalten)\b"
)
_MARKED = r"\b(?:note|notes|points|score|classement|rang|rank|mark)\b"
_HAD = r"\b(?:j'ai|jai|on a|nous avons|avons-nous|ai-je|a|a-t-il|a-t-elle|did (?:we|i)|have (?:we|i)) (?:\w+ )?(?:eue?s?|obtenue?s?|recue?s?|get|got|receive)\b"
# "Notre demande a été refusée, que faire ?" only tells of it.
_END = r"(?=[^,;:.!]*(?:\?|$))"
_FATE = re.compile(
    rf"{_OWN}[^.?!;]*{_WORK}[^.?!;]*{_WILL}[^.?!;]{{0,25}}{_CHOSEN}|"
    rf"{_WILL} (?:{_OWN}[^.?!;]*{_WORK}[^.?!;]*{_CHOSEN}|{_CHOSEN} {_OWN}[^.?!;]*{_WORK})|"
    rf"{_OWN} (?:\w+ ){{0,2}}{_WORK}[^.?!;]{{0,40}}?{_BECAME}{_DONE}{_END}|"
    rf"{_SEEN}[^.?!;]{{0,40}}?{_OWN} (?:\w+ ){{0,2}}(?:{_WORK}|{_SENT}){_END}|"
    rf"{_HAD}[^.?!;]*{_MARKED}[^.?!;]*{_OWN} {_WORK}{_END}|"
    rf"{_HAD} (?:combien|quelle note|what (?:mark|score))\b|"
    rf"\bou en (?:est|sont) (?:l'\w+ de )?{_OWN}"
)
# "Will our application be accepted if …?": a rule is asked for.
_CONDITION = re.compile(
    r"\b(?:si|s'il\w*|if|unless|meme|even|sans|without|apres|after|sin|despues|sem|apos|depois|wenn|falls|ohne|nach)\b"
)
_PLEASE = re.compile(r"\bs'il (?:vous|te) plait\b")
# "Whom do I ask where my payment stands?", "How shall we know that our file has arrived?": a rule again.
_RULE = re.compile(
    r"\b(?:a qui|aupres de qui|who(?:m| can| should| do)|a quien|a quem|an wen|comment|quand|a quelle date|combien de temps|"
    r"how|when|cuando|como|quando|wann|wie)\b"
)
_PRIVATE = re.compile(
    r"\b(?:adresse|numero|telephone|tel|portable|mail|e-mail|courriel|coordonnees)\s+(?:personnel\w*|perso|privee?s?)\b|"
    r"\b(?:personal|private|home)\s+(?:address|phone|number|e-?mail|mobile|telephone)\b|"
    r"\b(?:direccion|numero|telefono|correo|endereco|telefone)\s+(?:particular|personal|pessoal|privad[oa])\b|"
    r"\bprivat(?:e|er|en)?\s?(?:adresse|nummer|telefonnummer|handynummer)\b|"
    r"\bou habitent?\b|\bhabite-t-(?:il|elle)\b|\bwhere does\b[^?]{0,40}\blive\b|\bdonde vive\b|\bonde mora\b|\bwo wohnt\b"
)


# "Ça vous paraît bien parti pour être retenu ?"
_OPINION = re.compile(
    r"\b(?:vous (?:parait|semble)(?:-t-il)?|(?:pensez|croyez|estimez|trouvez)[- ]vous|vous (?:pensez|croyez|estimez|trouvez)|a votre avis|selon vous|d'apres vous|do you think|in your (?:view|opinion)|cree usted|en su opinion|na sua opiniao)\b"
    r"[^.?!]{0,80}\b(?:retenue?s?|selectionnee?s?|des chances|une chance|bien partie?|chances?|selected|shortlisted|chosen|seleccionad\w+|selecionad\w+|posibilidades)\b"
)
_OF_ONES_OWN = re.compile(r"\b(?:ca|cela|notre|mon|ma|nos|mes|nous|on|je|our|my|we|nuestr\w+|noss\w+)\b")
_WHICH = re.compile(r"\b(?:quel(?:le)?s?|quand|comment|which|when|how|what|who|qui)\b(?! (?:parait|semble))")


def own_fate(question: Question) -> bool:
    """Whether it is asked what becomes or has become of the author's own project or message, under no condition
    that a rule may settle."""
    text = _PLEASE.sub(" ", fold(question.plain))
    if _OPINION.search(text) and _OF_ONES_OWN.search(text) and not _WHICH.search(text):
        return True
    return bool(_FATE.search(text)) and not _CONDITION.search(text) and not _RULE.search(text)


def private_address(question: Question, index: CallIndex) -> bool:
    """Whether the private address of somebody whom the sources name is asked for."""
    named = any(term.exact in index.people for term in question.terms)
    return named and bool(_PRIVATE.search(fold(question.text)))
