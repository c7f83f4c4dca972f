"""The questions of mails put to the assistant, each in the form that it is surest of, and once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock

from assistant.answering.assistant import Assistant
from assistant.answering.prototypes import topics
from assistant.desk.questions import Asked, Form
from assistant.desk.referents import names_itself, referent
from assistant.errors import QuestionError
from assistant.types import ABSTENTIONS, Answer, Turn
from assistant.words import fold

# A sentence counts as a standard question or turn from this cosine of whitened vectors on.
SURE = 0.7
# From this confidence on the answer to one form of a question is taken without asking another.
CONFIDENT = 0.75
VERY_SURE, CERTAIN = 0.9, 0.98
_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Looked:
    """An answer with what the embedded model recognised in the question: the ``group`` of the nearest standard
    question, standard questions and turns that it surely is, and the cosine of the ``near``est. ``open``: of several
    questions in it one is left unanswered."""

    answer: Answer
    group: str
    topics: frozenset[str]
    turns: frozenset[str]
    near: float
    open: bool

    @property
    def sure(self) -> bool:
        """Whether the answer is so sure that what the embedded model heard in its question does not count."""
        return self.answer.confidence >= VERY_SURE

    @property
    def settled(self) -> bool:
        """Whether the sources surely answer."""
        return self.sure and not self.answer.abstained


class Looker:
    """Asks the assistant about one call. Safe to share between threads."""

    def __init__(self, assistant: Assistant, call: str) -> None:
        self._assistant = assistant
        self._call = call
        self._known: OrderedDict[str, Looked | None] = OrderedDict()
        self._lock = Lock()

    def answer(self, question: Asked, subject: str) -> Looked | None:
        """The answer to a question, in the form that the assistant is surest of; a question that
        refers to what was said before is first asked by that, one about somebody only by their name."""
        looks: list[Looked] = []
        forms = question.forms
        if not question.fits:
            index = self._assistant.index(self._call)
            named = referent(question.text, question.earlier, subject, index)
            if named:
                forms = (Form(f"{named} : {question.text}"), *(forms if question.refers else ()))
            elif names_itself(question.text, index):
                forms = (Form(question.text),)
        for form in forms:
            look = self._look(form)
            if look is None:
                continue
            looks.append(look)
            enough = CONFIDENT if question.fits and len(looks) == 1 else CERTAIN
            if not look.answer.abstained and look.answer.confidence >= enough:
                break
            if look.topics and look.answer.abstained and look.answer.confidence >= VERY_SURE and not question.refers:
                break  # it says by itself what it asks, and that is left open: no answer to the question before will do
        if not looks:
            return None
        full = looks[min(1, len(looks) - 1)] if question.fits else looks[0]
        best = max(looks, key=lambda look: round(look.answer.confidence, 2))
        answered = not best.answer.abstained and best.answer.confidence >= CONFIDENT
        return replace(best, topics=frozenset() if answered else full.topics, turns=full.turns)

    def _look(self, form: Form) -> Looked | None:
        """Ask the assistant; the same question is asked once."""
        key = fold(" ".join(f"{form.before}\n{form.text}".split(" ")))
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        history = [Turn(role="user", text=form.before)] if form.before else []
        try:
            answer, steps = self._assistant.explain(form.text, history, call=self._call)
        except QuestionError:
            looked = None
        else:
            near = [m for step in steps for m in step.retrieval.matches[:1] if m.cosine >= SURE]
            best = max(
                (m for step in steps for m in step.retrieval.matches if m.kind == "topic"),
                key=lambda m: m.cosine, default=None,
            )  # fmt: skip
            decided = {
                step.decision.topic for step in steps
                if step.decision.topic
                and any(m.id == step.decision.topic and m.cosine >= 0.5 for m in step.retrieval.matches[:2])
            }  # fmt: skip
            looked = Looked(
                answer,
                topics()[best.id].group if best and best.cosine >= 0.5 else "",
                frozenset({m.id for m in near if m.kind == "topic"} | decided),
                frozenset(m.id for m in near if m.kind == "conduct"),
                max((m.cosine for step in steps for m in step.retrieval.matches[:1]), default=0.0),
                any(step.decision.status in ABSTENTIONS for step in steps),
            )
        with self._lock:
            self._known[key] = looked
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return looked
