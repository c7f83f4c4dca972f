"""May bodies of a kind that the sources never name apply? They may be meant or not: no passage says so expressly."""

from __future__ import annotations

import re

from assistant.answering.question import Question
from assistant.words import fold, tokens

# Folded. The kind of body stands before what it wants to do: "un syndicat mixte peut-il déposer …", "can a museum apply".
_APPLY = (
    r"(?:depos\w+|candidat\w+|postul\w+|concour\w+|repondre|soumettre|porter|etre (?:\w+ )?(?:chef(?:fe)? de file|port\w+|candidate?s?|eligibles?|beneficiaires?|laureate?s?)|"
    r"apply|submit|bid|be (?:the |a |an )?(?:lead\w*|applicants?|eligible)|lead|presentar\w*|solicitar|ser (?:candidat\w+|jefe|elegible\w*)|concorrer|candidatar\w*)"
)
_MAY = re.compile(
    rf"\b(?:une?|des|l[ea]s?|l'|notre|nos|mon|ma|cette?|ce)\s?(?P<body>[a-z]+(?:[ -][a-z]+){{0,2}}?) (?:(?:peu(?:t|vent)|pourrai\w*|a|ont)[- ](?:t-)?(?:il|elle|on)s?|peu(?:t|vent)|pourrai\w*) (?:\w+[ -]){{0,3}}?{_APPLY}\b|"
    rf"\b(?:can|may|could) (?:an?|our|the) (?P<body2>[a-z]+(?:[ -][a-z]+){{0,2}}?) (?:\w+ ){{0,2}}?{_APPLY}\b|"
    rf"\b(?:puede|pode) (?:una?|uma?|nuestr[oa]|el|la) (?P<body3>[a-z]+(?:[ -][a-z]+){{0,2}}?) (?:\w+ ){{0,2}}?{_APPLY}\b"
)


# What is a local authority in law (article 72 of the Constitution; groups of them are not), in the languages spoken.
_LOCAL = frozenset(
    "collectivite collectivites commune communes mairie mairies ville villes village villages municipalite municipalites departement "
    "departements region regions conseil metropole town towns city cities council councils municipality county counties authority "
    "authorities ayuntamiento municipio ciudad diputacion provincia autarquia camara prefeitura cidade".split()
)
# "Un projet peut-il porter sur …": no body at all.
_NOBODY = frozenset(("projet", "projets", "project", "dossier", "candidature", "proyecto", "projeto"))


def unnamed_body(question: Question, told: frozenset[str]) -> bool:
    """Whether it is asked if a body may apply, other than a local authority, of whose kind a passage (its stems,
    ``told``) has no word."""
    found = _MAY.search(fold(question.plain))
    if found is None:
        return False
    kind = tokens(next(filter(None, found.groups())))
    terms = [term for term in question.terms if term.word in kind]
    return bool(terms) and not set(kind) & (_LOCAL | _NOBODY) and not any((term.stems | {term.exact}) & told for term in terms)
