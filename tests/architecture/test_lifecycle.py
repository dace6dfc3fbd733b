"""One module moves deliveries from state to state, and its docstring tells the truth of them."""

import ast
from pathlib import Path

import pytest

from carillon.domain.delivery import lifecycle
from carillon.domain.delivery.deliveries import Status

CORE = Path(__file__).parents[2] / "layers/core/python/carillon"
LIFECYCLE = Path(lifecycle.__file__)
MODULES = sorted(CORE.rglob("*.py"))


def writes(source):
    """Where a module makes a delivery's record, or gives something a delivery's status."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            changes = name in {"replace", "__replace__"} and "status" in keywords
            named = keywords.get("status", "").startswith("Status.")
            if name == "DeliveryRecord" or changes or named:
                yield node.lineno


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_only_the_lifecycle_gives_a_delivery_its_status(path):
    found = list(writes(path.read_text()))

    assert bool(found) is (path == LIFECYCLE)


@pytest.mark.parametrize(
    "source",
    [
        "DeliveryRecord(status=status)",
        "deliveries.DeliveryRecord(**fields)",
        "replace(record, status=Status.SENT)",
        "dataclasses.replace(record, status=status)",
        "make(status=Status.SENT)",
    ],
)
def test_each_way_to_give_a_status_is_seen(source):
    assert list(writes(source)) == [1]


def test_the_table_of_states_has_each_status_and_whether_it_is_final():
    rows = [row.split("|") for row in (lifecycle.__doc__ or "").splitlines() if row[:1] == "|"]
    states = {row[1].strip(): row[4].strip() for row in rows[2:]}

    assert states.pop("(no record)") == "no"
    assert states == {status.value: "yes" if status.final else "no" for status in Status}
