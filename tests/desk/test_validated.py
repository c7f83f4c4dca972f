"""Words and corrections of officers: used for the like of what they were made for, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.clock import stopped_clock
from assistant.desk.corrections import correct, corrections, essence
from assistant.desk.memory import Memory
from assistant.desk.rows import AUTOMATED, DRAFTED, NOTHING, PERSON
from assistant.desk.store import Store
from assistant.desk.triage import Desk
from assistant.desk.wordings import answer_key, set_wording, wordings
from assistant.embedding import Embedder
from assistant.settings import Settings
from tests.desk.at_desk import decide, keep, log_in, post

Letter = Callable[..., bytes]
DATE = "Bonjour,\nQuelle est la date de clôture ?"
TWO = "Bonjour,\nQuelle est la date de clôture ? Qui contacter pour les tiers-lieux ?"


def _approve_with(client: TestClient, store: Store, id_: int, words: str, number: int = 0) -> None:
    """Approve with other words for one answer of the draft."""
    mail = store.mail(id_)
    said = mail.triage["replies"][number]["said"]
    assert decide(client, store, id_, "approve", draft=mail.draft.replace(said, words)) == 303


def _remembering(assistant: Assistant, store: Store) -> Desk:
    return Desk(assistant, None, Memory(store, assistant.default_call))


def test_approved_words_are_used_for_the_same_answer(
    client: TestClient, at_desk: Store, assistant: Assistant, desk: Desk, letter: Letter
) -> None:
    id_ = keep(at_desk, desk, letter(DATE, message_id="<a@x>"))
    log_in(client)
    _approve_with(client, at_desk, id_, "Le dépôt ferme le 13 mars 2024 [1].\r\n\r\nAprès, c'est trop tard.")
    asked = letter("Jusqu'à quand pouvons-nous déposer un dossier ?", message_id="<b@x>", sender="b@exemple.fr")
    plain, remembered = desk.triage(asked), _remembering(assistant, at_desk).triage(asked)
    if plain.replies[0].key != desk.triage(letter(DATE)).replies[0].key:
        pytest.fail("the two questions no longer get one answer: choose another pair")
    assert "trop tard" not in plain.draft
    assert "Le dépôt ferme le 13 mars 2024 [1].\n\nAprès, c'est trop tard." in remembered.draft
    answer = remembered.replies[0].answer
    assert answer is not None and answer.mode == "validated" and remembered.citations == plain.citations
    (kept,) = wordings(at_desk, desk.call.id)
    set_wording(at_desk, "anne", kept.id, withdrawn=True)
    assert _remembering(assistant, at_desk).triage(asked).draft == plain.draft
    set_wording(at_desk, "anne", kept.id, withdrawn=False)
    assert "trop tard" in _remembering(assistant, at_desk).triage(asked).draft


def test_the_marks_of_a_letter_become_those_of_its_answers(
    client: TestClient, at_desk: Store, assistant: Assistant, desk: Desk, letter: Letter
) -> None:
    id_ = keep(at_desk, desk, letter(TWO, message_id="<a@x>"))
    replies = at_desk.mail(id_).triage["replies"]
    assert [reply["kind"] for reply in replies] == ["answered", "answered"]
    second = at_desk.mail(id_).triage["citations"][-1]["index"]
    log_in(client)
    heading = replies[1]["said"].split("\n")[0]
    _approve_with(client, at_desk, id_, f"{heading}\nÉcrivez-lui [{second}].", number=1)
    (kept,) = wordings(at_desk, desk.call.id)
    last = replies[1]["citations"][-1]
    assert kept.text == f"Écrivez-lui [{last['index']}]."
    assert kept.key == replies[1]["key"]


@pytest.mark.parametrize("words", [
    "Chère Ana, c'est le 13 mars 2024 [1].", "C'est le 13 mars 2024 [1], et le dossier 4512 7788 99 est complet.",
    "Écrivez à leo@exemple.fr.", "En fait, c'est le 20 mars 2024 [1].", "Le montant est de 5 000 euros.", "C'est le 13 mars 2024 [1], il reste 41 jours.",
])  # fmt: skip
def test_words_with_personal_data_or_other_facts_are_not_used_again(
    client: TestClient, at_desk: Store, desk: Desk, letter: Letter, words: str
) -> None:
    id_ = keep(at_desk, desk, letter(DATE))
    log_in(client)
    _approve_with(client, at_desk, id_, words)
    assert wordings(at_desk, desk.call.id, all_=True) == []


def test_a_rewritten_letter_teaches_nothing(client: TestClient, at_desk: Store, desk: Desk, letter: Letter) -> None:
    id_ = keep(at_desk, desk, letter(TWO))
    log_in(client)
    decide(client, at_desk, id_, "approve", draft="Bonjour,\n\nTout est dans le règlement.\n\nCordialement")
    assert wordings(at_desk, desk.call.id) == []


def test_words_for_the_deadline_outlive_the_day(
    client: TestClient, at_desk: Store, settings: Settings, embedder: Embedder, desk: Desk, letter: Letter
) -> None:
    id_ = keep(at_desk, desk, letter(DATE, message_id="<a@x>"))
    mail = at_desk.mail(id_)
    log_in(client)
    assert decide(client, at_desk, id_, "approve", draft=mail.draft.replace("Date de clôture de l'appel à projets :", "On clôt le")) == 303
    (kept,) = wordings(at_desk, desk.call.id)
    assert kept.text == "On clôt le 13 mars 2024 [1]"
    later = Assistant(settings, embedder, stopped_clock(datetime(2024, 2, 20, 12, tzinfo=ZoneInfo("Europe/Paris"))))
    try:
        draft = _remembering(later, at_desk).triage(letter(DATE, message_id="<b@x>")).draft
    finally:
        later.close()
    assert "On clôt le 13 mars 2024 [1]" in draft and "41 jours" not in draft


def test_another_quote_is_another_answer(assistant: Assistant) -> None:
    answer = assistant.ask("Quelle est la date de clôture ?")
    moved = answer.citations[0].model_copy(update={"quote": "13 mars 2025"})
    assert answer_key(answer) != answer_key(answer.model_copy(update={"citations": (moved,)}))
    assert answer_key(answer) == answer_key(assistant.ask("Quelle est la date de clôture ?"))


def test_a_correction_changes_the_next_triage_of_the_like(
    client: TestClient, at_desk: Store, assistant: Assistant, desk: Desk, letter: Letter
) -> None:
    body = "Bonjour,\nNotre réseau organise un webinaire sur le numérique responsable le mois prochain. Souhaitez-vous y assister ?"
    like = body.replace("le mois prochain", "en juin").replace("Notre réseau", "Notre collectif")
    id_ = keep(at_desk, desk, letter(body, subject="Invitation à un webinaire", message_id="<a@x>"))
    log_in(client)
    mail = at_desk.mail(id_)
    assert mail.state in (PERSON, DRAFTED)
    form = {"version": str(mail.version), "state": NOTHING, "category": "other", "urgency": "low"}
    assert post(client, f"/desk/mails/{id_}/triage", **{**form, "state": "elsewhere"}) == 422
    assert post(client, f"/desk/mails/{id_}/triage", **form) == 303
    assert post(client, f"/desk/mails/{id_}/triage", **form) == 409
    assert (at_desk.mail(id_).state, at_desk.mail(id_).triage["urgency"]) == (NOTHING, "low")
    remembering = _remembering(assistant, at_desk)
    other = letter(like, subject="Invitation webinaire", message_id="<b@x>", sender="b@exemple.fr")
    found = remembering.triage(other)
    assert found.example == id_ and not found.needs_reply and found.urgency == "low"
    new = keep(at_desk, remembering, other)
    assert at_desk.mail(new).state == NOTHING and f"/desk/mails/{id_}" in client.get(f"/desk/mails/{new}").text
    question = remembering.triage(letter(DATE))
    assert question.example is None and question.needs_reply
    (kept,) = corrections(at_desk, desk.call.id)
    assert post(client, "/desk/validated", kind="correction", id=str(kept.id), withdraw="1") == 303
    assert _remembering(assistant, at_desk).triage(other).example is None
    assert post(client, "/desk/validated", kind="correction", id=str(kept.id)) == 303
    assert _remembering(assistant, at_desk).triage(other).example == id_
    decide(client, at_desk, id_, "undo")
    assert corrections(at_desk, desk.call.id) == []
    assert at_desk.mail(id_).triage["urgency"] == mail.triage["urgency"]


def test_a_correction_hides_no_new_reason(at_desk: Store, assistant: Assistant, desk: Desk, letter: Letter) -> None:
    raw = letter(DATE, subject="Date de clôture")
    mail = at_desk.mail(keep(at_desk, desk, raw))
    vector = assistant.meaning(essence(desk.triage(raw).mail))
    correct(at_desk, mail, "anne", vector, version=mail.version, state=AUTOMATED, category="calendar", urgency="low")
    remembering = _remembering(assistant, at_desk)
    assert remembering.triage(raw).automated
    angry = letter(DATE + " C'est inadmissible.", subject="Date de clôture")
    assert not remembering.triage(angry).automated and "complaint" in remembering.triage(angry).human_reasons


def test_questions_are_urgent_when_the_deadline_is_near(
    settings: Settings, embedder: Embedder, assistant: Assistant, letter: Letter
) -> None:
    paris = ZoneInfo("Europe/Paris")
    near = {}
    for day in (9, 10, 13, 14):
        there = Assistant(settings, embedder, stopped_clock(datetime(2024, 3, day, 23, tzinfo=paris)))
        try:
            near[day] = Desk(there).triage(letter(DATE)).urgent_reasons
            assert Desk(there).triage(letter("Merci beaucoup !")).urgent_reasons == ()
        finally:
            there.close()
    assert near == {9: (), 10: ("deadline",), 13: ("deadline",), 14: ()}
