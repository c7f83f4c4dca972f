"""Candidates for the answer: dense over all views, lexical, and known questions, fused.

A candidate is something that can be quoted: a sentence, a whole unit, or the spans that a known
question is bound to. Each carries the evidence for it as a row of features; reading decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np

from assistant.answering.ends import End, end_asked, end_of_intent, end_told
from assistant.answering.features import describe
from assistant.answering.index import CallIndex
from assistant.answering.intents import Intent, Intents, Kind
from assistant.answering.interaction import interaction, least_met, met
from assistant.answering.limits import Limit, limit_asked
from assistant.answering.prototypes import Match, Prototypes, Topic, topics
from assistant.answering.question import Question
from assistant.embedding import Embedded, Words
from assistant.index.largest import largest
from assistant.types import KnownQuestion, Span, Unit

PASSAGES = 60
QUESTIONS = 24
LEXICAL = 12
TOPICAL = 24
_FLOOR = 0.75
_LIKELY = 0.004
_LISTING = 0.4
_RRF_K = 60  # Cormack, Clarke and Büttcher 2009

Key = tuple[str, tuple[Span, ...]]


@dataclass(slots=True)
class Candidate:
    """A quotable answer with the best evidence found for it: cosines, BM25, and the probability
    that it (``topic``) or it in its context is an answer to the standard question asked. ``words``
    and ``words_context`` are its likeness, 0 to 1, and its context's by late interaction; ``least`` and
    ``least_context`` those of the words that are met worst.
    ``score`` ranks it and ``share`` is its part of the softmax over all candidates. ``bound``: it is just what a
    validated question is bound to."""

    unit: Unit
    parts: tuple[Span, ...]
    sentence: float = _FLOOR
    context: float = _FLOOR
    faq: float = 0.0
    fact: float = 0.0
    bm25: float = 0.0
    intent: float = 0.0
    topic: float = 0.0
    topic_context: float = 0.0
    words: float = 0.0
    words_context: float = 0.0
    least: float = 0.0
    least_context: float = 0.0
    question: KnownQuestion | None = None
    bound: bool = False
    end: End | None = None
    limit: Limit | None = None
    features: dict[str, float] = field(default_factory=dict)
    score: float = 0.0
    share: float = 0.0

    @property
    def length(self) -> int:
        """Number of characters that would be quoted."""
        return sum(part.end - part.start for part in self.parts)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Candidates by reciprocal rank fusion, best first, the nearest standard questions, and the
    nearest known ones. ``intents`` are the call's own classes with their probabilities (none for
    a call without a FAQ, or with one that is too small to learn from), ``standard`` those of the catalogue, most
    probable first. ``nearest`` is what the nearest question of such a small FAQ is bound to, with its cosine."""

    candidates: list[Candidate]
    matches: list[Match]
    related: list[KnownQuestion]
    open_topics: frozenset[str] = frozenset()
    intents: tuple[tuple[Intent, float], ...] = ()
    standard: tuple[tuple[Intent, float], ...] = ()
    end: End | None = None
    nearest: Candidate | None = None
    limit: Limit | None = None

    def wrong_end(self, candidate: Candidate) -> bool:
        """Whether a candidate states when something opens and the question asks when it closes, or
        the other way round."""
        return self.end is not None and candidate.end not in (None, self.end)

    def wrong_limit(self, candidate: Candidate) -> bool:
        """Whether a candidate states the least of something of which the most is asked, or the other way round."""
        return self.limit is not None and candidate.limit not in (None, self.limit)

    @property
    def topic(self) -> tuple[Topic, float] | None:
        """The nearest standard question with its cosine."""
        for match in self.matches:
            if match.kind == "topic":
                return topics()[match.id], match.cosine
        return None

    @property
    def lists(self) -> bool:
        """Whether it is likely one of the standard questions that a list answers."""
        topical = ((intent.id, p) for intent, p in self.standard if intent.kind == "topic")
        return sum(p for id_, p in topical if topics()[id_].answer_type == "list") >= _LISTING

    def mass(self, kind: Kind) -> float:
        """Probability that the question is one of the intents of a kind."""
        return sum(p for intent, p in self.intents if intent.kind == kind)

    def standard_mass(self, kind: Kind) -> float:
        """Probability that the question is one of the catalogue's classes of a kind."""
        return sum(p for intent, p in self.standard if intent.kind == kind)

    def likely(self, kind: Kind) -> Intent | None:
        """The most probable intent of a kind."""
        return max(
            ((p, intent) for intent, p in self.intents if intent.kind == kind),
            key=lambda one: one[0], default=(0.0, None),
        )[1]  # fmt: skip

    @property
    def open_cosine(self) -> float:
        """Best cosine among standard questions that the officer marked as not answered."""
        return max((m.cosine for m in self.matches if m.id in self.open_topics), default=0.0)

    def conduct(self, *ids: str) -> float:
        """Best cosine among turns of conversation with these ids."""
        return max(
            (m.cosine for m in self.matches if m.kind == "conduct" and m.id in ids), default=0.0
        )


def retrieve(
    index: CallIndex, prototypes: Prototypes, question: Question, embedded: Embedded,
    *, most: int | None = None,
) -> Retrieval:  # fmt: skip
    """Candidates for ``question``, at ``most`` so many; ``embedded`` are its ``search_texts``."""
    vectors, vector = embedded.vectors, embedded.vectors[0]
    passages = index.vectors.nearest("passages", vector, PASSAGES)
    whitened = prototypes.whitening.apply(vectors)
    asked = whitened[0]
    known = index.vectors.nearest("questions", asked, QUESTIONS)
    lexical = index.catalog.lexical(question.search_stems, LEXICAL)
    end = end_asked(question)
    intents = _ranked(index.intents, question, whitened) if index.intents else ()
    intents = _agreeing(intents, end, index)
    standard = _agreeing(_ranked(prototypes.questions, question, whitened), end, index)
    matches = index.passage_topics.match({i.id: p for i, p in standard if i.kind == "topic"})
    on_topic = index.view_ids(largest(matches, TOPICAL))
    likely = [(index.entries[i.id], p) for i, p in intents if i.kind == "faq" and p >= _LIKELY]
    questions = index.catalog.questions([id_ for id_, _ in known])
    unit_ids = [id_.split("#", 1)[0] for id_ in (*(id_ for id_, _ in passages), *on_topic)]
    unit_ids += [id_ for id_, _ in lexical]
    unit_ids += [q.unit for q in questions.values()] + [q.unit for q, _ in likely]
    units = index.catalog.units(dict.fromkeys(unit_ids))

    found: dict[Key, Candidate] = {}
    contexts: dict[str, float] = {}
    ranks: dict[str, float] = {}
    nearest: Candidate | None = None
    floor = passages[-1][1] if passages else _FLOOR
    for rank, (id_, cosine) in enumerate(passages):
        unit_id, view, _ = id_.split("#", 2)
        if unit_id not in units:
            continue
        unit = units[unit_id]
        _fuse(ranks, unit_id, rank)
        if view == "u":
            contexts[unit_id] = cosine
            if _is_whole(unit):
                _candidate(found, unit, unit.parts).sentence = cosine
        elif int(view) < len(unit.sentences):
            parts = unit.parts if _is_whole(unit) else (unit.sentences[int(view)],)
            one = _candidate(found, unit, parts)
            one.sentence = max(one.sentence, cosine)
    for rank, id_ in enumerate(on_topic):
        unit_id, view, _ = id_.split("#", 2)
        if unit_id not in units:
            continue
        unit = units[unit_id]
        _fuse(ranks, unit_id, rank)
        if _is_whole(unit) or view == "u":
            _candidate(found, unit, unit.parts)
        elif int(view) < len(unit.sentences):
            _candidate(found, unit, (unit.sentences[int(view)],))
    for rank, (unit_id, score) in enumerate(lexical):
        if unit_id not in units:
            continue
        _fuse(ranks, unit_id, rank)
        for candidate in _all_of(found, units[unit_id]):
            candidate.bm25 = score
    for rank, (id_, cosine) in enumerate(known):
        entry = questions.get(id_)
        if entry is None or entry.unit not in units:
            continue
        if entry.origin == "faq" and not intents:
            if nearest is None:  # they come best first
                nearest = Candidate(units[entry.unit], entry.parts, faq=cosine, question=entry, bound=True)
            continue
        _fuse(ranks, entry.unit, rank)
        candidate = _candidate(found, units[entry.unit], entry.parts)
        if candidate.question is None:
            candidate.question = entry
        if entry.origin == "faq":
            candidate.faq = max(candidate.faq, cosine)
        else:
            candidate.fact = max(candidate.fact, cosine)
    for rank, (entry, probability) in enumerate(likely):
        _fuse(ranks, entry.unit, rank)
        candidate = _candidate(found, units[entry.unit], entry.parts)
        candidate.intent += probability
        if candidate.question is None or rank == 0:
            candidate.question = entry
        candidate.bound = True
    scores = dict(lexical)
    for candidate in found.values():
        candidate.context = contexts.get(candidate.unit.id, floor)
        candidate.sentence = max(candidate.sentence, floor)
        candidate.bm25 = max(candidate.bm25, scores.get(candidate.unit.id, 0.0))
    ordered = sorted(found.values(), key=lambda c: -ranks.get(c.unit.id, 0.0))[:most]
    _match_views(index, ordered, matches, embedded.words[0])
    _share(ordered)
    related = [questions[id_] for id_, _ in known if id_ in questions]
    retrieval = Retrieval(
        ordered, prototypes.nearest(asked), related, frozenset(index.open_topics), intents, standard,
        end, nearest, limit_asked(question),
    )  # fmt: skip
    for candidate in [*ordered, *([nearest] if nearest else [])]:
        candidate.end = end_told(index, candidate.unit.document, candidate.parts)
        candidate.limit = index.traits(candidate.unit, candidate.parts).limit
    describe(index, question, retrieval)
    return retrieval


def _ranked(
    classifier: Intents, question: Question, vectors: np.ndarray
) -> tuple[tuple[Intent, float], ...]:
    """Intents of the question with their probabilities, most probable first."""
    each = [
        classifier.probabilities(vector, text)
        for vector, text in zip(vectors, question.search_texts, strict=True)
    ]
    probabilities = each[0]
    if len(each) == 3:
        probabilities = np.sqrt(each[0] * each[1])
        if question.moves_on:
            probabilities = probabilities * (1 - each[2])
        probabilities = probabilities / probabilities.sum()
    order = np.argsort(-probabilities, kind="stable")
    return tuple((classifier.classes[i], float(probabilities[i])) for i in order)


def _agreeing(
    intents: tuple[tuple[Intent, float], ...], end: End | None, index: CallIndex
) -> tuple[tuple[Intent, float], ...]:
    """What speaks for the other end of the period than the one asked speaks for the one asked."""
    if end is None:
        return intents
    ends = [end_of_intent(index, intent) for intent, _ in intents]
    meant = sum(p for (_, p), one in zip(intents, ends, strict=True) if one == end)
    other = sum(p for (_, p), one in zip(intents, ends, strict=True) if one not in (None, end))
    if not meant:
        return intents
    moved = [
        (intent, p if one is None else p * (1 + other / meant) if one == end else 0.0)
        for (intent, p), one in zip(intents, ends, strict=True)
    ]
    return tuple(sorted(moved, key=lambda pair: -pair[1]))


def _match_views(
    index: CallIndex, candidates: Collection[Candidate], matches: np.ndarray, words: Words
) -> None:
    """Fill in how well each candidate, and the unit it stands in, fits the topics and the words asked."""
    rows_of = index.view_rows(candidate.unit for candidate in candidates)
    own_rows: list[tuple[Candidate, int | None, list[int]]] = []
    for candidate in candidates:
        rows = rows_of[candidate.unit.id]
        sentences = [
            row for view, row in rows.items()
            if view != "u" and candidate.unit.sentences[int(view)] in candidate.parts
        ]  # fmt: skip
        own_rows.append((candidate, rows.get("u"), sentences))
    all_ = dict.fromkeys(r for _, c, own in own_rows for r in (*own, *([] if c is None else [c])))
    cosines = met(words, index.view_words(all_))
    alike = dict(zip(all_, interaction(words, cosines).tolist(), strict=True))
    least = dict(zip(all_, least_met(words, cosines).tolist(), strict=True))
    for candidate, context, sentences in own_rows:
        if context is not None:
            candidate.topic_context = float(matches[context])
            candidate.words_context = alike[context]
            candidate.least_context = least[context]
        candidate.topic = max((float(matches[row]) for row in sentences), default=candidate.topic_context)
        candidate.words = max((alike[row] for row in sentences), default=candidate.words_context)
        candidate.least = max((least[row] for row in sentences), default=candidate.least_context)


def _share(candidates: list[Candidate]) -> None:
    """Candidates that quote (nearly) the same text share their evidence."""
    by_document: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_document.setdefault(candidate.unit.document, []).append(candidate)
    for group in by_document.values():
        group.sort(key=lambda c: c.parts[0].start)
        before = [(c.sentence, c.faq, c.fact, c.question, c.intent) for c in group]
        for i, one in enumerate(group):
            end = max(part.end for part in one.parts)
            for j in range(i + 1, len(group)):
                other = group[j]
                if other.parts[0].start >= end:
                    break
                shared = sum(p.overlap(q) for p in one.parts for q in other.parts)
                for a, b in ((i, j), (j, i)):
                    if shared >= 0.6 * group[a].length and shared >= 0.4 * group[b].length:
                        sentence, faq, fact, question, intent = before[b]
                        mine = group[a]
                        mine.sentence = max(mine.sentence, sentence)
                        mine.intent = min(mine.intent + intent, 1.0)
                        if max(faq, fact) > max(mine.faq, mine.fact):
                            mine.question = question
                        mine.faq, mine.fact = max(mine.faq, faq), max(mine.fact, fact)


def _is_whole(unit: Unit) -> bool:
    return unit.composite or len(unit.sentences) == 1 or unit.kind in ("contact", "row")


def _all_of(found: dict[Key, Candidate], unit: Unit) -> Iterable[Candidate]:
    if _is_whole(unit):
        return [_candidate(found, unit, unit.parts)]
    return [_candidate(found, unit, (sentence,)) for sentence in unit.sentences]


def _candidate(found: dict[Key, Candidate], unit: Unit, parts: tuple[Span, ...]) -> Candidate:
    return found.setdefault((unit.document, parts), Candidate(unit, parts))


def _fuse(ranks: dict[str, float], unit: str, rank: int) -> None:
    ranks[unit] = ranks.get(unit, 0.0) + 1.0 / (_RRF_K + rank)
