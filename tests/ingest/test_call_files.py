"""What is wrong in call.toml or faq.toml is told in words, by ``aap call check`` as by ``aap ingest``."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answering.prototypes import topic_wordings
from assistant.call import load_call
from assistant.embedding import Embedder
from assistant.errors import CorpusError
from assistant.settings import Settings
from ingest.build import ingest
from ingest.check_call import check_call
from ingest.faq import CATALOGUE
from tests.ingest.corner import CALL, FAQ

STANDARD = '[[standard]]\nid = "{}"\nstatus = "not_answered"\n'
OTHER = '[[entry]]\nid = "autre"\nquestions = ["{}"]\nquote = "La clôture est fixée au 3 mai 2025."\n'


def write(corner: Settings, name: str, content: str | bytes) -> Path:
    path = corner.corpus_dir / "essai" / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("faq", "said"),
    [
        (FAQ + STANDARD.format("closing_day"), "standard closing_day: there is no such standard question; the nearest are closing_"),
        (FAQ.replace("[[entry]]", "[[entries]]"), "'entries' means nothing here (did you mean 'entry'?); what it may hold is [[entry]] and [[standard]]"),
        (f"version = 2\n{FAQ}", "'version' means nothing here"),
        (FAQ.replace("[[entry]]", "[entry]"), "write [[entry]], with two brackets"),
        (FAQ.replace("quote", "citation"), "entry jury: citation: this key is unknown; known keys: id, questions,"),
        (FAQ.replace('"jury"', '"Le jury"'), "entry Le jury: id: 'Le jury' is no id; use small letters, digits and hyphens"),
        (FAQ.replace('["Quand siège le jury ?"]', '"Quand ?"'), "entry jury: questions: it must be a list in square brackets"),
        (FAQ + STANDARD.format("closing_date") * 2, "standard closing_date: it stands there twice"),
        (FAQ + STANDARD.format("closing_date").replace("not_answered", "open"), 'status: \'open\' is not known; write "answered" or "not_answered"'),
    ],
)  # fmt: skip
def test_faq(corner: Settings, embedder: Embedder, faq: str, said: str) -> None:
    path = write(corner, "faq.toml", faq)
    found = [finding.text for finding in check_call(corner.corpus_dir, "essai") if finding.grave]
    assert len(found) == 1 and found[0].startswith(str(path)) and said in found[0]
    with pytest.raises(CorpusError) as raised:
        ingest(corner, "essai", embedder)
    assert str(raised.value) == found[0]


def test_every_fault_of_a_faq_is_told_and_where_the_catalogue_is(corner: Settings) -> None:
    write(corner, "faq.toml", FAQ + FAQ + OTHER.format("") + STANDARD.format("xyzzy") + STANDARD.format("pqrst").replace("status", "state"))
    grave = [finding.text for finding in check_call(corner.corpus_dir, "essai") if finding.grave]
    assert len(grave) == 3
    assert [text for text in grave if text.endswith(f"question. {CATALOGUE} lists them.")] and CATALOGUE.is_file()


def test_a_question_in_two_entries(corner: Settings, embedder: Embedder) -> None:
    write(corner, "faq.toml", FAQ + OTHER.format("quand siege le  Jury"))
    (found,) = [f.text for f in check_call(corner.corpus_dir, "essai") if f.text.startswith("faq")]
    assert found.startswith("faq.toml, entry autre: « quand siege le  Jury » is asked by entry jury too")
    assert ingest(corner, "essai", embedder).notes == (found,)
    again = ingest(corner, "essai", embedder)
    assert not again.changed and again.notes == (found,)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('authority', 'language = "français"\nauthority', "language: 'français' is no language code; write two letters"),
        ('kind =', 'language = "FR"\nkind =', "documents.0.language: 'FR' is no language code"),
        ('a.b@c.example', 'a.b', "handoff.email: 'a.b' is no mail address such as prenom.nom@exemple.fr"),
        ('name =', 'telephone = "01"\nname =', "handoff.telephone: this key is unknown (did you mean 'phone'?); known keys: name, email, phone, role"),
        ('name =', 'phone = 33\nname =', "handoff.phone: it must be a text in quotation marks"),
        ('name =', 'phone = "à venir"\nname =', "handoff.phone: 'à venir' is no phone number"),
        ('name =', 'fone = "01 02"\nname =', "(did you mean 'phone'?)"),
        ('"reglement"', '"Règlement"', "documents.0.id: 'Règlement' is no id; use small letters"),
        ('"regulation"', '"reglement"', 'documents.0.kind: \'reglement\' is not known; write "regulation" or "linked"'),
        ('authority', 'autority', "authority: this key is missing"),
        ('authority', '# Latin-1 : é\nauthority', "is not saved as UTF-8 (line 4)"),
    ],
)  # fmt: skip
def test_call(corner: Settings, before: str, after: str, said: str) -> None:
    text = CALL.replace(before, after, 1)
    write(corner, "call.toml", text.encode("latin-1" if "Latin" in after else "utf-8"))
    with pytest.raises(CorpusError) as raised:
        check_call(corner.corpus_dir, "essai")
    assert said in str(raised.value) and "call.toml" in str(raised.value)
    assert "Extra inputs" not in str(raised.value) and "pattern" not in str(raised.value)


def test_a_byte_order_mark_and_the_line_ends_of_windows_are_read(corner: Settings) -> None:
    write(corner, "call.toml", b"\xef\xbb\xbf" + CALL.replace("\n", "\r\n").encode())
    write(corner, "faq.toml", b"\xef\xbb\xbf" + FAQ.encode())
    assert load_call(corner.corpus_dir, "essai").handoff.name == "A B"
    assert not [f for f in check_call(corner.corpus_dir, "essai") if f.grave]


def test_a_standard_question_may_be_asked_by_an_entry_too(corner: Settings) -> None:
    wording = topic_wordings()["closing_date"][0]
    answered = STANDARD.format("closing_date").replace("not_answered", 'answered"\nquote = "La clôture est fixée au 3 mai 2025.')
    write(corner, "faq.toml", OTHER.format(wording) + answered)
    assert not [f.text for f in check_call(corner.corpus_dir, "essai") if "faq" in f.text]
