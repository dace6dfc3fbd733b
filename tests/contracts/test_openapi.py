"""The contracts are what the functions are today; `make openapi` writes them."""

from pathlib import Path

import pytest

from local import openapi

CONTRACTS = openapi.contracts()


@pytest.mark.parametrize("dialect", sorted(CONTRACTS))
def test_a_contract_is_fresh(dialect):
    written = (Path(__file__).parent / f"{dialect}.json").read_text()

    assert written == openapi.written(CONTRACTS[dialect])


def test_every_contract_is_of_a_dialect_that_there_is():
    assert {path.stem for path in Path(__file__).parent.glob("*.json")} == set(CONTRACTS)


@pytest.mark.parametrize("dialect", sorted(CONTRACTS))
def test_no_two_operations_have_one_name(dialect):
    operations = [one for path in CONTRACTS[dialect]["paths"].values() for one in path.values()]

    assert len({one["operationId"] for one in operations}) == len(operations)
