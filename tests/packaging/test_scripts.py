"""What make's scripts say when something is missing: a sentence that names the cure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.settings import PROJECT

COMMANDS = "bash awk cat df env grep id tee".split()


def link_commands(folder: Path) -> Path:
    """A folder with what the scripts use, and nothing else: no Python, no Chromium, no apt-get."""
    folder.mkdir()
    for name in COMMANDS:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder


def write_command(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    return link_commands(tmp_path / "bin")


def run(
    tmp_path: Path, commands: Path, script: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a script in an empty folder that holds a lock of one package."""
    (tmp_path / "requirements.lock").write_text("no-such-package==1.0\n", encoding="utf-8")
    return subprocess.run(
        [commands / "bash", PROJECT / "scripts" / script, *arguments],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
        env={"PATH": str(commands), "HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull} | environment,
    )  # fmt: skip


def install(tmp_path: Path, commands: Path, **environment: str) -> str:
    """What scripts/install says when it can't go on."""
    done = run(tmp_path, commands, "install", ".venv", "requirements.lock", **environment)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("aap: ")
    return last


def test_no_python(tmp_path: Path, commands: Path) -> None:
    said = install(tmp_path, commands)
    assert "Python 3.11 or later is needed" in said
    assert "apt-get install python3 python3-venv" in said


def test_an_old_python_is_none(tmp_path: Path, commands: Path) -> None:
    write_command(commands, "python3", '[[ $2 != *version_info* ]]')
    assert "Python 3.11 or later is needed" in install(tmp_path, commands)


def test_no_venv_module(tmp_path: Path, commands: Path) -> None:
    write_command(commands, "python3", '[[ $2 != *ensurepip* && $1 != -m ]]')
    said = install(tmp_path, commands)
    assert f"{commands}/python3 has no venv module" in said
    assert "apt-get install python3-venv" in said


def test_the_next_python_is_tried(tmp_path: Path, commands: Path) -> None:
    write_command(commands, "python3.13", "exit 127")
    write_command(commands, "python3.12", "[[ $2 != *ensurepip* ]]")
    write_command(commands, "python3.11", "[[ $1 != -m ]]")  # makes no environment
    said = install(tmp_path, commands)
    assert f"'{commands}/python3.11 -m venv .venv' failed" in said


def test_no_disk(tmp_path: Path, commands: Path) -> None:
    table = "Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/x 1 1 512000 99% /"
    write_command(commands, "df", f'printf "{table}\\n"')
    said = install(tmp_path, commands)
    assert "Only 500 MB are free here and 4000 MB are needed" in said
    assert not (tmp_path / ".venv").exists()


def test_no_network(tmp_path: Path, commands: Path) -> None:
    (commands / "python3").symlink_to(sys._base_executable)  # type: ignore[attr-defined]
    said = install(
        tmp_path, commands, PIP_INDEX_URL="http://127.0.0.1:9", PIP_RETRIES="0", PIP_TIMEOUT="1"
    )
    assert "Check the network" in said and "run make again" in said
    assert (tmp_path / ".venv" / "install.log").read_text(encoding="utf-8")
    # An interrupted environment is made again; a whole one is kept.
    marker = tmp_path / ".venv" / "marker"
    marker.touch()
    environment = {"PIP_INDEX_URL": "http://127.0.0.1:9", "PIP_RETRIES": "0"}
    install(tmp_path, commands, **environment)
    assert marker.exists()
    shutil.rmtree(next((tmp_path / ".venv" / "lib").glob("*/site-packages/pip")))
    install(tmp_path, commands, **environment)
    assert not marker.exists()


def test_a_full_disk_is_not_called_a_network_problem(tmp_path: Path, commands: Path) -> None:
    pip = tmp_path / ".venv" / "bin"
    pip.mkdir(parents=True)
    write_command(
        pip, "python", '[[ $* == *--version* ]] || { echo "ERROR: [Errno 28] No space left on device" >&2; exit 1; }'
    )
    said = install(tmp_path, commands)
    assert "The disk is full" in said


def test_system_packages_are_named_where_they_may_not_be_installed(
    tmp_path: Path, commands: Path
) -> None:
    done = run(tmp_path, commands, "system-packages")
    assert done.returncode == 1
    assert "chromium: the browser tests" in done.stderr
    assert "apt-get install chromium" in done.stderr and "PARTIAL=1 make test" in done.stderr


def test_partial_says_what_is_left_out(tmp_path: Path, commands: Path) -> None:
    write_command(commands, "apt-get", "touch installed")
    done = run(tmp_path, commands, "system-packages", PARTIAL="1")
    assert done.returncode == 0
    assert "PARTIAL=1" in done.stdout and "chromium: the browser tests" in done.stdout
    assert not (tmp_path / "installed").exists()


def test_root_installs_what_is_missing_and_only_that(tmp_path: Path, commands: Path) -> None:
    write_command(commands, "apt-get", 'echo "$*" >>asked')
    write_command(commands, "id", "echo 0")
    assert run(tmp_path, commands, "system-packages").returncode == 0
    asked = (tmp_path / "asked").read_text(encoding="utf-8")
    assert "install" in asked and "chromium" in asked
    write_command(commands, "apt-get", "exit 100")
    failed = run(tmp_path, commands, "system-packages")
    assert failed.returncode == 1 and "apt-get install chromium" in failed.stderr


def test_nothing_is_said_when_all_is_there(tmp_path: Path, commands: Path) -> None:
    done = run(tmp_path, commands, "system-packages", PATH=os.environ["PATH"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
