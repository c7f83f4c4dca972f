"""Whether somebody is one of a group: "Is Lima one of the cities of the network?" is told only where Lima is named.

A passage about the group is as near as one that lists its members, for embeddings. So the name is looked for.
"""

from __future__ import annotations

import re

from assistant.answering.follow_ups import content
from assistant.answering.question import Question, Term
from assistant.words import fold, stem, tokens

# Folded; what stands behind is the group.
_BELONGS = re.compile(
    r"(?:fai(?:t|sai[te]n?t?|saient|re)|font|fera\w*)(?:[- ]?(?:t-)?(?:il|elle|ils|elles))?(?: bien| aussi| deja| encore)? partie d\w*|"
    r"(?:est|sont|etai\w+|sera)(?:[- ](?:il|elle|ils|elles))?(?: bien| aussi| deja)? (?:(?:l'|l')?(?:une? des|membres? d|adherente?s? (?:d|a))|parmi)\w*|"
    r"(?:appartien\w+|adher\w+|compt\w+|figur\w+)(?:-t)?(?:-(?:il|elle|ils|elles))?(?: bien| aussi)? (?:a\b|au\b|aux\b|parmi|dans|sur la liste)|"
    r"(?:one of|part of|a member of|members of|among|belong(?:s|ing)? to|included in|listed (?:in|among))|"
    r"(?:forma parte del?|es (?:miembro|una? del?)|esta entre|pertenece|faz parte d\w+|e (?:membro|um[a]? d\w+)|gehort\w*|mitglied|eine? der)\b"
)
# What a group is made of, or is called.
_GROUP = re.compile(
    r"\b(?:villes?|pays|etats|membres?|reseau|alliance|partenariat|cities|towns|countries|states|members?|network|partnership|"
    r"ciudades|paises|miembros|red|cidades|membros|rede|stadte|lander|mitglieder|netzwerk)\b"
)
# "Lima en est ?", "Lima en fait partie ?"
_OF_THEM = re.compile(r"\b(?:en (?:est|fait partie|sont|font partie|etait)|y (?:est|figure|sont))\b")


def named_as_member(question: Question) -> list[Term]:
    """The names of which ``question`` asks whether they belong to a group that has a name or a number itself ("the
    79 countries", "the cities of the Rivers network"); none where it asks otherwise, or of a kind ("the eligible towns")."""
    text = fold(question.plain)
    found = _BELONGS.search(text)
    of_them = _OF_THEM.search(text) if found is None else None
    found = found or of_them
    if found is None or len(text) != len(question.plain) or question.asked not in ("yesno", "open"):
        return []
    before, behind = question.plain[: found.start()], question.plain[found.end() :]
    if of_them or not content(behind):
        behind = question.context or before
    words = set(tokens(behind))
    of_a_name = any(t.word in words and t.name and t.known for t in question.terms) or bool(re.search(r"\b\d+\b(?!\.\d)", behind))
    if not of_a_name or not _GROUP.search(fold(behind)):
        return []
    group = set() if behind == before else {stem(word) for word in words}
    named = {fold(word) for word in re.findall(r"\b[A-ZÀ-Þ][\w-]+", before)}
    return [t for t in question.terms if t.word in named and (t.name or not t.known) and stem(t.word) not in group]


def unnamed(question: Question, around: frozenset[str]) -> bool:
    """Whether a name that is asked to be a member is none of the words of a passage and its headings."""
    return any(not term.stems & around for term in named_as_member(question))
