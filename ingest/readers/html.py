"""HTML to structure: trafilatura finds the main content, its tree is told to the builder."""

from __future__ import annotations

import re
from collections.abc import Iterator

import trafilatura
from lxml import etree

from assistant.errors import CorpusError
from ingest.readers.headers import names_columns
from ingest.structure import Structure, TextBuilder


def read_html(data: bytes) -> Structure:
    """Parse a web page. Raises CorpusError when it holds no main content."""
    text = trafilatura.utils.decode_file(data)
    try:
        found = trafilatura.extract(
            text, output_format="xml", include_tables=True, include_comments=False,
            include_formatting=False, include_links=False, favor_recall=True, deduplicate=False,
        )  # fmt: skip
    except (ValueError, TypeError, RecursionError) as error:
        raise CorpusError("the page is broken and can't be parsed.") from error
    if not found:
        raise CorpusError("no main content was found on the page.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(found.encode(), parser)
    main = root.find("main")
    builder = TextBuilder()
    title = trafilatura.extract_metadata(text)
    heads = [head for head in root.iter("head") if head.get("rend") == "h1"]
    if title is not None and title.title and not heads:
        builder.heading(1, title.title)
    _walk(main if main is not None else root, builder)
    return builder.build()


def _walk(parent: etree._Element, builder: TextBuilder, group: int | None = None) -> None:
    for element in parent:
        if element.tag == "head":
            level = re.sub(r"\D", "", element.get("rend", "")) or "2"
            builder.heading(int(level), _text(element))
        elif element.tag == "list":
            inner = builder.new_group()
            for item in element:
                builder.item(_own_text(item), inner)
                for nested in item.iter("list"):
                    _walk_list(nested, builder)
        elif element.tag == "table":
            _table(element, builder)
        elif element.tag == "quote":
            builder.open_box()
            if any(child.tag in ("p", "list", "head") for child in element):
                _walk(element, builder)
            else:
                builder.paragraph(_text(element))
            builder.close_box()
        elif element.tag in ("p", "code", "ab"):
            builder.paragraph(_text(element))
            for nested in element.iter("list"):
                _walk_list(nested, builder)
        elif element.tag in ("div", "main", "body", "section"):
            _walk(element, builder)
        elif isinstance(element.tag, str):
            builder.paragraph(_text(element))
        if element.tail and element.tail.strip():
            builder.paragraph(" ".join(element.tail.split()))


def _walk_list(element: etree._Element, builder: TextBuilder) -> None:
    group = builder.new_group()
    for item in element:
        builder.item(_own_text(item), group)


def _table(table: etree._Element, builder: TextBuilder) -> None:
    group = builder.new_group()
    rows = [[cell for cell in row if cell.tag == "cell"] for row in table.iter("row")]
    texts = [[_text(cell) for cell in row] for row in rows]
    for number, (row, cells) in enumerate(zip(rows, texts, strict=True)):
        heads = [cell.get("role") == "head" for cell in row]
        marked = any(heads) and all(head or not text for head, text in zip(heads, cells, strict=True))
        named = number == 0 and len(cells) > 1 and (marked or names_columns(texts))
        builder.row(cells, group, header=named)


def _text(element: etree._Element) -> str:
    return _join(_pieces(element, skip=()))


def _own_text(element: etree._Element) -> str:
    """The text of an item without the lists within it."""
    return _join(_pieces(element, skip=("list",)))


def _join(pieces: Iterator[str]) -> str:
    lines = "".join(pieces).split("\n\x1f")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def _pieces(element: etree._Element, skip: tuple[str, ...]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == "lb":
            yield "\n\x1f"
        elif child.tag not in skip:
            yield from _pieces(child, skip)
        yield child.tail or ""
