"""The text of lines as one: hyphens undone, cut addresses whole, calls of notes lifted out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.words import fold
from ingest.readers.pdf.lines import Line, touches
from ingest.readers.pdf.marks import is_glued_bullet
from ingest.readers.pdf.measures import Measures
from ingest.readers.pdf.pages.page import Word

_URL_TAIL = re.compile(r"(?:https?://|www\.)\S+$", re.I)


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
            tail = "".join(pieces[-3:])
            head = words[0].text
            if index in forced:
                before = "\n"
            else:
                cut, before = _seam(tail, head, measures)
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


def _seam(tail: str, head: str, measures: Measures) -> tuple[int, str]:
    """(characters to cut at the end of a line, what to put before the next one)."""
    last = tail.rsplit(None, 1)[-1] if tail.split() else ""
    if last.endswith("\xad"):
        return 1, ""
    address = _mail_seam(last, head, measures)
    if address is not None:
        return address
    if _URL_TAIL.search(last):
        whole = last + head
        if any(whole.strip("().,;") in link for link in measures.links):
            return 0, ""
        if last.endswith("-"):
            return _hyphen_seam(last, head, measures)
        if last[-1] in "/_=&?%" or head[:1] in "/?&=_#":
            return 0, ""
        return 0, " "
    if last.endswith("-") and len(last) > 1 and last[-2].isalpha() and head[:1].isalpha():
        left = re.findall(r"[\w-]+$", last[:-1])
        right = re.findall(r"^[\w-]+", head)
        a, b = left[-1].lower() if left else "", right[0].lower() if right else ""
        if not head[:1].islower():
            return 0, ""
        if a + b in measures.words:
            return 1, ""
        if (
            f"{a}-{b}" in measures.words
            or "-" in a
            or (a in measures.words and b in measures.words)
        ):
            return 0, ""
        return 1, ""
    if last.endswith(("'", "’")) or (last.endswith("/") and len(last) > 1):
        return 0, ""
    return 0, " "


def _mail_seam(last: str, head: str, measures: Measures) -> tuple[int, str] | None:
    """The seam within a mail address that a line break cuts; None elsewhere."""
    tail = re.search(r"[\w.+-]+@(?P<domain>[\w.-]*)$", last)
    if tail:
        domain = tail["domain"]
        if not re.match(r"[\w.-]*\w", head):
            return None
        if domain.endswith("-"):
            return _hyphen_seam(last, head, measures)
        if not domain or domain.endswith(".") or ("." not in domain and head.startswith(".")):
            return 0, ""
        return 0, " "
    if head.startswith("@") and last[-1:].isalnum():
        return 0, ""
    if "@" in head and re.fullmatch(r"[a-z0-9]+(?:[._-][a-z0-9]+)*[._-]", last):
        return _hyphen_seam(last, head, measures) if last.endswith("-") else (0, "")
    return None


def _hyphen_seam(last: str, head: str, measures: Measures) -> tuple[int, str]:
    """Whether the hyphen at the end of a cut address was added there: it was where the document
    writes the whole word elsewhere (the name of the person, say) or the whole domain."""
    left = re.search(r"(\w*)-$", last)
    right = re.match(r"\w*", head)
    before, after = left[1] if left else "", right.group() if right else ""
    if not before:
        return 1, ""
    domain = (last[:-1] + re.match(r"[\w.-]*", head).group()).rpartition("@")[2]  # type: ignore[union-attr]
    if domain.lower() in measures.domains or fold(before + after) in measures.folded:
        return 1, ""
    known = fold(before) in measures.folded and fold(after) in measures.folded
    return (0, "") if known or not measures.hyphenated else (1, "")
