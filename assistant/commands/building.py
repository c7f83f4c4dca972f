"""What ``aap ingest`` does with one call, and what it tells of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.commands.terminal import say
from assistant.errors import IndexMissingError
from assistant.index.comparison import compare
from assistant.index.versions import KEEP, Versions
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.embedding import Embedder


def build_call(settings: Settings, name: str, embedder: Embedder, progress: Callable[[str, int, int], None]) -> None:
    """Build the next version of a call's index; say what it holds, what changed and what to look at."""
    from ingest.build import ingest
    from ingest.unbound import tell_unbound

    kept = Versions(settings.data_dir, name)
    before, numbers = kept.current(), set(kept.numbers())
    report = ingest(
        settings, name, embedder, progress,
        lambda: say("Another process is building this index: waiting for it to end."),
    )  # fmt: skip
    verb = "built" if report.changed else "is up to date"
    say(
        f"{name}: version {report.version} {verb}: {report.documents} document(s), "
        f"{report.units} units, {report.facts} facts, {report.questions} known questions; "
        f"{report.embedded} embedded, {report.kept} kept, {report.removed} removed."
    )
    if report.changed and before is not None:
        _say_changes(kept, before, report.version)
    gone = sorted(numbers - set(kept.numbers()))
    if gone:
        say(f"  removed: version {', '.join(map(str, gone))} (the {KEEP} newest are kept).")
    for line in tell_unbound(settings, name, report.expired_faq):
        say(f"  {line}")
    for skipped in report.skipped:
        say(f"  skipped {skipped}")
    for note in report.notes:
        say(f"  look    {note}")


def _say_changes(kept: Versions, before: int, after: int) -> None:
    try:
        changes = len(compare(kept.existing(before), kept.existing(after)).changes)
    except IndexMissingError:  # removed, or made by another version of this program
        return
    more = f": 'aap corpus diff {before} {after} --call {kept.call}' shows them" if changes else ""
    say(f"  {changes or 'no'} passage(s) changed since version {before}{more}.")
