"""Candidates for the answer: dense over all views, lexical, and known questions, fused.

A candidate is something that can be quoted: a sentence, a whole unit, or the spans that a known
question is bound to. Each carries the evidence for it as a row of features; reading decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from assistant.answering.index import CallIndex
from assistant.answering.intents import Intent, Kind
from assistant.answering.prototypes import Match, Prototypes, Topic, topics
from assistant.answering.question import Question
from assistant.index.catalog import KnownQuestion
from assistant.types import Span, Unit

PASSAGES = 60
QUESTIONS = 24
LEXICAL = 12
_FLOOR = 0.75
_LIKELY = 0.004
_RRF_K = 60  # Cormack, Clarke and Büttcher 2009

Key = tuple[str, tuple[Span, ...]]


@dataclass(slots=True)
class Candidate:
    """A quotable answer with the best evidence found for it (cosines, BM25)."""

    unit: Unit
    parts: tuple[Span, ...]
    sentence: float = _FLOOR
    context: float = _FLOOR
    faq: float = 0.0
    fact: float = 0.0
    bm25: float = 0.0
    intent: float = 0.0
    question: KnownQuestion | None = None
    features: dict[str, float] = field(default_factory=dict)
    score: float = 0.0

    @property
    def length(self) -> int:
        """Number of characters that would be quoted."""
        return sum(part.end - part.start for part in self.parts)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Candidates by reciprocal rank fusion, best first, the nearest standard questions, and the
    nearest known ones."""

    candidates: list[Candidate]
    matches: list[Match]
    related: list[KnownQuestion]
    open_topics: frozenset[str] = frozenset()
    intents: tuple[tuple[Intent, float], ...] = ()

    @property
    def topic(self) -> tuple[Topic, float] | None:
        """The nearest standard question with its cosine."""
        for match in self.matches:
            if match.kind == "topic":
                return topics()[match.id], match.cosine
        return None

    def mass(self, kind: Kind) -> float:
        """Probability that the question is one of the intents of a kind."""
        return sum(p for intent, p in self.intents if intent.kind == kind)

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
    index: CallIndex, prototypes: Prototypes, question: Question, vector: np.ndarray
) -> Retrieval:
    """Candidates for ``question``, whose embedding is ``vector``."""
    passages = index.vectors.nearest("passages", vector, PASSAGES)
    asked = prototypes.whitening.apply(vector)
    known = index.vectors.nearest("questions", asked, QUESTIONS)
    lexical = index.catalog.lexical(question.search_stems, LEXICAL)
    intents = _intents(index, asked)
    likely = [(index.entries[i.id], p) for i, p in intents if i.kind == "faq" and p >= _LIKELY]
    questions = index.catalog.questions([id_ for id_, _ in known])
    unit_ids = [id_.split("#", 1)[0] for id_, _ in passages] + [id_ for id_, _ in lexical]
    unit_ids += [q.unit for q in questions.values()] + [q.unit for q, _ in likely]
    units = index.catalog.units(dict.fromkeys(unit_ids))

    found: dict[Key, Candidate] = {}
    contexts: dict[str, float] = {}
    ranks: dict[str, float] = {}
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
        candidate.question = candidate.question or entry
    scores = dict(lexical)
    for candidate in found.values():
        candidate.context = contexts.get(candidate.unit.id, floor)
        candidate.sentence = max(candidate.sentence, floor)
        candidate.bm25 = max(candidate.bm25, scores.get(candidate.unit.id, 0.0))
    _share(list(found.values()))
    ordered = sorted(found.values(), key=lambda c: -ranks.get(c.unit.id, 0.0))
    related = [questions[id_] for id_, _ in known if id_ in questions]
    retrieval = Retrieval(
        ordered, prototypes.nearest(asked), related, frozenset(index.open_topics), intents
    )
    _describe(index, question, retrieval)
    return retrieval


def _intents(index: CallIndex, asked: np.ndarray) -> tuple[tuple[Intent, float], ...]:
    """Intents of the question with their probabilities, most probable first."""
    if index.intents is None:
        return ()
    probabilities = index.intents.probabilities(asked)
    order = np.argsort(-probabilities, kind="stable")
    return tuple((index.intents.classes[i], float(probabilities[i])) for i in order)


def _share(candidates: list[Candidate]) -> None:
    """Candidates that quote (nearly) the same text share their evidence."""
    by_document: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_document.setdefault(candidate.unit.document, []).append(candidate)
    for group in by_document.values():
        group.sort(key=lambda c: c.parts[0].start)
        before = [(c.sentence, c.faq, c.fact, c.question, c.intent) for c in group]
        for i, one in enumerate(group):
            for j in range(i + 1, len(group)):
                other = group[j]
                if other.parts[0].start >= one.parts[-1].end and len(one.parts) == 1:
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


def _describe(index: CallIndex, question: Question, retrieval: Retrieval) -> None:
    """Fill in every candidate's features; all lie roughly between -1 and 2."""
    candidates = retrieval.candidates
    if not candidates:
        return
    top_sentence = max(c.sentence for c in candidates)
    top_context = max(c.context for c in candidates)
    top_faq = max(c.faq for c in candidates)
    top_fact = max(c.fact for c in candidates)
    top_bm25 = max(max(c.bm25 for c in candidates), 1e-9)
    topic = retrieval.topic
    native = float(question.language == index.call.language)
    total = sum(term.weight for term in question.terms) or 1.0
    names = [term for term in question.terms if term.name]
    unknown = sum(t.weight for t in question.terms if not t.known) / total
    for c in candidates:
        quoted = frozenset().union(*(index.words(c.unit.document, p) for p in c.parts))
        around = quoted | index.words(c.unit.document, c.unit.span) | index.heading_words(c.unit)
        for span in (c.unit.lead, c.unit.caller):
            if span is not None:
                around |= index.words(c.unit.document, span)
        kinds = {v.kind for p in c.parts for v in index.values(c.unit.document, p)}
        if c.unit.kind == "contact":
            kinds.add("person")
        covered = _coverage(question, quoted, total)
        covered_around = _coverage(question, around, total)
        kind = 0.0 if not question.kinds else (1.0 if question.kinds & kinds else -1.0)
        composite = c.unit.composite
        cue = _cue(topic[0], index, c) if topic else 0.0
        c.features = {
            "sentence": (c.sentence - 0.8) * 10,
            "sentence_rel": (c.sentence - top_sentence) * 20,
            "context": (c.context - 0.8) * 10,
            "context_rel": (c.context - top_context) * 20,
            "faq": c.faq,
            "faq_near": max(c.faq - 0.5, 0.0) * 3,
            "faq_best": float(c.faq >= top_faq and c.faq > 0.25),
            "fact": c.fact,
            "fact_best": float(c.fact >= top_fact and c.fact > 0.25),
            "faq_missed": max(top_faq - max(c.faq, 0.25), 0.0) * 2,
            "intent": c.intent,
            "intent_log": log_odds(c.intent),
            "known_words": _alike(index, question, c.question) if c.question else 0.0,
            "bm25": c.bm25 / top_bm25 * native,
            "cover": covered * native,
            "cover_foreign": covered * (1 - native),
            "around": covered_around * native,
            "around_foreign": covered_around * (1 - native),
            "names_missing": (
                sum(1.0 for t in names if not t.stems & around) / len(names) if names else 0.0
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
            "length": min(np.log(max(c.length, 20) / 150.0), 2.0),
            "foreign": 1 - native,
        }


def log_odds(probability: float) -> float:
    """Between 0 (0.1 % or less) and about 1 (99.9 % or more)."""
    p = min(max(probability, 1e-3), 1 - 1e-3)
    return 0.5 + float(np.log(p / (1 - p))) / 14


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


def _cue(topic: Topic, index: CallIndex, candidate: Candidate) -> float:
    """1 when a cue of the standard question stands in the passage, 0.5 in its surroundings."""
    unit = candidate.unit
    if any(_holds(topic, index, unit.document, part) for part in candidate.parts):
        return 1.0
    document = index.document(unit.document)
    around = [unit.lead] if unit.lead else []
    section = unit.section
    while section is not None:
        around.append(document.sections[section].heading)
        section = document.sections[section].parent
    return 0.5 if any(_holds(topic, index, unit.document, span) for span in around) else 0.0


def _holds(topic: Topic, index: CallIndex, document: str, span: Span) -> bool:
    words, plain = index.folded(document, span)
    return any(
        (f" {cue} " in words) if cue.replace(" ", "").isalnum() else cue in plain
        for cue in topic.cues
    )


def _defines(index: CallIndex, question: Question, candidate: Candidate) -> float:
    """Whether the passage opens with what the question asks the meaning of."""
    if question.asked != "definition" or not question.terms:
        return 0.0
    first = candidate.parts[0]
    opening = Span(first.start, min(first.end, first.start + 60))
    words = index.words(candidate.unit.document, opening)
    return _coverage(question, words, sum(t.weight for t in question.terms) or 1.0)
