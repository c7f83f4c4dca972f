"""What is missing or contradictory in a call's folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.answering.prototypes import topic_wordings
from assistant.call import Call, load_call
from assistant.errors import CorpusError
from assistant.sources import survey
from assistant.types import Document, Fact, Unit
from ingest.check_dates import date_findings
from ingest.check_values import value_findings
from ingest.facts import extract_facts
from ingest.faq import Entry, as_entries, asked_twice, bind_faq, load_faq, load_standards
from ingest.findings import Checked, Finding
from ingest.new_call import TO_CONFIRM
from ingest.placeholders import left_to_fill_in, no_contact
from ingest.readers.formats import decode, read_source
from ingest.unbound import nearest_sentence
from ingest.units import build_units

_LINES = (".md", ".markdown", ".txt", ".html", ".htm", ".xhtml")


def check_call(corpus_dir: Path, id_: str, data_dir: Path | None = None) -> list[Finding]:
    """All findings, grave ones first; with ``data_dir``, what 'aap corpus fetch' found too.

    Raises CorpusError when call.toml or sources.toml itself is wrong.
    """
    call = load_call(corpus_dir, id_)
    folder = corpus_dir / id_
    findings: list[Finding] = []
    parsed: list[Checked] = []
    for source in call.documents:
        try:
            structure = read_source(folder / source.path)
        except CorpusError as error:
            findings.append(Finding(True, f"{source.path}: {error}"))
            continue
        findings += [Finding(False, f"{source.path}, {warning}") for warning in structure.warnings]
        document = Document(source.id, source.title, source.kind, source.language, source.url, structure.text, structure.sections, structure.pages)  # fmt: skip
        units = build_units(document, structure)
        raw = decode((folder / source.path).read_bytes()) if source.path.lower().endswith(_LINES) else None
        parsed.append(Checked(source.path, document, units, extract_facts(document, units), raw))
        if len(structure.sections) < 2 and len(structure.text) > 5_000:
            findings.append(Finding(False, f"{source.path}: no headings were found."))
    findings += _call_findings(call, folder, parsed)
    regulation = [checked for checked in parsed if checked.document.kind == "regulation"]
    findings += date_findings(regulation)
    for checked in parsed:
        if checked in regulation:
            findings += value_findings(checked)
        findings += _contact_findings(checked.document, checked.units, checked.facts)
    if data_dir is not None:
        findings += _link_findings(corpus_dir, data_dir, id_)
    entries, own, wrong = _faq(folder)
    findings += [Finding(True, line) for line in wrong]
    findings += [Finding(False, line) for line in asked_twice(entries[:own])]
    if parsed:
        documents = [(one.document, one.units) for one in parsed]
        expired = set(bind_faq(entries, documents).expired)
        findings += [
            Finding(True, f"faq.toml: the quote of '{e.id}' is not in the documents{nearest_sentence(e, documents)}.")
            for e in entries if e.id in expired
        ]  # fmt: skip
    return sorted(findings, key=lambda finding: not finding.grave)


def _faq(folder: Path) -> tuple[list[Entry], int, list[str]]:
    """What 'aap ingest' would take from faq.toml, how many of it are [[entry]] tables (they come
    first; the others have the catalogue's wordings), and what it would refuse."""
    path = folder / "faq.toml"
    wordings = topic_wordings()
    entries: list[Entry] = []
    wrong: list[str] = []
    own = 0
    for load in (load_faq, lambda path: as_entries(load_standards(path, wordings), wordings)):
        try:
            entries += load(path)
            own = own or (len(entries) if load is load_faq else 0)
        except CorpusError as error:
            wrong += [line for line in str(error).splitlines() if line not in wrong]
    return entries, own, wrong


def _call_findings(call: Call, folder: Path, parsed: Sequence[Checked]) -> Iterator[Finding]:
    if not any(source.kind == "regulation" for source in call.documents):
        yield Finding(True, "call.toml: no document has kind = \"regulation\".")
    no_mail = no_contact(folder, call)
    if no_mail:
        yield Finding(True, no_mail)
    elif parsed and not any(
        fact.kind == "email" and fact.value == call.handoff.email.lower()
        for one in parsed for fact in one.facts
    ):  # fmt: skip
        yield Finding(False, f"call.toml: {call.handoff.email} stands in no document.")
    yield from (Finding(True, line) for line in left_to_fill_in(folder, but=f"# {TO_CONFIRM}"))
    left = (folder / "call.toml").read_text(encoding="utf-8-sig").count(f"# {TO_CONFIRM}")
    if left:
        yield Finding(False, f"call.toml: {left} line(s) still marked « {TO_CONFIRM} ».")


def _link_findings(corpus_dir: Path, data_dir: Path, id_: str) -> Iterator[Finding]:
    said = {"dead": "a dead link", "moved": "the link has moved", "unreadable": "it can't be read"}
    for kept in survey(corpus_dir, data_dir, id_):
        found = said.get(kept.state.state)
        if found:
            yield Finding(False, f"sources.toml, {kept.source.id}: {found} ({kept.state.detail}).")


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
