"""What else than the index a change of the sources touches: kept answers and drafts of mails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from assistant.settings import Settings

Gone = Callable[[Iterable[str]], list[str]]


def touched_answers(settings: Settings, call: str, gone: Gone) -> Iterator[str]:
    """A line for every validated answer and every mail whose quote changed or is gone; ``gone``
    tells which quotes are. Nothing is created where nothing was ever kept."""
    from assistant.desk.rows import DONE
    from assistant.desk.store import open_store
    from assistant.web.store import Store

    remote = settings.database_url is not None
    if remote or (settings.data_dir / "web.sqlite").exists():
        with closing(Store(settings)) as answers:
            for answer in answers.validated(call):
                if gone(citation.quote for citation in answer.citations):
                    yield f"Validated answer {answer.id} quotes a passage that changed or is gone."
    if remote or (settings.data_dir / "desk.sqlite").exists():
        with closing(open_store(settings)) as mails:
            for id_, state, quotes in mails.cited(call):
                if gone(quotes):
                    kind = "Answer approved for mail" if state == DONE else "Draft for mail"
                    yield f"{kind} {id_} quotes a passage that changed or is gone."
