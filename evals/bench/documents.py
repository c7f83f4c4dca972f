"""A made-up call of any size, the same for the same seed: a regulation and what it links to."""

from __future__ import annotations

import random
from pathlib import Path

_SYLLABLES = "ba ce di fo gu la me ni po ru sa te vi zo bra cle dri flo gra plu".split()
_SUBJECTS = ["la commune", "le groupement", "l'association", "le comité", "le partenaire", "le lauréat"]
_VERBS = ["transmet", "examine", "publie", "conserve", "finance", "présente"]
_OBJECTS = ["le budget détaillé", "le rapport annuel", "la convention signée", "le plan d'action",
            "les pièces du dossier", "les résultats de l'enquête"]  # fmt: skip
_WHERE = ["du réseau {name}", "de l'observatoire {name}", "de l'atelier {name}", "du programme {name}"]
_MONTHS = ["janvier", "mars", "mai", "juin", "septembre", "novembre"]


def write_call(
    folder: Path, call: str, documents: int, passages: int, *, seed: int = 1
) -> list[str]:
    """Write a call of so many ``documents`` with so many ``passages`` each into ``folder``: the
    first is the regulation, the others are linked resources.

    Questions that its passages answer, up to 50.
    """
    draw = random.Random(seed)
    root = folder / call
    root.mkdir(parents=True)
    tables = [f'id = "{call}"\ntitle = "Appel {call}"\nauthority = "Ministère"\n'
              '[handoff]\nname = "A B"\nemail = "a.b@c.example"\n']  # fmt: skip
    asked: list[str] = []
    for number in range(documents):
        text, question = _document(draw, number, passages)
        asked.append(question)
        (root / f"d{number}.md").write_text(text, encoding="utf-8")
        kind = "linked" if number else "regulation"
        tables.append(f'[[documents]]\nid = "d{number}"\npath = "d{number}.md"\ntitle = "Document {number}"\nkind = "{kind}"\n')
    (root / "call.toml").write_text("".join(tables), encoding="utf-8")
    return draw.sample(asked, min(50, len(asked)))


def edit_one(folder: Path, call: str, documents: int) -> int:
    """Change one passage in the middle of the document in the middle; the number of that."""
    number = documents // 2
    path = folder / call / f"d{number}.md"
    blocks = path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    blocks.insert(len(blocks) // 2 + 1, "Un alinéa nouveau est ajouté ici.")
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return number


def _document(draw: random.Random, number: int, passages: int) -> tuple[str, str]:
    lines = [f"# Document {number}"]
    question = ""
    for index in range(passages):
        if index % 10 == 0:
            lines.append(f"## {index // 10 + 1}. {_name(draw)}")
        name = _name(draw)
        where = draw.choice(_WHERE).format(name=name)
        subject, verb, thing = draw.choice(_SUBJECTS), draw.choice(_VERBS), draw.choice(_OBJECTS)
        day = f"{draw.randint(2, 28)} {draw.choice(_MONTHS)} {draw.randint(2026, 2030)}"
        lines.append(
            f"{subject.capitalize()} {where} {verb} {thing} avant le {day}. "
            f"Il compte {draw.randint(2, 90)} membres et {draw.choice(_VERBS)} {draw.choice(_OBJECTS)}."
        )
        question = f"Avant quelle date {subject} {where} {verb} {thing} ?"
    return "\n\n".join(lines) + "\n", question


def _name(draw: random.Random) -> str:
    return "".join(draw.choice(_SYLLABLES) for _ in range(3)).capitalize()
