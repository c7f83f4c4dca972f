"""What an answer says of the time to apply: whether a day is within it, and whether the call is open today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.answering.dates import call_dates
from assistant.answering.draft import Draft
from assistant.answering.premises import acting_day
from assistant.answering.question import Question
from assistant.answering.retrieve import Candidate
from assistant.answering.tables import compose_table
from assistant.answering.texts import say, spell_date


def tell_period(draft: Draft, question: Question, best: Candidate) -> bool:
    """Whether the author may apply on the day that the question names, where the calendar answers: between the
    two ends, or not, with the end that it misses. True when that is written; on the last day nothing is judged."""
    index = draft.index
    found = acting_day(index, question)
    if found is None:
        return False
    day, opening, closing, said = found
    rows = {fact.value: index.catalog.unit(fact.unit) for fact in index.dated_rows if fact.value in (opening, closing)}
    if len(rows) != 2 or best.unit.id not in {row.id for row in rows.values()} or day == closing:
        return False
    if opening <= day < closing:
        marks = "".join(draft.cite(row.document, row.span) for row in (rows[opening], rows[closing]))
        ends = {"opening": spell_date(opening, draft.language), "closing": spell_date(closing, draft.language)}
        draft.lines.append(say(draft.language, "within", date=said, **ends, mark=marks))
        return True
    missed = rows[opening if day < opening else closing]
    text, mark = compose_table(draft, missed)
    draft.lines.append(say(draft.language, "correction_row", said=said, quote=text, mark=mark))
    return True


def tell_state(
    draft: Draft, question: Question, chosen: Sequence[Candidate], today: date
) -> None:
    """After a deadline, whether the call is open today, counted in the call's time zone."""
    dates = call_dates(draft.index)
    about = "date" in question.kinds or any(v.kind == "date" for v in question.values)
    if dates is None or not (about or question.asked == "yesno"):
        return
    opening, closing = dates
    shown = {
        v.value for c in chosen for p in c.parts for v in draft.index.values(c.unit.document, p)
    }
    if closing.isoformat() not in shown:
        return
    left = (closing - today).days
    shown_date = spell_date(closing.isoformat(), draft.language)
    if left < 0:
        draft.lines.append(say(draft.language, "closed", date=shown_date))
    elif opening and today < opening:
        draft.lines.append(say(draft.language, "not_open"))
    elif left == 0:
        draft.lines.append(say(draft.language, "last_day"))
    elif left == 1:
        draft.lines.append(say(draft.language, "one_day_left"))
    else:
        draft.lines.append(say(draft.language, "days_left", days=str(left)))
