"""Answers with one thing made wrong, to show that the verifier and the metrics bite.

A computed value (in a "(calculé : …)") is left alone: it stands in no quote, and it is the code that
computes it that is tested.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answering.verify import COMPUTED
from assistant.types import Answer
from assistant.values import Value, find_values

_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_MARK = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Mutant:
    """An answer with one thing wrong, and which."""

    kind: str
    answer: Answer
    original: Answer


Make = Callable[[Answer, Sequence[Value], random.Random], Answer | None]


def mutate(answers: Sequence[Answer], others: Sequence[Value], count: int, seed: int) -> list[Mutant]:
    """``count`` different mutants of real ``answers``, kinds by turns; same seed, same mutants.

    ``others`` are values that the sources state elsewhere, to swap in. Fewer when the answers do
    not allow as many.
    """
    chance = random.Random(seed)
    made: list[Mutant] = []
    seen: set[str] = set()
    for turn in range(20 * count):
        if len(made) == count:
            break
        kind = list(KINDS)[turn % len(KINDS)]
        for answer in chance.sample(list(answers), len(answers)):
            changed = KINDS[kind](answer, others, chance)
            if changed is not None and changed.model_dump_json() not in seen:
                seen.add(changed.model_dump_json())
                made.append(Mutant(kind, changed, answer))
                break
    return made


def _swap_date(answer: Answer, others: Sequence[Value], chance: random.Random) -> Answer | None:
    """Another date of the sources, which the cited quotes do not hold."""
    dates = [o.value for o in others if o.kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", o.value)]
    return _swap(answer, "date", [(d, _spell(d)) for d in dates], chance)


def _swap_mail(answer: Answer, others: Sequence[Value], chance: random.Random) -> Answer | None:
    """The mail of somebody else whom the sources name."""
    mails = [(o.value, o.value) for o in others if o.kind == "email"]
    return _swap(answer, "email", mails, chance)


def _change_digit(answer: Answer, _: Sequence[Value], chance: random.Random) -> Answer | None:
    stated = [v for v in _stated(answer) if any(map(str.isdigit, answer.text[v.start : v.end]))]
    if not stated:
        return None
    value = chance.choice(stated)
    place = chance.choice([i for i in range(value.start, value.end) if answer.text[i].isdigit()])
    digit = chance.choice([d for d in "123456789" if d != answer.text[place]])
    text = answer.text[:place] + digit + answer.text[place + 1 :]
    # The new number may be another one that a quote states, or still the same value.
    changed = _with(answer, text)
    new = {v.value for v in _stated(changed)} - {v.value for v in _stated(answer)}
    return changed if new and not new & _known(answer) else None


def _alter_quote(answer: Answer, _: Sequence[Value], chance: random.Random) -> Answer | None:
    """A letter of a quote is another one."""
    if not answer.citations:
        return None
    number = chance.randrange(len(answer.citations))
    citation = answer.citations[number]
    letters = [i for i, char in enumerate(citation.quote) if char.isalpha()]
    if not letters:
        return None
    place = chance.choice(letters)
    letter = chance.choice([c for c in "abcdefghij" if c != citation.quote[place].lower()])
    quote = citation.quote[:place] + letter + citation.quote[place + 1 :]
    changed = list(answer.citations)
    changed[number] = citation.model_copy(update={"quote": quote})
    return answer.model_copy(update={"citations": tuple(changed)})


def _change_number(answer: Answer, _: Sequence[Value], chance: random.Random) -> Answer | None:
    """A marker points to another citation, or to none."""
    marks = list(_MARK.finditer(answer.text))
    if not marks:
        return None
    mark = chance.choice(marks)
    wrong = [n for n in range(1, len(answer.citations) + 2) if n != int(mark[1])]
    text = f"{answer.text[: mark.start()]}[{chance.choice(wrong)}]{answer.text[mark.end() :]}"
    return _with(answer, text)


KINDS: dict[str, Make] = {
    "date": _swap_date,
    "digit": _change_digit,
    "mail": _swap_mail,
    "quote": _alter_quote,
    "number": _change_number,
}


def _swap(
    answer: Answer, kind: str, others: Sequence[tuple[str, str]], chance: random.Random
) -> Answer | None:
    stated = [v for v in _stated(answer) if v.kind == kind]
    known = _known(answer)
    free = [spelled for value, spelled in others if value not in known]
    if not stated or not free:
        return None
    value = chance.choice(stated)
    return _with(answer, answer.text[: value.start] + chance.choice(free) + answer.text[value.end :])


def _stated(answer: Answer) -> list[Value]:
    """Values of the text, computed ones and the numbers of its markers left out."""
    text = _MARK.sub(lambda mark: " " * len(mark[0]), answer.text)
    computed = [match.span() for match in COMPUTED.finditer(answer.text)]
    return [
        value
        for value in find_values(text)
        if not any(start <= value.start < end for start, end in computed)
    ]


def _known(answer: Answer) -> set[str]:
    """What the answer may state: values of its quotes, of the question and of the hand-over."""
    contact = answer.handoff
    given = (contact.email, contact.phone or "") if contact else ()
    texts = (answer.question, *(c.quote for c in answer.citations), *given)
    return {value.value for text in texts for value in find_values(text)}


def _with(answer: Answer, text: str) -> Answer:
    return answer.model_copy(update={"text": text})


def _spell(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"
