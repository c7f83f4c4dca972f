"""How a call stands today, in a sentence."""

from __future__ import annotations

from babel.dates import format_date

from assistant.web.schemas import CallDetail
from assistant.web.texts import Language, texts


def banner(call: CallDetail, language: Language) -> str:
    """Open and until when, closed since when, or "" when the calendar does not say."""
    words = texts(language)
    day = call.opens if call.state == "upcoming" else call.closes
    if call.state == "unknown" or day is None:
        return ""
    key = f"state_{call.state}"
    if call.days_left is not None and call.days_left < 2:
        key = f"state_open_{call.days_left}"
    locale = "fr" if language == "fr" else "en_GB"
    return words[key].format(date=format_date(day, "long", locale), days=call.days_left)
