"""What Jayway's json-path selects: as recorded, and asked anew where it is.

`published.json` has each construct that SailPoint documents, on documents of its triggers' shapes;
`generate` makes filters of every part of the dialect. An answer is `refused` (no path), `none` (a
definite path that leads nowhere), `failed` (it gives up on this document), or `=` and the value.

To record, unpack npm's package wiremock 3.13.2, whose jar contains json-path, then

    WIREMOCK_JAR=…/package/build/wiremock-standalone-3.13.2.jar \
        python -m tests.references.jayway.reference
"""

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.references.jayway.generate import Generator

HERE = Path(__file__).parent
ANSWERS = HERE / "answers.jsonl.gz"
TO_EDITED = HERE / "answers_to_edited.jsonl.gz"
GENERATED = 10_500
_SEED = 18


class Case(NamedTuple):
    filter: str
    document: str  # as JSON


class Answered(NamedTuple):
    filter: str
    document: str
    answer: str


def published() -> list[Case]:
    found = json.loads((HERE / "published.json").read_text())
    documents = [json.dumps(one) for one in found["documents"]]
    return [Case(each, document) for each in found["filters"] for document in documents]


def generated(*, seed: int = _SEED, count: int = GENERATED) -> list[Case]:
    return [Case(*pair) for pair in Generator(seed).pairs(count)]


def edited() -> list[Case]:
    return [Case(*pair) for pair in Generator(_SEED).edited(4_000)]


def recorded(path: Path = ANSWERS) -> list[Answered]:
    with gzip.open(path, "rt") as lines:
        return [Answered(*json.loads(line)) for line in lines]


def jar() -> Path | None:
    """Return where json-path is on this machine, if it and a JDK are."""
    named = os.environ.get("WIREMOCK_JAR")
    return Path(named) if named and shutil.which("javac") and Path(named).exists() else None


def asked(of: Sequence[Case]) -> list[str]:
    """Ask Jayway itself."""
    asking = "".join(json.dumps(one) + "\n" for one in of)
    command = ["java", "-cp", str(jar()), str(HERE / "Answer.java")]
    run = subprocess.run(command, input=asking, stdout=subprocess.PIPE, check=True, text=True)
    return run.stdout.splitlines()


def record() -> None:
    for path, of in ((ANSWERS, [*published(), *generated()]), (TO_EDITED, edited())):
        lines = [
            json.dumps([*case, answer], ensure_ascii=False, separators=(",", ":")) + "\n"
            for case, answer in zip(of, asked(of), strict=True)
        ]
        path.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))


if __name__ == "__main__":
    record()
