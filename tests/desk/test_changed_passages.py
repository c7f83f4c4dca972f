"""After a new version of the sources: exactly the drafts that quote what changed must be read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from assistant.answering.assistant import Assistant
from assistant.desk.memory import Memory
from assistant.desk.passages import changed_passages, to_reread
from assistant.desk.rows import DONE, DRAFTED
from assistant.desk.store import Store
from assistant.desk.triage import Desk
from assistant.desk.users import add_user
from assistant.desk.wordings import stands, wordings
from assistant.embedding import Embedder
from assistant.settings import Settings
from assistant.types import Document
from ingest.build import ingest
from tests.desk.at_desk import PASSWORD, decide, keep, log_in, post
from tests.web.helpers import build_site

Letter = Callable[..., bytes]
CHANGED = "Le passage cité a changé : à relire"
DATE = "Bonjour,\nQuelle est la date de clôture ?"


@pytest.fixture
def changing(own: Settings, embedder: Embedder) -> Iterator[Assistant]:
    """Serves that call."""
    made = Assistant(own, embedder)
    yield made
    made.close()


@pytest.fixture
def kept(own: Settings) -> Iterator[Store]:
    """Its desk, with the officer anne."""
    made = Store(f"sqlite:///{own.data_dir}/desk.sqlite")
    add_user(made, "anne", PASSWORD)
    yield made
    made.close()


def _edit(own: Settings, embedder: Embedder, before: str, after: str) -> None:
    """Change a date in the regulation, and in the validated questions that quote it."""
    folder = own.corpus_dir / own.call
    for path in (folder / "reglement.md", folder / "faq.toml"):
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    assert ingest(own, own.call, embedder).changed


def test_a_changed_date_expires_exactly_the_drafts_that_quote_it(
    own: Settings, changing: Assistant, kept: Store, embedder: Embedder, letter: Letter
) -> None:
    desk = Desk(changing)
    client = TestClient(build_site(changing, own), raise_server_exceptions=False, follow_redirects=False)
    ids = [
        keep(kept, desk, letter(body, message_id=f"<{n}@x>", sender=f"{n}@exemple.fr", subject=f"Sujet {n}"))
        for n, body in enumerate((
            DATE, "Qui contacter pour les tiers-lieux ?", "Jusqu'à quand peut-on candidater ?", "Merci beaucoup !",
            "Quelle est la date limite ?", "Quelle est la date de clôture de l'appel ?",
        ))
    ]  # fmt: skip
    log_in(client)
    said = kept.mail(ids[5]).triage["replies"][0]["said"]
    words = kept.mail(ids[5]).draft.replace(said, "On ferme le 13 mars 2024 [1].")
    assert decide(client, kept, ids[5], "approve", draft=words) == 303
    assert CHANGED not in client.get("/desk").text
    _edit(own, embedder, "13 mars 2024", "20 mars 2024")

    marked = [id_ for id_ in ids if CHANGED in client.get(f"/desk/mails/{id_}").text]
    assert marked == [ids[0], ids[2], ids[4], ids[5]]
    queue = client.get("/desk?show=changed").text
    assert [id_ for id_ in ids if f"/desk/mails/{id_}" in queue] == [ids[0], ids[2], ids[4]]
    page = client.get(f"/desk/mails/{ids[0]}").text
    assert "<del>" in page and "13 mars 2024" in page and "20 mars 2024" in page.split("<ins>")[1].split("</ins>")[0]
    (wording,) = wordings(kept, own.call)
    assert not stands(wording, changing.index(own.call).documents.values())
    assert "expirée" in client.get("/desk/validated").text

    for action in ("approve", "send"):
        assert decide(client, kept, ids[0], action) == 409
    entry = f"{ids[2]}:{kept.mail(ids[2]).version}"
    post(client, "/desk/same", wording="Oui [1].", mail=[entry])
    assert [kept.mail(id_).state for id_ in ids[:3]] == [DRAFTED] * 3

    assert decide(client, kept, ids[0], "redraft") == 303
    anew = kept.mail(ids[0])
    assert "20 mars 2024" in anew.draft and "13 mars 2024" not in anew.draft and "On ferme" not in anew.draft
    assert decide(client, kept, ids[0], "approve") == 303

    assert decide(client, kept, ids[2], "confirm") == 303
    assert CHANGED not in client.get(f"/desk/mails/{ids[2]}").text
    assert decide(client, kept, ids[2], "undo") == 303
    assert CHANGED in client.get(f"/desk/mails/{ids[2]}").text
    assert decide(client, kept, ids[2], "confirm") == 303
    assert decide(client, kept, ids[2], "approve") == 303
    assert [kept.mail(id_).state for id_ in (ids[0], ids[2])] == [DONE, DONE]
    done = [entry.what for id_ in (ids[0], ids[2]) for entry in kept.audit(id_)]
    assert done.count("redrafted") == 1 and done.count("confirmed") == 2 and done.count("undone") == 1

    path = f"/desk/validated/{wording.id}"
    assert path in client.get("/desk/validated").text
    shown = client.get(path).text
    assert "20 mars 2024" in shown and "On ferme le 13 mars 2024 [1]." in shown
    assert post(client, path, text="On ferme le 13 mars 2024 [1].") == 422
    assert post(client, path, text="Écrivez à leo@exemple.fr [1].") == 422
    assert [row.id for row in wordings(kept, own.call)] == [wording.id]
    assert post(client, path, text="On ferme le 20 mars 2024 [1] [9].") == 303
    (confirmed,) = wordings(kept, own.call)
    assert confirmed.text == "On ferme le 20 mars 2024 [1]."
    assert "expirée" not in client.get("/desk/validated").text
    assert client.get(path).status_code == 404 and post(client, path, text="x") == 404
    said_now = Desk(changing, None, Memory(kept, own.call)).triage(letter(DATE, message_id="<z@x>"))
    assert "On ferme le 20 mars 2024 [1]" in said_now.draft


def _document(text: str) -> dict[str, Document]:
    return {"r": Document("r", "Règlement", "regulation", "fr", None, text)}


def _quotes(*quotes: str) -> list[dict[str, str]]:
    return [{"quote": quote, "document": "r", "heading": "IV"} for quote in quotes]


def test_a_passage_that_is_gone_has_nothing_in_its_place() -> None:
    (passage,) = changed_passages(_quotes("Le comité se réunira dans les trois semaines."), _document("Tout autre chose."))
    assert passage.now == ""
    (removed,) = changed_passages(_quotes("Texte"), {})
    assert removed.now == ""


def test_reflowed_lines_are_no_change() -> None:
    assert changed_passages(_quotes("Le comité se\nréunira."), _document("Avant. Le comité se réunira. Après.")) == []


@given(st.lists(st.sampled_from(["Un fait.", "Le deux mars.", "Trois projets.", "Un autre."]), min_size=1, max_size=4))
def test_what_is_confirmed_is_not_shown_until_it_changes_again(quotes: list[str]) -> None:
    triage: dict[str, object] = {"citations": _quotes(*quotes)}
    assert to_reread(triage, _document(" ".join(quotes))) == []
    changed = to_reread(triage, _document("Le trois mars."))
    assert [passage.quote for passage in changed] == list(dict.fromkeys(quotes))
    triage["confirmed"] = {passage.quote: passage.now for passage in changed}
    assert to_reread(triage, _document("Le trois mars.")) == []
    again = to_reread(triage, _document("Le quatre mars."))
    assert [p.quote for p in again] == [p.quote for p in changed if p.now != ""]
