"""Paragraphs: which lines belong together, over columns and pages, and their text as one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

from assistant.words import fold
from ingest.readers.pdf.lines import Line, touches

_BULLETS = frozenset("•‣▪▫◦●○■□◼◻♦◆❖➢➔→►▶▸➤✓✔☑☐·∙⁃*–—-−‐")
_DASHES = frozenset("–—-−‐*")
NUMBERED = re.compile(
    r"^(?:\(?\d{1,2}(?:\.\d{1,2})*[.)°]?[)]?|[a-zA-Z][.)]|\([a-zA-Z]\)|[ivxIVX]{1,5}[.)]|\([ivx]{1,5}\))$"
)
_NAMED = re.compile(
    r"^(?:titre|partie|chapitre|section|article|annexe|volet|axe|fiche)\s+"
    r"(?:[IVXLC]+\b|\d+|[A-Z]\b|premier|1er|unique)", re.I
)  # fmt: skip
_ENDS = re.compile(r"[.!?;:…][»”\")\]]*$|[»”]$")
_URL_TAIL = re.compile(r"(?:https?://|www\.)\S+$", re.I)


def is_bullet(text: str) -> bool:
    """Whether a word is the mark of a list item (the private signs of symbol fonts included)."""
    return len(text) == 1 and (text in _BULLETS or "\uf000" <= text <= "\uf0ff")


def is_marker(text: str) -> bool:
    """Whether a word is a bullet or the number of an item or heading."""
    return is_bullet(text) or text == "o" or bool(NUMBERED.match(text))


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together; ``bullet`` when the first word is the mark of a list item."""

    lines: list[Line]
    bullet: bool = False
    numbered: bool = False
    gap_before: bool = False
    breaks: set[int] = field(default_factory=set)

    @property
    def first(self) -> Line:
        """Its first line."""
        return self.lines[0]


@dataclass(frozen=True)
class Measures:
    """What is usual in this document: leading by size, words and links that it holds."""

    pitch: dict[float, float]
    words: frozenset[str]
    links: frozenset[str]
    domains: frozenset[str] = frozenset()
    hyphenated: bool = False

    @cached_property
    def folded(self) -> frozenset[str]:
        """The words without accents."""
        return frozenset(part for word in self.words for part in (fold(word), *fold(word).split("-")))

    @cached_property
    def common(self) -> float:
        """Leading by size, in the mean."""
        ratios = [pitch / size for size, pitch in self.pitch.items() if size]
        return median(ratios) if ratios else 1.2

    def leading(self, size: float) -> float:
        """The usual distance of baselines for ``size``."""
        return self.pitch.get(size, self.common * size)


def measure(lines: Sequence[Line], links: frozenset[str]) -> Measures:
    """Measures of a document from its lines in reading order."""
    pitches: dict[float, list[float]] = {}
    words = Counter[str]()
    for before, line in zip(lines, lines[1:], strict=False):
        gap = line.base - before.base
        same = before.page == line.page and before.column == line.column
        if same and before.size == line.size and 0.9 * line.size < gap < 2 * line.size:
            pitches.setdefault(line.size, []).append(gap)
    for line in lines:
        kept = line.words[:-1] if line.text.endswith("-") else line.words
        words.update(token for word in kept for token in re.findall(r"[\w-]+", word.text.lower()))
    domains = {
        match[1].lower() for line in lines
        for match in re.finditer(r"@([\w-]+(?:\.[\w-]+)+)", line.text)
    } | {link.rpartition("@")[2].lower() for link in links if link.startswith("mailto:")}  # fmt: skip
    return Measures(
        {size: _usual(gaps) for size, gaps in pitches.items() if len(gaps) > 2},
        frozenset(words), links, frozenset(domains),
        sum(line.text.endswith("-") for line in lines) > 0.02 * len(lines),
    )  # fmt: skip


def _usual(gaps: list[float]) -> float:
    counts = Counter(round(gap * 2) / 2 for gap in gaps)
    top = max(counts.values())
    return min(gap for gap, count in counts.items() if count >= 0.5 * top)


def make_paragraphs(lines: Iterable[Line], measures: Measures) -> list[Paragraph]:
    """Paragraphs of lines in reading order."""
    made: list[Paragraph] = []
    sequence = list(lines)
    rights = _right_edges(sequence, measures)
    for index, line in enumerate(sequence):
        before = sequence[index - 1] if index else None
        if before is None or not made:
            made.append(_open(line, gap=True))
            continue
        ended = _ended(before, line, rights[index - 1])
        marked = _marked(line, before, ended)
        gap = _gap(before, line, measures)
        if marked or gap or _restyled(before, line, ended):
            flows = gap == "page" or (gap == "space" and _is_slight(before, line, measures))
            if not (flows and not marked and _runs_on(before, line, ended, strict=gap != "page")):
                made.append(_open(line, gap=bool(gap), marked=marked))
                continue
        elif ended:
            indented = line.x0 > before.x0 + 0.5 * line.size and not made[-1].bullet
            if _ENDS.search(before.text) or indented or _hangs_out(made[-1], line):
                made.append(_open(line, gap=False))
                continue
            made[-1].breaks.add(len(made[-1].lines))
        elif _indented_opening(made[-1], line, before):
            made.append(_open(line, gap=False))
            continue
        made[-1].lines.append(line)
    return made


def _open(line: Line, *, gap: bool, marked: bool = True) -> Paragraph:
    first = line.words[0].text
    several = len(line.words) > 1
    bullet = marked and several and (is_bullet(first) or (first == "o" and _wide(line)))
    glued = marked and first[:1] in "•▪●➢➔►✓" and len(first) > 1
    numbered = marked and several and bool(NUMBERED.match(first)) and not first.isalnum()
    return Paragraph([line], bullet or glued, numbered, gap)


def _wide(line: Line) -> bool:
    return line.words[1].x0 - line.words[0].x1 > 0.5 * line.size


def _right_edges(lines: Sequence[Line], measures: Measures) -> list[float]:
    """For each line, how far its text might have gone: its column's edge, unless several lines
    around it agree on a nearer one."""
    edges: list[float] = []
    start = 0
    for index in range(1, len(lines) + 1):
        if index < len(lines) and not _gap(lines[index - 1], lines[index], measures):
            continue
        run = lines[start:index]
        reach = max(line.x1 for line in run)
        close = sum(line.x1 > reach - 2.5 for line in run)
        narrow = len(run) >= 3 and close >= 2 and close >= 0.5 * (len(run) - 1)
        edges += [min(reach, line.column.x1) if narrow else line.column.x1 for line in run]
        start = index
    return edges


def _gap(before: Line, line: Line, measures: Measures) -> str:
    """"page" where the column ends, "space" where more than the usual leading is left."""
    if before.page != line.page or before.column != line.column or line.base < before.base - 2:
        return "page"
    pitch = line.base - before.base
    usual = measures.leading(max(line.size, before.size))
    return "space" if pitch > 1.16 * usual + 0.6 else ""


def _ended(before: Line, line: Line, right: float) -> bool:
    """Whether the author ended ``before``: the next word would have had room there."""
    words = line.words
    last = words[0].x1
    for left, word in zip(words, words[1:], strict=False):
        if not touches(left, word) and not (word.text in "»:;?!" or left.text == "«"):
            break
        last = word.x1
    needed = last - words[0].x0 + 0.28 * line.size
    centred = abs((before.x0 - before.column.x0) - (before.column.x1 - before.x1)) < 3 and before.x0 > before.column.x0 + 12  # fmt: skip
    room = (right - before.column.x0) - (before.x1 - before.x0) if centred else right - before.x1
    return room > needed + 0.35 * line.size


def _marked(line: Line, before: Line, ended: bool) -> bool:
    """Whether ``line`` opens an item or a numbered heading, and is not running text that
    happens to begin with a dash or a number."""
    first = line.words[0].text
    bullet = is_bullet(first) or (first == "o" and len(line.words) > 1 and _wide(line))
    glued = len(first) > 1 and first[0] in "•▪●➢➔►✓"
    if bullet and first not in _DASHES or glued:
        return True
    if not (bullet or NUMBERED.match(first) or _NAMED.match(line.text)):
        return False
    if first.isalnum() and not _NAMED.match(line.text):
        return False  # a bare number opens a paragraph, but not by itself
    return ended or bool(_ENDS.search(before.text)) or before.text.endswith(",") and bullet


def _restyled(before: Line, line: Line, ended: bool) -> bool:
    if abs(before.size - line.size) > 0.06 * max(before.size, line.size):
        return True
    return ended and (
        before.bold != line.bold or before.underlined != line.underlined
        or (before.color != line.color and (before.bold or line.bold))
        or (before.italic != line.italic)
    )  # fmt: skip


def _is_slight(before: Line, line: Line, measures: Measures) -> bool:
    """Whether the space above ``line`` may come from a raised figure or a symbol in it."""
    return line.base - before.base < 1.5 * measures.leading(max(line.size, before.size))


def _runs_on(before: Line, line: Line, ended: bool, *, strict: bool = False) -> bool:
    """Whether a paragraph goes on in the next column or on the next page.

    ``strict`` asks that the line before is full and the next one begins in lower case.
    """
    if strict and (ended or not line.text[:1].islower()):
        return False
    if abs(before.size - line.size) > 0.06 * line.size or before.bold != line.bold:
        return False
    if re.search(r"[.!?:;…][»”\")\]]*$", before.text):
        return False
    starts_low = line.text[:1].islower() or line.text[:1] in "«(\"[" or line.text[:1].isdigit()
    return starts_low or not ended


def _hangs_out(paragraph: Paragraph, line: Line) -> bool:
    """Whether ``line`` stands left of the text of the list item before it."""
    return paragraph.bullet and line.x0 < paragraph.first.x0 + 2


def _indented_opening(paragraph: Paragraph, line: Line, before: Line) -> bool:
    """Whether a first line's indent opens a paragraph although ``before`` is full."""
    if paragraph.bullet or paragraph.numbered or not _ENDS.search(before.text):
        return False
    others = paragraph.lines[1:] or [before]
    return all(line.x0 > other.x0 + 0.8 * line.size for other in others) and (
        len(paragraph.lines) > 1 or abs(line.x0 - before.x0) < 2
    )


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
            if skip_first and index == 0 and number == 0 and len(text) > 1 and text[0] in "•▪●➢➔►✓":
                text = text[1:]
            if number and _called(words[number - 1], line, calls) is not None:
                # A space after a call stays, the one before it went with the call.
                space = " " if word.x0 - words[number - 1].x1 > 0.12 * line.size else ""
            pieces.append(space + text)
            length += len(space) + len(text)
    return Text("".join(pieces).replace("\xad", ""), notes, pages)


def _called(word: object, line: Line, calls: dict[int, dict[str, str]]) -> str | None:
    """The label of the note that a raised word calls, or None."""
    if not line.raised(word):  # type: ignore[arg-type]
        return None
    printed = word.text.strip("[]()")  # type: ignore[attr-defined]
    for page in (line.page, line.page + 1):
        if printed in calls.get(page, {}):
            return calls[page][printed]
    later = [notes[printed] for page, notes in calls.items() if page > line.page and printed in notes]
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
        if f"{a}-{b}" in measures.words or "-" in a or (a in measures.words and b in measures.words):
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
