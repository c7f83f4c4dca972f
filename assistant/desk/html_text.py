"""The text of an HTML mail. Scripts, styles and what is hidden are left out; nothing is loaded."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SKIPPED = frozenset({"script", "style", "head", "title", "template", "object", "svg", "noscript"})
_BLOCKS = frozenset({
    "p", "div", "br", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section",
    "article", "header", "footer", "hr", "pre", "center",
})  # fmt: skip
_PARAGRAPHS = frozenset({"p", "ul", "ol", "table", "h1", "h2", "h3", "h4", "blockquote"})
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "wbr", "area", "base", "col", "source"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all", re.I)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        hidden = tag in _SKIPPED or "hidden" in values or bool(_HIDDEN.search(values.get("style") or ""))
        if tag not in _VOID:
            self._open.append((tag, hidden))
            self._hidden += hidden
        if tag == "blockquote":
            self._quotes += 1
        if tag == "li":
            self._write("\n- ")
        elif tag in ("td", "th"):
            self._write(" ")
        elif tag in _PARAGRAPHS:
            self._write("\n\n")
        elif tag in _BLOCKS:
            self._write("\n")

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _ in self._open):
            return
        while self._open:
            name, hidden = self._open.pop()
            self._hidden -= hidden
            if name == "blockquote":
                self._quotes -= 1
            if name == tag:
                break
        if tag in _PARAGRAPHS:
            self._write("\n\n")
        elif tag in _BLOCKS or tag == "li":
            self._write("\n")

    def handle_data(self, data: str) -> None:
        self._write(re.sub(r"[ \t\r\n]+", " ", data))

    def _write(self, text: str) -> None:
        if self._hidden:
            return
        self.out.append(text.replace("\n", "\n> ") if self._quotes and "\n" in text else text)


def html_to_text(html: str) -> str:
    """Readable text: paragraphs, "- " before list items, "> " before quoted lines."""
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError, RecursionError):  # html.parser gives up on some markup
        reader.out.append(re.sub(r"<[^>]{0,2000}>", " ", html))
    lines = [re.sub(r" {2,}", " ", line).strip() for line in "".join(reader.out).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
