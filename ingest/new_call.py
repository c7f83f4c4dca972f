"""The folder of a new call, guessed from its regulation; every guess is marked "to confirm"."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import tomlkit

from assistant.errors import CorpusError
from assistant.types import Document, Fact
from assistant.words import fold
from ingest.facts import extract_facts
from ingest.guessed_contact import Guess, find_contacts, find_offers, person_in_charge
from ingest.guessed_name import guess_authority, guess_title
from ingest.page_headers import page_headers
from ingest.placeholders import NO_MAIL, TO_COMPLETE
from ingest.proposed_faq import propose_faq
from ingest.readers.formats import SUFFIXES, read_source
from ingest.units import build_units

TO_CONFIRM = "à confirmer"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
_ACRONYM = re.compile(r"((?:[\w'’-]+[ \u00a0]+){2,9})\(([A-ZÉÈ]{2,8})\)")


@dataclass(frozen=True, slots=True)
class NewCall:
    """What was made; ``guesses`` are what someone has to confirm."""

    folder: Path
    sections: int
    dates: int
    contacts: int
    guesses: tuple[str, ...]


def new_call(corpus_dir: Path, id_: str, source: Path) -> NewCall:
    """Make ``corpus_dir/id_`` from a regulation in any format that can be read.

    Raises CorpusError when the id is taken or malformed, or the file can't be read; then nothing
    is written.
    """
    if not _ID.fullmatch(id_):
        raise CorpusError(f"'{id_}' is no id: use small letters, digits and hyphens.")
    folder = corpus_dir / id_
    if folder.exists():
        raise CorpusError(f"{folder} exists already. Choose another id, or remove the folder.")
    if source.is_dir():
        raise CorpusError(f"{source} is a folder: name the file of the regulation in it.")
    if not source.is_file():
        raise CorpusError(f"{source} is missing.")
    if not source.suffix:
        raise CorpusError(f"{source} has no suffix: rename it after its format ({', '.join(SUFFIXES)}).")
    try:
        structure = read_source(source)
    except CorpusError as error:
        raise CorpusError(f"{source}: {error}") from error
    document = Document("reglement", "", "regulation", "fr", None, structure.text, structure.sections, structure.pages)  # fmt: skip
    units = build_units(document, structure)
    facts = extract_facts(document, units)
    name = f"reglement{source.suffix.lower()}"
    title = guess_title(structure, id_)
    authority = guess_authority(structure, page_headers(source))
    contacts = find_contacts(document, units, facts)
    person = person_in_charge(contacts, find_offers(document, units, facts))
    if not person.name:
        person = replace(person, name=authority or person.email.partition("@")[0])
    acronyms = find_acronyms(structure.text)
    staging = corpus_dir / f".{id_}.new"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir(parents=True)
        shutil.copyfile(source, staging / name)
        files = {
            "call.toml": _call_toml(id_, title, authority, person, name, acronyms, facts),
            "sources.toml": _sources_toml(facts),
            "faq.toml": propose_faq(document, units, facts, TO_CONFIRM),
        }
        for file_name, content in files.items():
            (staging / file_name).write_text(content, encoding="utf-8")
        staging.rename(folder)
    except OSError as error:
        raise CorpusError(
            f"{corpus_dir} can't be written ({error.strerror}): check its permissions and its disk, or name another "
            f"folder in AAP_CORPUS_DIR."
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    told = ", ".join(filter(None, (person.name, person.email, person.phone)))
    guesses = [f"title: {title}", f"authority: {authority or '(not found)'}",
               f"contact: {told if person.email else '(not found)'}"]  # fmt: skip
    guesses += [f"date: {fact.value} ({fact.label[:80]})" for fact in _dates(facts)]
    return NewCall(
        folder, len(structure.sections), len(_dates(facts)), len(contacts), tuple(guesses),
    )  # fmt: skip


def find_acronyms(text: str) -> dict[str, str]:
    """Acronyms that the text spells out as "long form (ABC)", initials and all."""
    found: dict[str, str] = {}
    for match in _ACRONYM.finditer(text):
        words = match[1].split()
        for start in range(len(words) - 1, -1, -1):
            if _initials(words[start:]) == fold(match[2]):
                found.setdefault(match[2], " ".join(words[start:]))
                break
    return found


def _initials(words: Sequence[str]) -> str:
    letters = []
    for word in words:
        plain = re.sub(r"^(?:[ldnsc]|qu)['’]", "", word, flags=re.IGNORECASE)
        if fold(plain) not in _SMALL_WORDS and plain:
            letters.append(fold(plain)[0])
    return "".join(letters)


_SMALL_WORDS = frozenset("de du des la le les et en d l au aux a pour par sur".split())


def _dates(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.kind == "date" and len(fact.value) == 10]


def _call_toml(
    id_: str, title: str, authority: str, person: Guess, name: str,
    acronyms: dict[str, str], facts: Sequence[Fact],
) -> str:  # fmt: skip
    toml = tomlkit.document()
    toml.add(tomlkit.comment(f"Chaque ligne « {TO_CONFIRM} » est une supposition : vérifiez-la, puis ôtez la mention."))  # fmt: skip
    toml.add("id", tomlkit.item(id_))
    for key, value in (("title", title), ("authority", authority or TO_COMPLETE)):
        toml.add(key, tomlkit.item(value).comment(TO_CONFIRM))
    toml.add("language", tomlkit.item("fr"))
    toml.add("timezone", tomlkit.item("Europe/Paris").comment(TO_CONFIRM))
    handoff = tomlkit.table()
    handoff.add("name", tomlkit.item(person.name or TO_COMPLETE).comment(TO_CONFIRM))
    handoff.add("email", tomlkit.item(person.email or NO_MAIL).comment(TO_CONFIRM))
    if person.phone:
        handoff.add("phone", tomlkit.item(person.phone).comment(TO_CONFIRM))
    toml.add("handoff", handoff)
    documents = tomlkit.aot()
    entry = tomlkit.table()
    entry.update({"id": "reglement", "path": name, "title": title, "kind": "regulation"})
    documents.append(entry)
    toml.add("documents", documents)
    if acronyms:
        table = tomlkit.table()
        for short, long in sorted(acronyms.items()):
            table.add(short, tomlkit.item(long).comment(TO_CONFIRM))
        toml.add("acronyms", table)
    text = tomlkit.dumps(toml)
    dates = "".join(f"#   {fact.value}  {fact.label[:100]}\n" for fact in _dates(facts))
    return text + (f"\n# Dates lues dans le règlement ({TO_CONFIRM}) :\n{dates}" if dates else "")


def _sources_toml(facts: Iterable[Fact]) -> str:
    toml = tomlkit.document()
    toml.add(tomlkit.comment("Les ressources que le règlement cite par leur adresse."))
    sources = tomlkit.aot()
    for number, url in enumerate(dict.fromkeys(f.value for f in facts if f.kind == "url"), 1):
        entry = tomlkit.table()
        entry.update({"id": f"source-{number}", "title": url, "url": url, "confidence": "printed"})
        sources.append(entry)
    if sources:
        toml.add("source", sources)
    return tomlkit.dumps(toml)
