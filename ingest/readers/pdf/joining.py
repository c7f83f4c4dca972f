"""The text of lines as one: hyphens undone, cut addresses whole, calls of notes lifted out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.readers.pdf.lines import Line, touches
from ingest.readers.pdf.marks import is_glued_bullet
from ingest.readers.pdf.measures import Measures
from ingest.readers.pdf.pages.page import Word
from ingest.readers.pdf.seams import seam


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph's text: (offset, label) of the notes that it calls, (offset, page) of pages."""

    text: str
    notes: list[tuple[int, str]]
    pages: list[tuple[int, int]]


def join(
    lines: Sequence[Line], measures: Measures, calls: dict[int, dict[str, str]],
    breaks: Iterable[int] = (), *, skip_first: bool = False,
) -> Text:  # fmt: skip
    """The text of lines without hyphenation; ``calls`` gives each page's note labels by print.

    Lines whose index is in ``breaks`` begin after a line break.
    """
    pieces: list[str] = []
    notes: list[tuple[int, str]] = []
    pages: list[tuple[int, int]] = []
    length = 0
    forced = set(breaks)
    for index, line in enumerate(lines):
        words = line.words
        if skip_first and index == 0:
            words = words[1:] if len(words[0].text) == 1 else words
        before = ""
        if pieces:
            head = words[0].text
            if index in forced:
                before = "\n"
            else:
                cut, before = seam(_last_word(pieces), head, measures, packed=_packed(lines[index - 1], line))
                while cut and pieces:
                    last = pieces.pop()
                    kept = last[: len(last) - cut] if cut < len(last) else ""
                    length -= len(last) - len(kept)
                    cut -= len(last) - len(kept)
                    if kept:
                        pieces.append(kept)
        if not pages or pages[-1][1] != line.page:
            pages.append((length + len(before), line.page))
        for number, word in enumerate(words):
            space = before if number == 0 else "" if touches(words[number - 1], word) else " "
            label = _called(word, line, calls) if (number or index) else None
            if label is not None:
                notes.append((length, label))
                continue
            if line.raised(word) and re.fullmatch(r"\[\d{1,3}\]", word.text):
                continue  # the call of a note that a browser printed as a list at the end
            text = word.text
            if skip_first and index == 0 and number == 0 and is_glued_bullet(text):
                text = text[1:]
            if number and _called(words[number - 1], line, calls) is not None:
                # A space after a call stays, the one before it went with the call.
                space = " " if word.x0 - words[number - 1].x1 > 0.12 * line.size else ""
            pieces.append(space + text)
            length += len(space) + len(text)
    return Text("".join(pieces).replace("\xad", ""), notes, pages)


def _last_word(pieces: Sequence[str]) -> str:
    """What stands behind the last white space of ``pieces``, on however many lines."""
    tail, words = "", list[str]()
    for piece in reversed(pieces):
        tail = piece + tail
        words = tail.split()
        if len(words) > 1 or (words and tail[0].isspace()):
            break
    return words[-1] if words else ""


def _called(word: Word, line: Line, calls: dict[int, dict[str, str]]) -> str | None:
    """The label of the note that a raised word calls, or None."""
    if not line.raised(word):
        return None
    printed = word.text.strip("[]()")
    for page in (line.page, line.page + 1):
        if printed in calls.get(page, {}):
            return calls[page][printed]
    later = [
        notes[printed] for page, notes in calls.items() if page > line.page and printed in notes
    ]
    return later[0] if len(later) == 1 else None  # notes at the end of the document


def _packed(line: Line, following: Line) -> bool:
    """Whether ``line`` is a single word and not one more character of ``following`` fits behind it:
    the word may have been cut because it was too long for its cell."""
    if len(line.words) > 1:
        return False
    word = following.words[0]
    inside = min(max(line.x0 - line.column.x0, 0.0), 6.0)  # the margin within a cell, left as right
    letter = (word.x1 - word.x0) / max(1, len(word.text))
    return line.x1 + 1.3 * letter > line.column.x1 - inside
