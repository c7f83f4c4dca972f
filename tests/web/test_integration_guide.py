"""The examples of docs/integration.md, each run as it stands there against a real server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from assistant.answering.assistant import Assistant
from assistant.settings import PROJECT, Settings
from evals.bench.http import serve

GUIDE = PROJECT / "docs" / "integration.md"
DEADLINE = "13 mars 2024"


@pytest.fixture(scope="module")
def base(assistant: Assistant, settings: Settings) -> Iterator[str]:
    folders = {"AAP_DATA_DIR": str(settings.data_dir), "AAP_CACHE_DIR": str(settings.cache_dir)}
    with serve(1, **folders) as (address, _):
        yield address


def examples(language: str, base: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return [code.replace("https://SERVER", base) for code in found]


def run(*command: str) -> str:
    if shutil.which(command[0]) is None and os.environ.get("PARTIAL") == "1":
        pytest.skip(f"{command[0]} is not installed and PARTIAL=1")
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_curl(base: str) -> None:
    whole, stream = examples("sh", base)
    assert DEADLINE in run("bash", "-c", whole)
    assert DEADLINE in run("bash", "-c", stream)


@pytest.mark.slow
def test_python(base: str) -> None:
    assert DEADLINE in run(sys.executable, "-c", examples("python", base)[0])


@pytest.mark.slow
def test_javascript(base: str, browser: Browser) -> None:
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{base}/healthz")
        page.evaluate(f"async () => {{ {examples('js', base)[0]} }}")
        page.wait_for_timeout(0)
    assert any(DEADLINE in line for line in said)


@pytest.mark.slow
def test_php(base: str, tmp_path: Path) -> None:
    code = examples("php", base)[0]
    script = tmp_path / "mes_fonctions.php"
    script.write_text(code + "\necho aap_reponse($argv[1]);\n", encoding="utf-8")
    answer = run("php", str(script), "Quelle est la date de clôture ?")
    assert DEADLINE in answer and "<blockquote>" in answer
    assert "<b>" not in run("php", str(script), "Quelle est la <b>date</b> de clôture ?")
    assert run("php", str(script), " ") == ""
    script.write_text(code.replace(base, "http://127.0.0.1:9") + "\necho aap_reponse('x');\n")
    assert "ne répond pas" in run("php", str(script))
