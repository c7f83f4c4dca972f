"""From a mailbox or a file into the store, each mail triaged once."""

from __future__ import annotations

from assistant.desk.mailbox import MailboxSettings, read_new
from assistant.desk.store import Store
from assistant.desk.triage import Desk


def keep_mail(
    desk: Desk, store: Store, raw: bytes, source: str, mailbox: tuple[str, int, int] | None = None
) -> int | None:  # fmt: skip
    """Triage and keep one mail; None when it was there already."""
    return store.add(raw, desk.triage(raw), call=desk.call.id, source=source, mailbox=mailbox)


def sync_mailbox(desk: Desk, store: Store, settings: MailboxSettings, *, pause_s: float = 2.0) -> int:
    """Read what is new in the mailbox; how many mails were kept."""
    kept = 0

    def keep(uidvalidity: int, uid: int, raw: bytes) -> None:
        nonlocal kept
        place = (settings.name, uidvalidity, uid)
        kept += keep_mail(desk, store, raw, f"{settings.name}#{uid}", place) is not None

    read_new(settings, lambda: store.position(settings.name), keep, pause_s=pause_s)
    return kept
