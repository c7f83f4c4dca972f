"""DOCX, ODT, HTML and text to structure; files that are broken or meant to harm."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import pytest

from assistant.errors import CorpusError
from ingest.readers.formats import read_source
from ingest.structure import Structure

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = f"""<w:styles {W}>
<w:style w:type="paragraph" w:styleId="Titre1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Titre"><w:name w:val="Title"/></w:style>
<w:style w:type="table" w:styleId="Grille"><w:name w:val="Grid"/><w:tblStylePr w:type="firstRow"/></w:style>
<w:style w:type="paragraph" w:styleId="TM1"><w:name w:val="toc 1"/></w:style></w:styles>"""
NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Article %1 –"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>"""
NOTES = f'<w:footnotes {W}><w:footnote w:id="0" w:type="separator"/><w:footnote w:id="1"><w:p><w:r><w:t>Note du règlement.</w:t></w:r></w:p></w:footnote></w:footnotes>'


def p(text: str, style: str = "", extra: str = "", after: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f'<w:p><w:pPr>{named}{extra}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r>{after}</w:p>'  # fmt: skip


def cell(text: str, extra: str = "") -> str:
    return f"<w:tc><w:tcPr>{extra}</w:tcPr>{p(text)}</w:tc>"


BULLET = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>'
BODY = (
    p("Règlement des vergers", "Titre") + p("Objet 3", "TM1") + p("Objet", "Titre1")
    + p("Le règlement fixe les aides.", after='<w:r><w:footnoteReference w:id="1"/></w:r>')
    + p("Calendrier", "Titre1") + p("Sont demandés :") + p("un plan ;", extra=BULLET) + p("un devis.", extra=BULLET)
    + '<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>' + cell("Session") + cell("Étape") + cell("Date") + "</w:tr><w:tr>"
    + cell("Première", '<w:vMerge w:val="restart"/>') + cell("Ouverture") + cell("4 mai 2026") + "</w:tr><w:tr>"
    + cell("", "<w:vMerge/>") + cell("Clôture") + cell("19 juin 2026") + "</w:tr></w:tbl>"
    + '<w:p><w:del><w:r><w:delText>effacé</w:delText></w:r></w:del><w:ins><w:r><w:t>ajouté</w:t></w:r></w:ins></w:p>'
)  # fmt: skip


def docx(body: str = BODY) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/styles.xml", STYLES)
        archive.writestr("word/numbering.xml", NUMBERING)
        archive.writestr("word/footnotes.xml", NOTES)
    return buffer.getvalue()


ODT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:text>
<text:h text:outline-level="1">Règlement des vergers</text:h><text:h text:outline-level="2">Objet</text:h>
<text:p>Le règlement fixe les aides<text:note text:id="n1"><text:note-citation>1</text:note-citation><text:note-body><text:p>Note du règlement.</text:p></text:note-body></text:note>.</text:p>
<text:list><text:list-item><text:p>un plan ;</text:p></text:list-item><text:list-item><text:p>un devis.</text:p></text:list-item></text:list>
<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Étape</text:p></table:table-cell><table:table-cell><text:p>Date</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell><text:p>Clôture</text:p></table:table-cell><table:table-cell><text:p>19 juin 2026</text:p></table:table-cell></table:table-row></table:table>
</office:text></office:body></office:document-content>"""


def odt(content: str = ODT) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    return buffer.getvalue()


HTML = b"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Vergers</title></head><body>
<nav><a href="/">Accueil</a></nav><main><article><h1>R\xc3\xa8glement des vergers</h1><h2>Objet</h2>
<p>Le r\xc3\xa8glement fixe les aides aux vergers communaux, dans la limite des cr\xc3\xa9dits ouverts chaque ann\xc3\xa9e.</p>
<ul><li>un plan ;</li><li>un devis.</li></ul><table><tr><th>\xc3\x89tape</th><th>Date</th></tr>
<tr><td>Cl\xc3\xb4ture</td><td>19 juin 2026</td></tr></table></article></main><footer>Mentions l\xc3\xa9gales</footer></body></html>"""

TEXT = "RÈGLEMENT DES VERGERS\n\n1. Objet\n\nLe règlement fixe les aides aux vergers communaux, dans la\nlimite des crédits ouverts.\n\nSont demandés :\n- un plan ;\n- un devis.\n"


def read(tmp_path: Path, name: str, data: bytes) -> Structure:
    path = tmp_path / name
    path.write_bytes(data)
    return read_source(path)


def texts(structure: Structure, kind: str) -> list[str]:
    return [structure.text[b.span.start : b.span.end] for b in structure.blocks if b.kind == kind]


def test_docx(tmp_path: Path) -> None:
    structure = read(tmp_path, "a.docx", docx())
    assert texts(structure, "title") == ["Règlement des vergers"]
    assert texts(structure, "heading") == ["Article 1 – Objet", "Article 2 – Calendrier"]
    assert texts(structure, "item") == ["un plan ;", "un devis."]
    assert texts(structure, "header") == ["Session\tÉtape\tDate"]
    assert texts(structure, "row") == ["Première\tOuverture\t4 mai 2026", "Première\tClôture\t19 juin 2026"]  # fmt: skip
    assert texts(structure, "footnote") == ["Note du règlement."] and structure.note_calls
    assert "ajouté" in structure.text and "effacé" not in structure.text


def test_odt(tmp_path: Path) -> None:
    structure = read(tmp_path, "a.odt", odt())
    assert texts(structure, "title") == ["Règlement des vergers"]
    assert texts(structure, "heading") == ["Objet"]
    assert texts(structure, "item") == ["un plan ;", "un devis."]
    assert texts(structure, "header") == ["Étape\tDate"]
    assert texts(structure, "row") == ["Clôture\t19 juin 2026"]
    assert texts(structure, "footnote") == ["Note du règlement."] and structure.note_calls


def test_html_without_its_frame(tmp_path: Path) -> None:
    structure = read(tmp_path, "a.html", HTML)
    assert texts(structure, "title") == ["Règlement des vergers"]
    assert texts(structure, "heading") == ["Objet"]
    assert texts(structure, "item") == ["un plan ;", "un devis."]
    assert texts(structure, "row") == ["Clôture\t19 juin 2026"]
    assert "Accueil" not in structure.text and "Mentions" not in structure.text


DATES = [("Ouverture", "4 mai 2026"), ("Clôture", "19 juin 2026"), ("Jury", "1er juillet 2026")]


def word_table(rows: Sequence[Sequence[str]], extra: str = "") -> bytes:
    cells = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows)
    return docx(p("Calendrier", "Titre1") + f"<w:tbl>{extra}{cells}</w:tbl>" + p("Fin."))


def writer_table(rows: Sequence[Sequence[str]]) -> bytes:
    cells = "".join(
        "<table:table-row>" + "".join(f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in row)
        + "</table:table-row>" for row in rows
    )  # fmt: skip
    start = ODT.index("<table:table>") + len("<table:table>")
    return odt(ODT[:start] + cells + ODT[ODT.index("</table:table>") :])


def web_table(rows: Sequence[Sequence[str]], first: str = "td") -> bytes:
    tags = [first, *["td"] * (len(rows) - 1)]
    cells = "".join(
        "<tr>" + "".join(f"<{tag}>{c}</{tag}>" if c else "<td></td>" for c in row) + "</tr>"
        for tag, row in zip(tags, rows, strict=True)
    )
    page = HTML.decode()
    start = page.index("<table>") + len("<table>")
    return (page[:start] + cells + page[page.index("</table>") :]).encode()


@pytest.mark.parametrize(
    ("name", "make"), [("a.docx", word_table), ("a.odt", writer_table), ("a.html", web_table)]
)
@pytest.mark.parametrize(
    ("first", "named"),
    [
        (("Étape", "Date"), True),
        (("", "Date prévue"), True),
        (("Jalon", "Session 2026"), True),
        (("Lancement", "15 avril 2026"), False),  # a date as below: a row like the others
        (("Lancement", "à préciser"), False),
        (("Lancement", "selon le projet"), False),
    ],
)
def test_a_first_row_without_the_values_of_those_below_names_the_columns(
    tmp_path: Path, name: str, make: Callable[..., bytes], first: tuple[str, str], named: bool
) -> None:
    structure = read(tmp_path, name, make([first, *DATES]))
    assert texts(structure, "header") == (["\t".join(first)] if named else [])
    assert len(texts(structure, "row")) == 3 + (not named)


def test_tables_without_values_have_no_header(tmp_path: Path) -> None:
    rows = [("Commune", "Oui"), ("Département", "Oui"), ("Entreprise", "Non")]
    for name, make in (("a.docx", word_table), ("a.odt", writer_table), ("a.html", web_table)):
        assert texts(read(tmp_path, name, make(rows)), "header") == []


def test_a_header_that_the_file_marks(tmp_path: Path) -> None:
    rows = [("Acteur", "Rôle"), ("Commune", "Dépose"), ("Partenaire", "Signe")]
    styled = '<w:tblPr><w:tblStyle w:val="Grille"/><w:tblLook w:firstRow="{}"/></w:tblPr>'
    for extra, named in ((styled.format(1), True), (styled.format(0), False), ("", False)):
        assert bool(texts(read(tmp_path, "a.docx", word_table(rows, extra)), "header")) is named
    dated = word_table(DATES, styled.format(1))  # the style prints it, the values say what it is
    assert texts(read(tmp_path, "a.docx", dated), "header") == []
    corner = [("", "Rôle"), *rows[1:]]
    assert texts(read(tmp_path, "a.html", web_table(corner, "th")), "header") == ["\tRôle"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_text_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    structure = read(tmp_path, "a.txt", TEXT.encode(encoding))
    assert texts(structure, "title") == ["RÈGLEMENT DES VERGERS"]
    assert texts(structure, "heading") == ["1. Objet"]
    assert texts(structure, "item") == ["un plan ;", "un devis."]
    assert "dans la limite des crédits ouverts." in structure.text


def bomb() -> bytes:
    return docx("<w:p>" + " " * 80_000_000 + "</w:p>")


def entities() -> bytes:
    nested = "".join(f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "lol"}' * 1 + (f"&l{n - 1};" * 9 if n else "") + '">' for n in range(9))  # fmt: skip
    return odt(f"<!DOCTYPE x [{nested}]>" + ODT.replace("un devis.", "&l8;"))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.docx", bomb, "zip bomb"),
        ("a.docx", lambda: docx()[:400], "broken"),
        ("a.docx", lambda: docx("<w:p>"), "broken"),
        ("a.docx", odt, "is ODT"),
        ("a.odt", docx, "is DOCX"),
        ("a.docx", lambda: b"\xd0\xcf\x11\xe0" + b"x" * 600, "encrypted or of an old format"),
        ("a.html", lambda: b"<html><body></body></html>", "no main content"),
        ("a.txt", lambda: b"a\x00b" * 10, "binary"),
    ],
)
def test_a_bad_file_is_one_clear_line(tmp_path: Path, name: str, data: object, message: str) -> None:  # fmt: skip
    with pytest.raises(CorpusError, match=message) as caught:
        read(tmp_path, name, data())  # type: ignore[operator]
    assert "\n" not in str(caught.value)


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    try:
        structure = read(tmp_path, "a.odt", entities())
    except CorpusError:
        return
    assert "lollol" not in structure.text
