"""Canonical text to HTML: what is marked is what was asked for, and nothing is markup."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from assistant.types import Document, Section, Span
from assistant.web.passages import merge_passages, render_document
from assistant.web.texts import texts
from ingest.structure import TextBuilder
from tests.web.helpers import Page, bare

TAGS = {"h2", "h3", "h4", "h5", "h6", "p", "ul", "li", "div", "table", "tr", "th", "td", "br",
        "mark"}  # fmt: skip


def page_of(document: Document, *pairs: tuple[int, int]) -> Page:
    passages = merge_passages(pairs, len(document.text))
    return Page(str(render_document(document, passages, texts("fr"))))


LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"])
HOSTILE = st.sampled_from(["<script>", "&amp;", "<img onerror=x>", '"', "a b"])
WORDS = st.text(LETTERS, min_size=1, max_size=8) | HOSTILE
LINES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    builder = TextBuilder()
    builder.heading(1, "Titre")
    for kind in draw(st.lists(st.sampled_from("hpitf"), min_size=1, max_size=8)):
        if kind == "h":
            builder.heading(draw(st.integers(2, 6)), draw(LINES))
        elif kind == "p":
            builder.paragraph("\n".join(draw(st.lists(LINES, min_size=1, max_size=3))))
        elif kind == "i":
            group = builder.new_group()
            for line in draw(st.lists(LINES, min_size=1, max_size=3)):
                builder.item(line, group)
        elif kind == "t":
            group = builder.new_group()
            for _ in range(draw(st.integers(1, 3))):
                builder.row(draw(st.lists(LINES | st.just(""), min_size=1, max_size=4)), group)
        else:
            builder.footnote("1", draw(LINES))
    built = builder.build()
    return Document("d", "Titre", "regulation", "fr", None, built.text, built.sections)


@examples(max_examples=150, deadline=None)
@given(documents(), st.data())
def test_marks_cover_exactly_the_passage(document: Document, data: st.DataObject) -> None:
    offsets = st.integers(0, len(document.text))
    start, end = sorted((data.draw(offsets), data.draw(offsets)))
    page = page_of(document, (start, end))
    assert page.text and bare(page.text) == bare(document.text)
    expected = re.sub(r"(?m)^- ", "\0\0", document.text)[start:end].replace("\0", "")
    assert bare(page.marked) == re.sub(r"\s+", "", expected)
    ids = [attributes["id"] for tag, attributes in page.tags if tag == "mark" and attributes]
    assert ids == (["passage"] if page.marked else [])
    assert {tag for tag, _ in page.tags} <= TAGS


def test_the_kinds_of_blocks() -> None:
    text = "I. UN\n\nUn mot :\n\n- pomme\n- poire\n\nDate\t13 mars\nLieu\tParis\n\nA\nB"
    sections = (Section(0, 2, Span(0, 5), Span(0, len(text)), None),)
    document = Document("d", "t", "regulation", "fr", None, text, sections)
    html = str(render_document(document, [Span(3, 12)], texts("fr")))
    assert '<h2 id="s0">I. <mark id="passage" tabindex="-1">UN</mark></h2>' in html
    assert "<p><mark>Un mo</mark>t :</p>" in html
    assert "<ul><li>pomme</li><li>poire</li></ul>" in html
    assert '<tr><th scope="row">Date</th><td>13 mars</td></tr>' in html
    assert "<p>A<br>\nB</p>" in html


def test_ranges_that_make_no_sense_are_left_out() -> None:
    pairs = [(5, 2), (3, 3), (0, 99), (-1, 4), (8, 9), (1, 4), (4, 6)]
    assert merge_passages(pairs, 10) == [Span(1, 6), Span(8, 9)]
