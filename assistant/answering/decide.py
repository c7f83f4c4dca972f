"""Answer, answer in part, or abstain, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answering.index import CallIndex
from assistant.answering.question import Question
from assistant.answering.read import Reading, load_thresholds
from assistant.answering.retrieve import Retrieval
from assistant.types import Status
from assistant.words import fold

# Topics that ask for an opinion on a case or for work that is not ours, whatever the text says.
_PERSONAL = frozenset({"chance_opinion", "own_application_status", "write_application", "legal_advice"})
_NEAR = 0.6
_OPEN_NEAR = 0.5
_OPEN_LEAD = 0.03

_ATTACK = re.compile(
    r"<\s*/?\s*(?:script|img|iframe|svg|object|embed|style)\b|javascript:|onerror\s*=|"
    r"\b(?:ignor\w+|oubli\w+|forget|disregard|olvida|ignora)\b.{0,40}\b(?:instructions?|consignes?|"
    r"regles?|prompts?|rules|instrucciones|regras|instrucoes)\b|"
    r"\b(?:system prompt|prompt systeme|prompt initial|instructions? (?:systeme|initiales|cachees))\b|"
    r"\b(?:you are now|tu es maintenant|act as|fais comme si|pretend to be|jailbreak|dan mode|"
    r"mode developpeur|developer mode)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """``phrase`` names a set reply (greeting, refusal …), ``topic`` the standard question that
    the sources leave open; ``sure`` tells an answer from a partial one."""

    status: Status
    confidence: float
    sure: bool = True
    phrase: str | None = None
    topic: str | None = None


def decide(question: Question, retrieval: Retrieval, reading: Reading, index: CallIndex) -> Decision:
    """What to do with the best candidate."""
    limits = load_thresholds()
    probability = reading.probability
    topic = retrieval.topic
    topic_cosine = topic[1] if topic else 0.0
    known = max((max(c.faq, c.fact) for c in reading.candidates[:40]), default=0.0)
    folded = fold(question.text)
    if _ATTACK.search(folded):
        return Decision("refused", 1.0 - probability, phrase="refused")
    conduct = next((m for m in retrieval.matches if m.kind == "conduct"), None)
    if conduct and conduct.cosine > max(topic_cosine, known) + 0.03 and conduct.cosine >= 0.4:
        if conduct.id == "attack":
            return Decision("refused", 1.0 - probability, phrase="refused")
        if conduct.id == "off_topic":
            if probability < limits.scope:
                return Decision("out_of_scope", 1.0 - probability, phrase="out_of_scope")
        elif probability < limits.scope or not question.terms:
            return Decision("out_of_scope", 1.0 - probability, phrase=conduct.id)
    if topic and topic[0].id in _PERSONAL and topic_cosine >= _NEAR and topic_cosine > known:
        return Decision("not_in_sources", 1.0 - probability, phrase="personal")
    open_topic = next((m for m in retrieval.matches if m.id in index.open_topics), None)
    if open_topic and open_topic.cosine >= max(known + _OPEN_LEAD, _OPEN_NEAR):
        # The officer has confirmed that the sources leave this standard question open.
        return Decision("not_in_sources", min(open_topic.cosine, 1.0), topic=open_topic.id)
    if probability >= limits.answer:
        return Decision("answered", probability)
    if probability >= limits.partial:
        return Decision("partial", probability, sure=False)
    away = retrieval.conduct("off_topic")
    if away > max(topic_cosine, known):
        return Decision("out_of_scope", 1.0 - probability, phrase="out_of_scope")
    named = topic[0].id if topic and topic_cosine >= _NEAR else None
    return Decision("not_in_sources", 1.0 - probability, topic=named)
