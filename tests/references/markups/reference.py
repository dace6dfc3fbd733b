"""How services read texts, by parsers of theirs or of people who know them, which npm installs.

The trees of the texts that the tests ask for are recorded by `make references`, so that a machine
without npm holds what we write to them too.
"""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
INSTALLED = HERE.parents[2] / ".local" / "markups"
RECORDED = HERE / "trees.json"
SERVICES = ("discord", "mattermost", "rocket-chat", "slack")

type Tree = str | list[Any]


def is_installed() -> bool:
    return bool(shutil.which("node")) and (INSTALLED / "node_modules").exists()


def ask(service: str, texts: Sequence[str]) -> list[Tree]:
    """Return the trees that the service's parser makes of texts now."""
    program = shutil.copy(HERE / "read.mjs", INSTALLED / "read.mjs")
    answered = subprocess.run(
        ["node", program],
        input=json.dumps({"service": service, "texts": texts}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    found: list[Tree] = json.loads(answered.stdout)
    return found


def recorded(service: str) -> dict[str, Tree]:
    """Return the recorded trees by their texts."""
    found: dict[str, Tree] = json.loads(RECORDED.read_text()).get(service, {})
    return found
