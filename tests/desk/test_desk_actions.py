"""What an officer can do with a mail, and take back."""

from __future__ import annotations

import mailbox
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.desk.approval import same_question
from assistant.desk.parse import parse_mail
from assistant.desk.rows import AUTOMATED, DONE, DRAFTED, NOTHING, PERSON, REJECTED, SNOOZED
from assistant.desk.store import MAX_LISTED, Store
from assistant.desk.triage import Desk
from assistant.settings import Settings
from tests.desk.at_desk import Received, csrf_of, decide, keep, log_in, post
from tests.desk.servers import free_port
from tests.web.helpers import build_site

Letter = Callable[..., bytes]
DATE = "Bonjour,\nQuelle est la date de clôture ?"


def test_each_decision_can_be_undone(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    id_ = keep(at_desk, desk, letter(DATE))
    first = at_desk.mail(id_)
    log_in(client)
    assert decide(client, at_desk, id_, "undo") == 409
    assert decide(client, at_desk, id_, "save", draft="Autre", note="à voir") == 303
    assert decide(client, at_desk, id_, "reject", note="doublon") == 303
    assert (at_desk.mail(id_).state, at_desk.mail(id_).note) == (REJECTED, "doublon")
    assert decide(client, at_desk, id_, "undo") == 303
    kept = at_desk.mail(id_)
    assert (kept.state, kept.draft, kept.note) == (DRAFTED, "Autre", "à voir")
    assert decide(client, at_desk, id_, "approve") == 303
    assert at_desk.mail(id_).answered is not None
    for _ in range(2):
        assert decide(client, at_desk, id_, "undo") == 303
    kept = at_desk.mail(id_)
    assert (kept.state, kept.draft, kept.note, kept.answered, kept.officer) == (DRAFTED, first.draft, "", None, "")
    assert [entry.what for entry in at_desk.audit(id_)][-1] == "undone"


def test_an_empty_reply_is_not_approved(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    id_ = keep(at_desk, desk, letter(DATE))
    log_in(client)
    assert decide(client, at_desk, id_, "approve", draft=" \n") == 422
    assert at_desk.mail(id_).state == DRAFTED


def test_a_mail_that_is_put_off_comes_back_that_morning(
    client: TestClient, at_desk: Store, desk: Desk, letter: Letter
) -> None:
    id_ = keep(at_desk, desk, letter(DATE))
    log_in(client)
    tomorrow = datetime.now(UTC) + timedelta(days=2)
    past = client.post(f"/desk/mails/{id_}", data={
        "csrf": csrf_of(client.get("/desk").text), "version": str(at_desk.mail(id_).version),
        "action": "snooze", "until": "2001-01-01",
    })  # fmt: skip
    assert (past.status_code, "Ce jour est passé" in past.text) == (422, True)
    assert decide(client, at_desk, id_, "snooze", until="soon") == 422
    assert decide(client, at_desk, id_, "snooze", until=tomorrow.date().isoformat()) == 303
    assert at_desk.mail(id_).state == SNOOZED
    assert f"/desk/mails/{id_}" not in client.get("/desk").text
    assert at_desk.wake(desk.call.id, datetime.now(UTC)) == 0
    assert at_desk.wake(desk.call.id, tomorrow + timedelta(days=1)) == 1
    assert at_desk.mail(id_).state == DRAFTED


def test_a_colleague_finds_what_was_left_to_her(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    id_ = keep(at_desk, desk, letter(DATE, subject="Pour Zoé"))
    log_in(client)
    assert decide(client, at_desk, id_, "ask", colleague="zoe", note="Qu'en penses-tu ?") == 303
    assert at_desk.mail(id_).assignee == "zoe"
    assert "Pour Zoé" not in client.get("/desk?show=mine").text
    assert decide(client, at_desk, id_, "take") == 303
    assert "Pour Zoé" in client.get("/desk?show=mine").text


def test_mails_of_a_thread_stand_together_and_a_second_one_is_urgent(
    client: TestClient, at_desk: Store, desk: Desk, letter: Letter
) -> None:
    first = keep(at_desk, desk, letter(DATE, message_id="<a@x>"))
    other = keep(at_desk, desk, letter(DATE, message_id="<b@x>", sender="Léo <leo@exemple.fr>"))
    second = keep(at_desk, desk, letter("Une précision : le jury ?", message_id="<c@x>", In_Reply_To="<a@x>"))
    third = keep(at_desk, desk, letter("Et ensuite ?", message_id="<d@x>", References="<unknown@x> <c@x>"))
    threads = {id_: at_desk.mail(id_).thread for id_ in (first, other, second, third)}
    assert threads[first] == threads[second] == threads[third] != threads[other]
    assert "waiting" not in at_desk.mail(first).triage["urgent_reasons"]
    assert "waiting" in at_desk.mail(second).triage["urgent_reasons"]
    assert at_desk.mail(third).triage["waits"] == 2
    log_in(client)
    assert client.get(f"/desk/mails/{first}").text.count(f"/desk/mails/{second}") >= 1
    decide(client, at_desk, first, "approve")
    ours = client.get(f"/desk/mails/{first}/reply.eml").text
    id_ = next(line for line in ours.splitlines() if line.startswith("Message-ID:")).split()[1]
    answer = keep(at_desk, desk, letter("Et le contact ?", message_id="<e@x>", In_Reply_To=id_))
    assert at_desk.mail(answer).thread == threads[first]


def test_the_same_mail_under_other_bytes_is_kept_once(at_desk: Store, desk: Desk, letter: Letter) -> None:
    keep(at_desk, desk, letter(DATE, message_id="<a@x>"))
    again = letter(DATE, message_id="<a@x>", Received="from elsewhere")
    assert at_desk.add(again, desk.triage(again), call=desk.call.id, source="list") is None
    other = letter("Une autre question : le montant ?", message_id="<a@x>")
    assert at_desk.add(other, desk.triage(other), call=desk.call.id, source="list") is not None


def test_a_question_that_many_ask_is_shown_in_its_shortest_words(
    at_desk: Store, desk: Desk, letter: Letter
) -> None:
    for n, body in enumerate(("Merci de me dire quelle est la date de clôture de l'appel à projets ?", "Date de clôture ?")):
        keep(at_desk, desk, letter(body, message_id=f"<s{n}@x>", sender=f"s{n}@exemple.fr"))
    (group,) = same_question(at_desk, desk.call.id)
    assert len(group.mails) == 2 and group.question == "Date de clôture ?"


def test_one_question_of_many_is_answered_for_all(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    ids = [
        keep(at_desk, desk, letter(DATE, message_id=f"<{n}@x>", sender=f"Ana Silva {name} <{n}@exemple.fr>"))
        for n, name in enumerate(("Un", "Deux", "Trois"))
    ]
    keep(at_desk, desk, letter("Qui contacter pour une question ?", message_id="<o@x>", sender="o@exemple.fr"))
    log_in(client)
    page = client.get("/desk/same").text
    assert all(f'value="{id_}:1"' in page for id_ in ids)
    decide(client, at_desk, ids[2], "save")
    chosen = [f"{ids[0]}:1", f"{ids[1]}:1", f"{ids[2]}:1"]
    assert post(client, "/desk/same", wording="Le 13 mars 2024 [1]. Bon courage !", mail=chosen) == 303
    kept = [at_desk.mail(id_) for id_ in ids]
    assert [mail.state for mail in kept] == [DONE, DONE, DRAFTED]  # the third one had changed
    assert all("Bon courage" in mail.draft for mail in kept[:2]) and "Silva Un" in kept[0].draft
    assert post(client, "/desk/same", wording="x", mail=["1; DROP"]) == 422


def test_files_are_uploaded(client: TestClient, at_desk: Store, desk: Desk, letter: Letter, tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for n in range(2):
        box.add(letter(DATE, message_id=f"<{n}@x>", sender=f"{n}@exemple.fr"))
    box.close()
    one = letter("Qui contacter ?", message_id="<9@x>", sender="9@exemple.fr")
    files = [
        ("files", ("a.mbox", (tmp_path / "box").read_bytes())), ("files", ("b.eml", one)),
        ("files", ("c.eml", one)), ("files", ("vide.eml", b"")), ("files", ("<b>.eml", b" ")),
    ]  # fmt: skip
    assert client.post("/desk/upload", files=files, data={"csrf": "0" * 64}).status_code == 403
    log_in(client)
    assert client.post("/desk/upload", files=files, data={"csrf": "0" * 64}).status_code == 403
    csrf = csrf_of(client.get("/desk/upload").text)
    page = client.post("/desk/upload", files=files, data={"csrf": csrf}, headers={"accept-language": "fr"})
    assert "3 nouveau" in page.text and "1 déjà" in page.text and "vide.eml" in page.text
    assert "<b>" not in page.text
    assert sum(at_desk.counts(desk.call.id).values()) == 3


def test_an_approved_answer_becomes_a_faq_entry(
    client: TestClient, at_desk: Store, desk: Desk, letter: Letter, place: Settings
) -> None:
    path = place.corpus_dir / desk.call.id / "faq.toml"
    before = path.read_text(encoding="utf-8")
    id_ = keep(at_desk, desk, letter(DATE))
    log_in(client)
    assert post(client, f"/desk/mails/{id_}/faq", reply="0", question="Date ?") == 422  # not approved yet
    decide(client, at_desk, id_, "approve")
    for question, said in (
        ("Quelle date pour Ana Silva ?", "silva"), ("Écrire à ana@exemple.fr, quelle date ?", "ana@exemple.fr"),
        ("Rappeler le 06 12 34 56 78 pour la date ?", "06 12 34 56 78"), ("Quelle date pour la ville de Trifouilly ?", "Trifouilly"),
    ):  # fmt: skip
        csrf = csrf_of(client.get("/desk").text)
        answer = client.post(f"/desk/mails/{id_}/faq", data={"csrf": csrf, "reply": "0", "question": question})
        assert answer.status_code == 422 and said in answer.text, question
    assert path.read_text(encoding="utf-8") == before
    assert post(client, f"/desk/mails/{id_}/faq", reply="0", question="Le dépôt ferme quel jour au juste ?") == 303
    entry = tomllib.loads(path.read_text(encoding="utf-8"))["entry"][-1]
    document = at_desk.mail(id_).triage["replies"][0]["citations"][0]["document"]
    text = client.app.state.assistant.document(desk.call.id, document).text  # type: ignore[attr-defined]
    assert entry["questions"] == ["Le dépôt ferme quel jour au juste ?"] and all(quote in text for quote in entry["quotes"])
    assert path.read_text(encoding="utf-8").startswith(before.rstrip())
    assert post(client, f"/desk/mails/{id_}/faq", reply="0", question="Le dépôt ferme quel jour au juste ?") == 422


def test_figures_count_what_was_asked_and_answered(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    first = keep(at_desk, desk, letter(DATE, message_id="<a@x>", sender="a@exemple.fr"))
    for n in range(2):
        keep(at_desk, desk, letter("Quel est le montant maximal de la subvention ?", message_id=f"<{n}@x>", sender=f"{n}@exemple.fr"))
    keep(at_desk, desk, letter("Absent", message_id="<z@x>", Auto_Submitted="auto-replied"))
    keep(at_desk, desk, letter("=cmd() : quel est le taux de cofinancement ?", message_id="<y@x>", sender="y@exemple.fr"))
    log_in(client)
    decide(client, at_desk, first, "approve")
    rows = [line.split(",") for line in client.get("/desk/figures.csv").text.lstrip("\ufeff").splitlines()]
    found = {(row[0], row[1]): row[2] for row in rows if len(row) == 3}
    assert (found["mails", ""], found["automated", ""], found["replies", ""]) == ("5", "1", "1")
    assert found["day", "2024-02-05"] == "4" and found["topic", "funding"] == "3"
    questions = client.get("/desk/questions.csv").text
    assert "montant maximal de la subvention ?,2,funding" in questions
    assert "'=cmd" in questions and "\n=cmd" not in questions
    assert "montant maximal" in client.get("/desk/figures").text


def test_the_queue_shows_urgent_ones_first(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    keep(at_desk, desk, letter(DATE, subject="calme", message_id="<a@x>", sender="a@exemple.fr"))
    keep(at_desk, desk, letter("C'est inadmissible, toujours aucune réponse !", subject="fâché", message_id="<b@x>", sender="b@exemple.fr"))
    log_in(client)
    page = client.get("/desk").text
    assert page.index("fâché") < page.index("calme")
    urgent = client.get("/desk?show=urgent").text
    assert "fâché" in urgent and "calme" not in urgent
    assert at_desk.mails(desk.call.id, [PERSON], urgent=True)[0].subject == "fâché"


def test_the_queue_shows_what_is_to_do_or_all(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    keep(at_desk, desk, letter(DATE, subject="ouvert", message_id="<a@x>", sender="a@exemple.fr"))
    keep(at_desk, desk, letter("Merci beaucoup pour votre aide !", subject="remercié", message_id="<b@x>", sender="b@exemple.fr"))
    keep(at_desk, desk, letter("Absente", subject="machinal", message_id="<c@x>", sender="c@exemple.fr", Auto_Submitted="auto-replied"))
    done = keep(at_desk, desk, letter(DATE, subject="écarté", message_id="<d@x>", sender="d@exemple.fr"))
    log_in(client)
    assert decide(client, at_desk, done, "reject") == 303
    assert {mail.state for mail in at_desk.mails(desk.call.id)} == {DRAFTED, NOTHING, AUTOMATED, REJECTED}
    to_do, all_ = client.get("/desk").text, client.get("/desk?show=all").text
    assert "ouvert" in to_do and "aria-current=\"page\">À traiter<" in to_do
    assert "aria-current=\"page\">Tous<" in all_
    for subject in ("remercié", "machinal", "écarté"):
        assert subject in all_ and subject not in to_do


def test_a_queue_that_is_cut_says_so(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    triaged = desk.triage(letter(DATE))
    for number in range(MAX_LISTED):
        raw = letter(DATE, message_id=f"<{number}@x>", sender=f"a{number}@exemple.fr")
        assert at_desk.add(raw, replace(triaged, mail=parse_mail(raw)), call=desk.call.id, source="test")
    log_in(client)
    assert f"Les {MAX_LISTED} premiers sont montrés" in client.get("/desk?show=all").text
    assert "premiers sont montrés" not in client.get("/desk?q=rien-de-tel").text


def test_sending_is_offered_only_where_it_is_on(
    client: TestClient, assistant: Assistant, place: Settings, at_desk: Store, desk: Desk, letter: Letter
) -> None:
    id_ = keep(at_desk, desk, letter(DATE))
    log_in(client)
    assert 'value="send"' not in client.get(f"/desk/mails/{id_}").text
    assert decide(client, at_desk, id_, "send") == 303  # forged: it is approved, nothing is sent
    assert [entry.what for entry in at_desk.audit(id_)][-1] == "approved"
    decide(client, at_desk, id_, "undo")
    received = Received()
    controller = Controller(received, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings = {"smtp_send": True, "smtp_host": "127.0.0.1", "smtp_port": controller.port, "smtp_security": "none"}
    sending = TestClient(
        build_site(assistant, place.model_copy(update=settings)), raise_server_exceptions=False, follow_redirects=False
    )
    log_in(sending)
    assert 'value="send"' in sending.get(f"/desk/mails/{id_}").text
    assert decide(sending, at_desk, id_, "send", draft="Bonjour, le 13 mars.") == 303
    (envelope,) = received.envelopes
    assert envelope.rcpt_tos == ["ana@exemple.fr"] and b"le 13 mars" in (envelope.content or b"")
    assert at_desk.mail(id_).state == DONE and [entry.what for entry in at_desk.audit(id_)][-1] == "sent"
    controller.stop()
    other = keep(at_desk, desk, letter(DATE, message_id="<2@x>", sender="b@exemple.fr"))
    mail = at_desk.mail(other)
    csrf = csrf_of(sending.get("/desk").text)
    form = {"csrf": csrf, "version": str(mail.version), "action": "send", "draft": mail.draft}
    answer = sending.post(f"/desk/mails/{other}", data=form)
    assert "send_failed" in answer.headers["location"] and at_desk.mail(other).state == DONE
    assert [entry.what for entry in at_desk.audit(other)][-2:] == ["approved", "send failed"]
