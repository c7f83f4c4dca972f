"""Markdown to structure: CommonMark with pipe tables and footnotes (markdown-it-py)."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from ingest.structure import Structure, TextBuilder

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").use(footnote_plugin)


def read_markdown(source: str) -> Structure:
    """Parse Markdown ``source``; whatever it holds, this returns a structure."""
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    builder = TextBuilder()
    _walk(_PARSER.parse(text), builder)
    return builder.build()


def _walk(tokens: Sequence[Token], builder: TextBuilder) -> None:
    lists: list[int] = []
    fresh_item = False
    table = 0
    in_header = False
    cells: list[str] = []
    note: list[str] | None = None
    note_label = ""
    heading_level = 0
    quotes = 0
    for token in tokens:
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            lists.append(builder.new_group())
        elif kind in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif kind == "list_item_open":
            fresh_item = True
        elif kind == "blockquote_open":
            quotes += 1
            if quotes == 1:
                builder.open_box()
        elif kind == "blockquote_close":
            quotes -= 1
            if quotes == 0:
                builder.close_box()
        elif kind == "heading_open":
            heading_level = int(token.tag[1:])
        elif kind == "heading_close":
            heading_level = 0
        elif kind == "table_open":
            table = builder.new_group()
        elif kind == "thead_open":
            in_header = True
        elif kind == "thead_close":
            in_header = False
        elif kind == "tr_open":
            cells = []
        elif kind == "tr_close":
            builder.row(cells, table, header=in_header)
        elif kind == "table_close":
            table = 0
        elif kind == "footnote_open":
            note, note_label = [], str(token.meta.get("label", token.meta.get("id", "")))
        elif kind == "footnote_close":
            builder.footnote(note_label, "\n".join(note or ()))
            note = None
        elif kind in ("fence", "code_block"):
            builder.paragraph(token.content)
        elif kind == "inline":
            text, notes = _plain(token.children or ())
            if note is not None:
                note.append(text)
            elif table:
                cells.append(text)
            elif heading_level:
                builder.heading(heading_level, text.replace("\n", " "), notes)
            elif lists and fresh_item:
                builder.item(text, lists[-1], notes)
                fresh_item = False
            else:
                builder.paragraph(text, notes)


def _plain(tokens: Sequence[Token]) -> tuple[str, list[tuple[int, str]]]:
    """Text of inline tokens without markup, and the footnotes it calls with their offsets."""
    pieces: list[str] = []
    notes: list[tuple[int, str]] = []
    length = 0
    for token in tokens:
        piece = ""
        if token.type in ("text", "code_inline", "html_inline", "text_special"):
            piece = token.content
        elif token.type == "softbreak":
            piece = " "
        elif token.type == "hardbreak":
            piece = "\n"
        elif token.type == "image":
            piece = token.content
        elif token.type == "footnote_ref":
            notes.append((length, str(token.meta.get("label", token.meta.get("id", "")))))
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces), notes
