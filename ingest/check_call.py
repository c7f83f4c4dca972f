"""What is missing or contradictory in a call's folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.call import Call, load_call
from assistant.errors import CorpusError
from assistant.sources import survey
from assistant.types import Document, Fact, Unit
from assistant.words import stems
from ingest.facts import extract_facts
from ingest.faq import bind_faq, load_faq
from ingest.new_call import TO_CONFIRM
from ingest.readers.formats import read_source
from ingest.units import build_units

_OPENING = frozenset(stems("ouverture lancement"))
_CLOSING = frozenset(stems("clôture limite"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at; a grave one keeps the call from being served well."""

    grave: bool
    text: str


def check_call(corpus_dir: Path, id_: str, data_dir: Path | None = None) -> list[Finding]:
    """All findings, grave ones first; with ``data_dir``, what 'aap corpus fetch' found too.

    Raises CorpusError when call.toml or sources.toml itself is wrong.
    """
    call = load_call(corpus_dir, id_)
    folder = corpus_dir / id_
    findings: list[Finding] = []
    parsed: list[tuple[Document, tuple[Unit, ...], tuple[Fact, ...]]] = []
    for source in call.documents:
        try:
            structure = read_source(folder / source.path)
        except CorpusError as error:
            findings.append(Finding(True, f"{source.path}: {error}"))
            continue
        findings += [Finding(False, f"{source.path}, {warning}") for warning in structure.warnings]
        document = Document(source.id, source.title, source.kind, source.language, source.url, structure.text, structure.sections, structure.pages)  # fmt: skip
        units = build_units(document, structure)
        parsed.append((document, units, extract_facts(document, units)))
        if len(structure.sections) < 2 and len(structure.text) > 5_000:
            findings.append(Finding(False, f"{source.path}: no headings were found."))
    findings += _call_findings(call, folder, parsed)
    for document, units, facts in parsed:
        findings += _date_findings(document, units, facts)
        findings += _contact_findings(document, units, facts)
    if data_dir is not None:
        findings += _link_findings(corpus_dir, data_dir, id_)
    entries = load_faq(folder / "faq.toml")
    if parsed:
        expired = bind_faq(entries, [(document, units) for document, units, _ in parsed]).expired
        findings += [Finding(True, f"faq.toml: the quote of '{e}' is not in the documents.") for e in expired]  # fmt: skip
    return sorted(findings, key=lambda finding: not finding.grave)


def _call_findings(
    call: Call, folder: Path, parsed: Sequence[tuple[Document, tuple[Unit, ...], tuple[Fact, ...]]]
) -> Iterator[Finding]:
    if not any(source.kind == "regulation" for source in call.documents):
        yield Finding(True, "call.toml: no document has kind = \"regulation\".")
    if call.handoff.email.endswith(".invalid"):
        yield Finding(True, "call.toml: handoff.email is still to be filled in.")
    elif parsed and not any(
        fact.kind == "email" and fact.value == call.handoff.email.lower()
        for _, _, facts in parsed for fact in facts
    ):  # fmt: skip
        yield Finding(False, f"call.toml: {call.handoff.email} stands in no document.")
    left = (folder / "call.toml").read_text(encoding="utf-8").count(f"# {TO_CONFIRM}")
    if left:
        yield Finding(False, f"call.toml: {left} line(s) still marked « {TO_CONFIRM} ».")


def _link_findings(corpus_dir: Path, data_dir: Path, id_: str) -> Iterator[Finding]:
    said = {"dead": "a dead link", "moved": "the link has moved", "unreadable": "it can't be read"}
    for kept in survey(corpus_dir, data_dir, id_):
        found = said.get(kept.state.state)
        if found:
            yield Finding(False, f"sources.toml, {kept.source.id}: {found} ({kept.state.detail}).")


def _date_findings(
    document: Document, units: Sequence[Unit], facts: Sequence[Fact]
) -> Iterator[Finding]:
    rows = {unit.id for unit in units if unit.kind == "row"}
    by_unit: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind == "date" and len(fact.value) == 10 and fact.unit in rows:
            by_unit[fact.unit].append(fact)
    labels: dict[str, set[str]] = defaultdict(set)
    opening: set[str] = set()
    closing: set[str] = set()
    for found in by_unit.values():
        if len(found) != 1:
            continue  # a row with a date a column: one label, several rounds
        label = found[0].label
        labels[label].add(found[0].value)
        words = set(stems(label))
        if words & _CLOSING:
            closing.add(found[0].value)
        elif words & _OPENING:
            opening.add(found[0].value)
    for label, values in labels.items():
        if len(values) > 1:
            yield Finding(True, f"{document.id}: two dates for « {label} »: {', '.join(sorted(values))}.")
    if opening and closing and max(closing) < min(opening):
        yield Finding(True, f"{document.id}: the deadline {max(closing)} is before the opening {min(opening)}.")  # fmt: skip


def _contact_findings(
    document: Document, units: Sequence[Unit], facts: Sequence[Fact]
) -> Iterator[Finding]:
    kinds: dict[str, set[str]] = defaultdict(set)
    for fact in facts:
        kinds[fact.unit].add(fact.kind)
    for unit in units:
        if unit.kind == "contact" and "email" not in kinds[unit.id]:
            text = " ".join(document.text[unit.span.start : unit.span.end].split())[:80]
            yield Finding(False, f"{document.id}: a contact without a mail address: {text}")
