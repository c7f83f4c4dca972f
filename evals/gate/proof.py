"""How many right sentences pass the gate, and how many corrupted outputs do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answering.evidence import Passage, gather_all
from assistant.answering.gate import Gate, Verdict
from assistant.answering.index import CallIndex
from assistant.answering.sentences import cut
from assistant.embedding import Embedder
from evals.gate.corruptions import Corrupted
from evals.gate.sentences import Right, cited


@dataclass(frozen=True, slots=True)
class Outcome:
    """One output and what the gate said of each of its sentences."""

    item: Right | Corrupted
    verdicts: tuple[Verdict, ...]

    @property
    def shown(self) -> list[Verdict]:
        """What would be shown."""
        return [verdict for verdict in self.verdicts if verdict.passed]


class Bench:
    """Gates over whole calls: every passage is evidence, every contact may be named, which is
    harder than what answering allows."""

    def __init__(self, indexes: Mapping[str, CallIndex], embedder: Embedder) -> None:
        self._embedder = embedder
        self._indexes = indexes
        self.passages: dict[str, tuple[Passage, ...]] = {
            call: gather_all(index) for call, index in indexes.items()
        }

    def number(self, right: Right) -> int:
        """The passage that a right sentence cites."""
        passages = self.passages[right.call]
        document = self._indexes[right.call].document(passages[0].unit.document)
        return cited(right, passages, document.text)

    def index(self, call: str) -> CallIndex:
        """The index of a call."""
        return self._indexes[call]

    def gate(self, call: str, language: str) -> Gate:
        """A gate that lets all contacts of the call be named."""
        index = self._indexes[call]
        contacts = frozenset(
            fact.value for kind in ("email", "phone") for fact in index.catalog.facts_of(kind)
        )  # fmt: skip
        return Gate(index, self._embedder, language, self.passages[call], contacts)

    def right(self, items: Iterable[Right]) -> list[Outcome]:
        """What the gate says of right sentences."""
        return [
            Outcome(item, (self.gate(item.call, item.language).check(item.text, [self.number(item)]),))
            for item in items
        ]

    def corrupted(self, items: Iterable[Corrupted]) -> list[Outcome]:
        """What the gate says of corrupted outputs, sentence by sentence."""
        found = []
        for item in items:
            gate = self.gate(item.call, item.language)
            verdicts = tuple(gate.check(s.text, s.cited) for s in cut([item.output]))
            found.append(Outcome(item, verdicts))
        return found


def leaked(outcome: Outcome) -> bool:
    """Whether something wrong would be shown: a sentence of the output that is not also right.

    A sentence that was cited anew is right again when only its citation was corrupted.
    """
    item = outcome.item
    assert isinstance(item, Corrupted)
    if item.kind in ("wrong_unit", "invented_unit"):
        return any(not verdict.recited for verdict in outcome.shown)
    return any(verdict.sentence not in item.harmless for verdict in outcome.shown)


def table(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int]]:
    """(leaked, all) by kind of corruption."""
    total: Counter[str] = Counter()
    through: Counter[str] = Counter()
    for outcome in outcomes:
        assert isinstance(outcome.item, Corrupted)
        total[outcome.item.kind] += 1
        through[outcome.item.kind] += leaked(outcome)
    return {kind: (through[kind], count) for kind, count in sorted(total.items())}
