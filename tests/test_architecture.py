"""Imports point one way: interfaces → answering → retrieval → store ← ingest; evals → answering.

Read from the source by ``ast``, also where a function imports. Folders that are not there yet
have their rule already.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.settings import PROJECT, Settings

INTERFACES = ("assistant.web", "assistant.desk", "assistant.commands", "assistant.cli")
# Who may import what of us, by the longest prefix that fits; "" is everything.
ALLOWED = {
    "assistant.cli": ("",),
    "assistant.commands": ("", "!assistant.cli"),
    "assistant.web": ("assistant", "!assistant.commands", "!assistant.cli"),
    "assistant.desk": ("assistant", "!assistant.web", "!assistant.commands", "!assistant.cli"),
    "assistant.doctor": ("assistant", *(f"!{name}" for name in INTERFACES)),
    "assistant.model_check": ("assistant", *(f"!{name}" for name in INTERFACES)),
    "assistant.answering": ("assistant", *(f"!{name}" for name in INTERFACES)),
    "assistant.index": (
        "assistant", "!assistant.answering", *(f"!{name}" for name in INTERFACES),
    ),
    "assistant": (
        "assistant", "!assistant.answering", "!assistant.index", "!assistant.doctor",
        "!assistant.model_check", *(f"!{name}" for name in INTERFACES),
    ),
    "ingest": ("ingest", "assistant", *(f"!{name}" for name in INTERFACES)),
    "evals": ("evals", "assistant", "ingest", *(f"!{name}" for name in INTERFACES)),
    "evals.mails": ("evals", "assistant", "!assistant.web", "!assistant.commands", "!assistant.cli"),
}  # fmt: skip
# Libraries that belong to a few rooms.
RESERVED = {
    "chromadb": ("assistant.index.vectors",),
    "fastapi": ("assistant.web",),
    "starlette": ("assistant.web",),
    "gradio": ("assistant.web",),
    "uvicorn": ("assistant.web", "assistant.cli"),
    "typer": ("assistant.commands", "assistant.cli"),
    "torch": ("ingest", "evals"),
    "transformers": ("ingest", "evals"),
    "sentence_transformers": ("ingest", "evals", "assistant.embedding"),
    "onnxruntime": ("ingest", "assistant.embedding"),
    "pypdfium2": ("ingest.readers.pdf.pages",),
}


def is_within(name: str, prefix: str) -> bool:
    return not prefix or name == prefix or name.startswith(f"{prefix}.")


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Full names of what a file imports, wherever in it."""
    module = module_name(path).split(".")
    package = module if path.name == "__init__.py" else module[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def is_allowed(module: str, imported: str) -> bool:
    room = max((room for room in ALLOWED if is_within(module, room)), key=len)
    yes = any(is_within(imported, rule) for rule in ALLOWED[room] if not rule.startswith("!"))
    no = any(is_within(imported, rule[1:]) for rule in ALLOWED[room] if rule.startswith("!"))
    return yes and not no


FILES = sorted(p for room in ("assistant", "ingest", "evals") for p in (PROJECT / room).rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_point_one_way(path: Path) -> None:
    module = module_name(path)
    for imported in imports(path):
        if imported.split(".")[0] in ("assistant", "ingest", "evals", "tests"):
            assert is_allowed(module, imported), f"{module} imports {imported}"
        owners = RESERVED.get(imported.split(".")[0])
        if owners is not None:
            assert any(is_within(module, owner) for owner in owners), f"{module} imports {imported}"


def test_the_rules_can_fail() -> None:
    assert not is_allowed("assistant.answering.read", "assistant.web.api")
    assert not is_allowed("assistant.index.catalog", "assistant.answering.read")
    assert not is_allowed("assistant.types", "assistant.index.catalog")
    assert not is_allowed("ingest.build", "evals.cases")
    assert not is_allowed("assistant.desk.draft", "assistant.web.app")
    assert is_allowed("assistant.web.widget.page", "assistant.answering.assistant")
    assert is_allowed("assistant.web.desk", "assistant.desk.store")
    assert is_allowed("assistant.cli", "ingest.build")


def test_a_question_needs_neither_torch_nor_ingestion(settings: Settings, assistant: object) -> None:
    """``aap ask`` in a process of its own, and what it had imported when it ended."""
    code = """
import sys
from assistant.cli import app
sys.argv = ["aap", "ask", "Quelle est la date de clôture ?", "--json"]
try:
    app()
finally:
    heavy = {"torch", "transformers", "sentence_transformers", "sklearn", "onnx", "ingest",
             "evals", "fastapi", "gradio"} & sys.modules.keys()
    sys.stderr.write(f"heavy: {sorted(heavy)}")
"""
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "AAP_DATA_DIR": str(settings.data_dir),
        "AAP_CACHE_DIR": str(settings.cache_dir),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "13 mars 2024" in done.stdout
    assert done.stderr.endswith("heavy: []"), done.stderr


def test_nothing_reports_home(tmp_path: Path, embedded_folder: Path) -> None:
    """A loaded model leaves no trace in the user's cache (onnxruntime would keep a device id)."""
    code = """
import sys
from pathlib import Path
from assistant.embedding import load_embedder
load_embedder("embedded", Path(sys.argv[1])).embed_query("question")
"""
    kept = {k: v for k, v in os.environ.items() if k not in ("CI", "ORT_DISABLE_TELEMETRY")}
    kept = {k: v for k, v in kept.items() if not k.startswith("XDG_")}
    environment = kept | {"PYTHONPATH": str(PROJECT), "HOME": str(tmp_path)}
    cache = embedded_folder.parent.parent
    subprocess.run([sys.executable, "-c", code, str(cache)], env=environment, check=True)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
