"""What ``aap call new`` could not guess, and somebody has to fill in."""

from __future__ import annotations

from pathlib import Path

from assistant.call import Call
from assistant.errors import CorpusError

TO_COMPLETE = "À compléter"
NO_MAIL = "a.completer@exemple.invalid"


def no_contact(folder: Path, call: Call) -> str | None:
    """What to do where the hand-over address is one that nobody can have, else None."""
    mail = call.handoff.email
    if not mail.endswith(".invalid"):
        return None
    lines = [f", line {number}" for number, line in _lines(folder) if mail in line]
    return (
        f"call.toml{''.join(lines[:1])}: handoff.email is still to be filled in: write the address to which "
        f"applicants may write instead of {mail}."
    )


def require_contact(folder: Path, call: Call) -> None:
    """Raises CorpusError naming the line to edit: answers hand over to that address."""
    said = no_contact(folder, call)
    if said:
        raise CorpusError(f"{folder / said}")


def left_to_fill_in(folder: Path, but: str = "\n") -> list[str]:
    """A sentence for every line of call.toml that still holds the words ``TO_COMPLETE``, but not ``but``."""
    return [
        f"call.toml, line {number}: still to be filled in, and shown to applicants: {line.split('#')[0].strip()}"
        for number, line in _lines(folder)
        if TO_COMPLETE in line.split("#")[0] and but not in line
    ]


def _lines(folder: Path) -> list[tuple[int, str]]:
    text = (folder / "call.toml").read_text(encoding="utf-8-sig")
    return list(enumerate(text.splitlines(), start=1))
