"""Which rights each function has used in the unit tests, in `used.json`; `make rights` writes it.

The table is for the other half of least privilege: what a role allows and none of its functions
asks for (architecture/test_rights.py).
"""

import json
import os
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from tests.rights.calls import Right

TABLE = Path(__file__).parent / "used.json"
# Set to a folder, has each process of a test run write what it saw to a file of its own there.
_FOLDER = os.environ.get("RIGHTS_USED", "")
_NOTED: set[tuple[str, Right]] = set()

type Used = Mapping[str, AbstractSet[Right]]  # by a function's logical id


def note(function: str, asked: AbstractSet[Right]) -> None:
    if not _FOLDER:
        return
    new = {(function, right) for right in asked} - _NOTED
    if new:
        _NOTED.update(new)
        with (Path(_FOLDER) / f"{os.getpid()}.jsonl").open("a") as file:
            file.writelines(json.dumps([name, *right]) + "\n" for name, right in new)


def read() -> Used:
    table = json.loads(TABLE.read_text())
    return {name: {Right(*right) for right in known} for name, known in table.items()}


def write(folder: Path) -> None:
    """Write the table from what the processes of a test run saw."""
    seen: dict[str, set[Right]] = defaultdict(set)
    for file in folder.glob("*.jsonl"):
        for line in file.read_text().splitlines():
            function, *right = json.loads(line)
            seen[function].add(Right(*right))
    rows = ((name, sorted(known)) for name, known in sorted(seen.items()))
    lines = (f" {json.dumps(name)}: {json.dumps(known)}" for name, known in rows)
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    write(Path(_FOLDER))
