"""After a change: exactly the drafts, approved answers and validated answers that quote it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.commands.impact import touched_answers
from assistant.desk.decisions import Decision
from assistant.desk.rows import DONE
from assistant.desk.store import open_store
from assistant.desk.triage import Desk
from assistant.settings import Settings
from assistant.web.store import Store

Letter = Callable[..., bytes]


@pytest.fixture
def here(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"data_dir": tmp_path})


def test_only_what_quotes_a_changed_passage_is_named(
    here: Settings, desk: Desk, letter: Letter, assistant: Assistant
) -> None:
    call = desk.call.id
    with closing(open_store(here)) as store:
        ids = [
            store.add(raw, desk.triage(raw), call=call, source="test")
            for raw in (
                letter("Quelle est la date de clôture ?", message_id="<1@x>"),
                letter("Qui contacter pour les tiers-lieux ?", message_id="<2@x>"),
                letter("Jusqu'à quand peut-on candidater ?", message_id="<3@x>"),
            )
        ]
        seen = store.mail(ids[2])  # type: ignore[arg-type]
        store.decide(seen.id, "anne", Decision("approved", state=DONE), version=seen.version)
    with closing(Store(here)) as answers:
        closing_date = assistant.ask("date limite ?").model_copy(update={"mode": "validated"})
        answers.remember(closing_date)
        answers.remember(assistant.ask("Quelle est la date d'ouverture ?").model_copy(update={"mode": "validated"}))
        answers.remember(assistant.ask("Quand l'appel se termine-t-il ?"))

    def gone(quotes: object) -> list[str]:
        return [q for q in quotes if "13 mars 2024" in q]  # type: ignore[attr-defined]

    assert list(touched_answers(here, call, gone)) == [
        f"Validated answer {closing_date.id} quotes a passage that changed or is gone.",
        f"Draft for mail {ids[0]} quotes a passage that changed or is gone.",
        f"Answer approved for mail {ids[2]} quotes a passage that changed or is gone.",
    ]
    assert list(touched_answers(here, "another", gone)) == []


def test_nothing_is_created_where_nothing_was_kept(here: Settings) -> None:
    assert list(touched_answers(here, "x", lambda quotes: list(quotes))) == []
    assert list(here.data_dir.iterdir()) == []
