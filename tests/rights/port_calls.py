"""The table of AWS calls by the ports' methods, in `port_calls.json`."""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from tests.rights.calls import Right

TABLE = Path(__file__).parent / "port_calls.json"

type Calls = Mapping[str, AbstractSet[Right]]  # by a port's method: `topics.add`


def read() -> Calls:
    table = json.loads(TABLE.read_text())
    return {name: {Right(*right) for right in known} for name, known in table.items()}


def write(calls: Calls) -> None:
    rows = ((name, sorted(known)) for name, known in sorted(calls.items()))
    lines = (f" {json.dumps(name)}: {json.dumps(known)}" for name, known in rows)
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
