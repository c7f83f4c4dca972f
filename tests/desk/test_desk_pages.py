"""The desk as an officer meets it, and as a stranger does."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default

import pytest
from starlette.testclient import TestClient

from assistant.desk.store import Store
from assistant.desk.triage import Desk
from assistant.desk.users import LOCKED_FOR, MAX_FAILURES, add_user, check_password
from assistant.errors import ConfigurationError
from tests.desk.at_desk import PASSWORD, csrf_of, keep, log_in

Letter = Callable[..., bytes]


def test_nothing_answers_without_a_login(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    id_ = keep(at_desk, desk, letter("Secret : quelle est la date ?"))
    for path in ("/desk", f"/desk/mails/{id_}", f"/desk/mails/{id_}/reply.eml", "/desk/questions.csv",
                 "/desk/figures", "/desk/figures.csv", "/desk/same", "/desk/upload", "/desk/validated"):
        answer = client.get(path)
        assert answer.status_code == 303 and answer.headers["location"] == "/desk/login", path
        assert "Secret" not in answer.text
    assert client.post(f"/desk/mails/{id_}", data={"action": "reject", "version": "1"}).status_code == 403


def test_an_officer_approves_and_downloads_the_reply(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    id_ = keep(at_desk, desk, letter("Bonjour,\nQuelle est la date de clôture ? <script>alert(1)</script>", subject="Date"))
    assert log_in(client) == 303
    assert f"/desk/mails/{id_}" in client.get("/desk").text
    page = client.get(f"/desk/mails/{id_}")
    assert "<script>" not in page.text and "13 mars 2024" in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    form = {"csrf": csrf_of(page.text), "version": "1", "action": "approve", "draft": "Réponse de l'officier", "note": ""}
    assert client.post(f"/desk/mails/{id_}", data={**form, "csrf": "0" * 64}).status_code == 403
    assert client.post(f"/desk/mails/{id_}", data=form).status_code == 303
    assert client.post(f"/desk/mails/{id_}", data=form).status_code == 409
    reply = message_from_bytes(client.get(f"/desk/mails/{id_}/reply.eml").content, policy=default)
    assert reply["In-Reply-To"] == "<1@exemple.fr>" and reply["To"] == "ana@exemple.fr" and reply["Subject"] == "Re: Date"
    assert reply.get_content().startswith("Réponse de l'officier") and "> Bonjour," in reply.get_content()
    assert [entry.what for entry in at_desk.audit(id_)] == ["received", "approved"]


def test_moments_are_those_of_the_calls_time_zone(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    mail = re.sub(rb"(?m)^Date: .*$", b"Date: Wed, 28 Feb 2024 00:30:00 +0100", letter("Quelle est la date ?"))
    id_ = keep(at_desk, desk, mail)
    assert log_in(client) == 303
    assert "28/02/2024 00:30" in client.get(f"/desk/mails/{id_}").text
    assert "28/02/2024" in client.get("/desk").text


def test_wrong_passwords_lock_the_name(at_desk: Store, client: TestClient) -> None:
    assert log_in(client, "wrong") == 403
    for _ in range(MAX_FAILURES - 1):
        assert not check_password(at_desk, "anne", "wrong")
    assert log_in(client) == 403
    from datetime import UTC, datetime

    assert check_password(at_desk, "anne", PASSWORD, datetime.now(UTC) + LOCKED_FOR * 2)
    assert not check_password(at_desk, "nobody", PASSWORD)
    with pytest.raises(ConfigurationError):
        add_user(at_desk, "anne", "short")


def test_the_session_cookie_is_closed(client: TestClient) -> None:
    cookie = client.get("/desk/login").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/desk" in cookie
    client.cookies.set("aap_desk", "forged.cookie.value", path="/desk")
    assert client.get("/desk").status_code == 303


def test_questions_without_an_answer_are_exported(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    keep(at_desk, desk, letter("Quel est le montant maximal de la subvention ?"))
    assert log_in(client) == 303
    assert "montant maximal" in client.get("/desk/questions.csv").text
