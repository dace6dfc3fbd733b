"""`make setup` on a machine that has uv, that has none, or that has one that does not run."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
UV = '#!/bin/sh\necho "$0 $*" >> "$RECORD"\nmkdir -p .venv\n'
# What pyenv leaves on PATH where another of its Pythons has uv.
SHIM = '#!/bin/sh\necho "pyenv: uv: command not found" >&2\nexit 127\n'
# `python3 -m venv .local/uv`, then pip in it: each brings the next.
PYTHON = """#!/bin/sh
echo "$0 $*" >> "$RECORD"
mkdir -p "$3/bin"
cp "$MADE/pip" "$3/bin/pip"
"""
PIP = '#!/bin/sh\ncp "$MADE/uv" "$(dirname "$0")/uv"\n'


@pytest.fixture
def setup(tmp_path):
    """Run `make setup` with these commands and no other uv; its words, and what it ran."""
    project, made, record = tmp_path / "project", tmp_path / "made", tmp_path / "record"
    project.mkdir()
    for name in ("Makefile", "uv.lock", "pyproject.toml", ".python-version"):
        shutil.copy(ROOT / name, project)
    write(made, pip=PIP, uv=UV)
    path = tmp_path / "bin"
    path.mkdir()
    for name in ("cp", "dirname", "make", "mkdir", "rm", "touch"):
        (path / name).symlink_to(shutil.which(name))

    def run(**commands):
        write(path, python3=PYTHON, **commands)
        done = subprocess.run(
            ["make", "setup"],
            cwd=project,
            env={"PATH": str(path), "RECORD": record, "MADE": made},
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout, record.read_text()

    return run


def write(folder, **scripts):
    folder.mkdir(exist_ok=True)
    for name, text in scripts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(stat.S_IRWXU)


def test_a_uv_that_runs_is_used(setup):
    said, ran = setup(uv=UV)

    assert "Fetching" not in said
    assert "bin/uv sync --frozen" in ran
    assert ".local/uv" not in ran


@pytest.mark.parametrize("commands", [{"uv": SHIM}, {}], ids=["a shim", "none"])
def test_without_a_uv_that_runs_a_private_one_is_fetched_once(setup, commands):
    said, ran = setup(**commands)
    again, _ = setup(**commands)

    assert "Fetching uv" in said
    assert ".local/uv/bin/uv sync --frozen" in ran
    assert again == "make: Nothing to be done for 'setup'.\n"
