"""Mails as they really arrive, and as nobody should send them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.desk.html_text import html_to_text
from assistant.desk.parse import MAX_PARTS, parse_mail
from assistant.desk.reply import written_now


def test_text_declared_in_the_wrong_character_set_is_read() -> None:
    raw = b"From: a@b.fr\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nL\x92appel \x80 d\xe9pos\xe9"
    assert parse_mail(raw).written.text == "L’appel € déposé"
    utf8 = "From: a@b.fr\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\ndéposé".encode()
    assert parse_mail(utf8).written.text == "déposé"
    unknown = b"From: a@b.fr\r\nContent-Type: text/plain; charset=klingon\r\n\r\nd\xe9pos\xe9"
    mail = parse_mail(unknown)
    assert mail.written.text == "déposé"
    assert any("klingon" in problem for problem in mail.problems)


def test_encoded_and_raw_headers_are_read() -> None:
    raw = (
        b"From: =?utf-8?B?w4lsb2RpZSBEdXBvbnQ=?= <E.Dupont@Exemple.FR>\r\n"
        b"Subject: =?iso-8859-1?Q?D=E9lai?= =?utf-8?Q?_de_d=C3=A9p=C3=B4t?=\r\n\r\nx"
    )
    mail = parse_mail(raw)
    assert (mail.sender_name, mail.sender, mail.subject) == ("Élodie Dupont", "e.dupont@exemple.fr", "Délai de dépôt")
    assert parse_mail("Subject: Délai de dépôt\r\n\r\nx".encode()).subject == "Délai de dépôt"


def test_headers_that_are_missing_twice_or_wrong_do_not_stop_it() -> None:
    raw = b"From: a@b.fr\r\nFrom: c@d.fr\r\nMessage-ID: nonsense\r\nDate: never\r\nReferences: <a@b> junk <c@d>\r\n\r\nbody"
    mail = parse_mail(raw)
    assert (mail.message_id, mail.date, mail.sender) == ("", None, "a@b.fr")
    assert mail.references == ("<a@b>", "<c@d>")
    assert parse_mail(b"").written.text == ""


def test_html_mail_gives_what_is_seen() -> None:
    page = (
        "<head><title>t</title></head><script>alert('x')</script><p>Bonjour,</p><ul><li>la date</li><li>le lieu</li></ul>"
        "<div style='display:none'>caché</div><blockquote>Quel budget ?</blockquote><img src='http://x/y.png'>"
    )
    text = html_to_text(page)
    assert "- la date\n" in text and "caché" not in text and "alert" not in text
    assert "> Quel budget ?" in text
    assert "Quel budget" not in written_now(text).text


def test_attachments_are_listed_and_not_read() -> None:
    raw = (
        b"From: a@b.fr\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n"
        b"--B\r\nContent-Type: application/pdf; name=\"../../dossier.pdf\"\r\nContent-Disposition: attachment\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--B\r\nContent-Type: text/plain; name=notes.txt\r\n\r\nsecret\r\n--B--\r\n"
    )
    mail = parse_mail(raw)
    assert [a.name for a in mail.attachments] == ["../../dossier.pdf", "notes.txt"]
    assert "secret" not in mail.text


@pytest.mark.parametrize(
    "below",
    [
        "Le lun. 5 févr. 2024 à 10:12, Morgane <m@exemple.fr> a écrit :\n> Quel budget ?",
        "-----Message d'origine-----\nDe : m@exemple.fr\nObjet : AAP\n\nQuel budget ?",
        "On Mon, 5 Feb 2024 at 10:12, Morgane <m@exemple.fr> wrote:\n> Quel budget ?",
        "De : Morgane\nEnvoyé : lundi 5 février 2024\nÀ : Ana\nObjet : RE: AAP\n\nQuel budget ?",
        "________________________________\nFrom: Morgane\nSent: Monday\nTo: Ana\nSubject: AAP\n\nQuel budget ?",
        "El lun, 5 feb 2024, Morgane escribió:\n> Quel budget ?",
    ],
)
def test_what_is_quoted_below_is_not_what_was_written(below: str) -> None:
    written = written_now(f"Bonjour,\n\nQuelle est la date ?\n\nCordialement,\nAna Silva\n\n{below}")
    assert written.text == "Bonjour,\n\nQuelle est la date ?"
    assert "budget" in written.quoted and "Ana Silva" in written.signature


def test_a_postscript_and_a_list_are_kept() -> None:
    written = written_now("Bonjour,\n- la date\n- le lieu\n\nCordialement,\nAna\n\nPS : et le montant ?")
    assert "- la date\n- le lieu" in written.text and "et le montant ?" in written.text
    assert written.signature.startswith("Cordialement")


@pytest.mark.parametrize(("signed", "kept"), [
    ("Ana Silva\nÉvaluation des politiques publiques", False),
    ("A. Silva", False),
    ("Ana\nChargée de mission\nRégion Est", False),
    ("Ana Silva est ma collègue.", True),
    ("Ana Silva\nQui peut candidater ?", True),
    ("Une autre personne", True),
])  # fmt: skip
def test_below_the_name_of_its_author_a_mail_is_signed(signed: str, kept: bool) -> None:
    written = written_now(f"Bonjour,\n\nQuelle est la date ?\n\n{signed}", "Ana Silva")
    assert (signed in written.text) == kept and (signed in written.signature) != kept


def test_a_mail_passed_on_twice_is_read_to_the_end() -> None:
    inner = "Bonjour, je vous transfère, c'est pour vous.\n\n-----Message d'origine-----\nDe : x@exemple.fr\nObjet : AAP\n\nQuels sont les deux champs ?"
    mail = parse_mail(f"From: a@exemple.fr\nSubject: Fwd: AAP\n\n---------- Forwarded message ---------\n{inner}".encode())
    assert "Quels sont les deux champs ?" in mail.forwarded


def test_bombs_are_cut_short() -> None:
    part = b"--B\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    wide = b"From: a@b.fr\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" + part * 10_000 + b"--B--\r\n"
    assert any(str(MAX_PARTS) in problem for problem in parse_mail(wide).problems)
    deep = b"From: a@b.fr\r\nSubject: deep\r\n"
    deep += b"".join(b"Content-Type: multipart/mixed; boundary=B%d\r\n\r\n--B%d\r\n" % (n, n) for n in range(3_000))
    assert parse_mail(deep).subject == "deep"
    # A regular expression that explodes would never end here.
    assert written_now("> " * 10_000 + "\n" * 5_000 + "cordialement " * 2_000).text is not None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_give_a_mail(raw: bytes) -> None:
    mail = parse_mail(b"From: a@b.fr\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n" + raw)
    assert mail.sender == "a@b.fr"
    parse_mail(raw)
