"""The evidence for every candidate as a row of features; reading weighs them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from assistant.answering.ends import End, ends_likely
from assistant.answering.identifiers import identifiers
from assistant.answering.index import CallIndex, Traits
from assistant.answering.question import Question
from assistant.types import KnownQuestion, Span

if TYPE_CHECKING:
    from assistant.answering.retrieve import Candidate, Retrieval


def describe(index: CallIndex, question: Question, retrieval: Retrieval) -> None:
    """Fill in every candidate's features; all lie roughly between -1 and 2."""
    candidates = retrieval.candidates
    if not candidates:
        return
    top_sentence = max(c.sentence for c in candidates)
    top_context = max(c.context for c in candidates)
    top_faq = max(c.faq for c in candidates)
    top_fact = max(c.fact for c in candidates)
    top_bm25 = max(max(c.bm25 for c in candidates), 1e-9)
    top_topic = log_odds(max(c.topic for c in candidates))
    top_topic_context = log_odds(max(c.topic_context for c in candidates))
    top_words = max(c.words for c in candidates)
    top_words_context = max(c.words_context for c in candidates)
    topic = retrieval.topic
    native = float(question.language == index.call.language)
    total = sum(term.weight for term in question.terms) or 1.0
    names = [term for term in question.terms if term.name]
    unknown = sum(t.weight for t in question.terms if not t.known) / total
    ends = ends_likely(retrieval.standard)
    named = identifiers(question.text)
    for c in candidates:
        traits = index.traits(c.unit, c.parts)
        covered = _coverage(question, traits.quoted, total)
        covered_around = _coverage(question, traits.around, total)
        kind = 0.0 if not question.kinds else (1.0 if question.kinds & traits.kinds else -1.0)
        composite = c.unit.composite
        cue = 0.0
        if topic is not None:
            id_ = topic[0].id
            cue = 1.0 if id_ in traits.cued else 0.5 if id_ in traits.cued_above else 0.0
        own_topic, context_topic = log_odds(c.topic), log_odds(c.topic_context)
        c.features = {
            "sentence": (c.sentence - 0.8) * 10,
            "sentence_rel": (c.sentence - top_sentence) * 20,
            "context": (c.context - 0.8) * 10,
            "context_rel": (c.context - top_context) * 20,
            "words": c.words * 2,
            "words_rel": (c.words - top_words) * 5,
            "words_context": c.words_context * 2,
            "words_context_rel": (c.words_context - top_words_context) * 5,
            "faq": c.faq,
            "faq_near": max(c.faq - 0.5, 0.0) * 3,
            "faq_best": float(c.faq >= top_faq and c.faq > 0.25),
            "fact": c.fact,
            "fact_best": float(c.fact >= top_fact and c.fact > 0.25),
            "faq_missed": max(top_faq - max(c.faq, 0.25), 0.0) * 2,
            "intent": c.intent,
            "intent_log": log_odds(c.intent),
            "topic": own_topic,
            "topic_rel": own_topic - top_topic,
            "topic_context": context_topic,
            "topic_context_rel": context_topic - top_topic_context,
            "known_words": _alike(index, question, c.question) if c.question else 0.0,
            "bm25": c.bm25 / top_bm25 * native,
            "cover": covered * native,
            "cover_foreign": covered * (1 - native),
            "around": covered_around * native,
            "around_foreign": covered_around * (1 - native),
            "names_missing": (
                sum(1.0 for t in names if not t.stems & traits.around) / len(names) if names else 0.0
            ),
            "unknown": unknown * native,
            "kind": kind,
            "kind_fact": kind if question.asked in ("fact", "contact") else 0.0,
            "contact": float(question.asked == "contact" and c.unit.kind == "contact"),
            "not_contact": float(question.asked != "contact" and c.unit.kind == "contact"),
            "list": float(question.asked == "list" and composite),
            "not_list": float(question.asked != "list" and composite),
            "outline": float(c.unit.kind == "outline"),
            "heading": float(c.unit.kind in ("heading", "title")),
            "footnote": float(c.unit.kind == "footnote"),
            "row": float(c.unit.kind == "row"),
            "define": _defines(index, question, c),
            "cue": cue,
            "cue_topic": cue * (topic[1] if topic else 0.0),
            "length": min(math.log(max(c.length, 20) / 150.0), 2.0),
            "foreign": 1 - native,
            **_applying(ends, traits, is_row=c.unit.kind == "row"),
            "identified": float(bool(named & traits.identifiers)),
            "misidentified": float(bool(named and traits.identifiers) and not named & traits.identifiers),
        }


def _applying(ends: dict[End, float], traits: Traits, *, is_row: bool) -> dict[str, float]:
    """How likely the end of the time to apply is asked for that a passage dates, or does not."""
    fits = sum(p for end, p in ends.items() if end in traits.ends)
    return {
        "end_fits": fits, "end_fits_row": fits * is_row,
        "end_missed": sum(p for end, p in ends.items() if end not in traits.ends),
    }  # fmt: skip


def log_odds(probability: float) -> float:
    """Between 0 (0.1 % or less) and about 1 (99.9 % or more)."""
    p = min(max(probability, 1e-3), 1 - 1e-3)
    return 0.5 + math.log(p / (1 - p)) / 14


def _coverage(question: Question, words: frozenset[str], total: float) -> float:
    return sum(t.weight for t in question.terms if t.stems & words) / total


def _alike(index: CallIndex, question: Question, known: KnownQuestion) -> float:
    """Weighted Jaccard of the content words of the question and of a known one."""
    other = index.question_stems(known)
    if not other or not question.terms:
        return 0.0
    both = sum(t.weight for t in question.terms if t.stems & other)
    mine = sum(t.weight for t in question.terms)
    stems = frozenset().union(*(t.stems for t in question.terms))
    theirs = sum(index.lexicon.weight(s) for s in other - stems)
    return both / (mine + theirs) if mine + theirs else 0.0


def _defines(index: CallIndex, question: Question, candidate: Candidate) -> float:
    """Whether the passage opens with what the question asks the meaning of."""
    if question.asked != "definition" or not question.terms:
        return 0.0
    first = candidate.parts[0]
    opening = Span(first.start, min(first.end, first.start + 60))
    words = index.words(candidate.unit.document, opening)
    return _coverage(question, words, sum(t.weight for t in question.terms) or 1.0)
