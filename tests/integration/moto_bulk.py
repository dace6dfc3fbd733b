"""Bulk writes on moto, which does not know parameters in PartiQL's INSERT: one call a write."""

from collections.abc import Sequence

from carillon.adapters.aws.bulk import Insert, Update
from carillon.adapters.aws.conditions import ABSENT, ConditionFailed
from carillon.adapters.aws.table import Put, Table


def write_singly(table: Table, writes: Sequence[Insert | Update]) -> Sequence[bool]:
    return [_is_done(table, each) for each in writes]


def _is_done(table: Table, each: Insert | Update) -> bool:
    try:
        match each:
            case Insert(item):
                table.write(Put(item, ABSENT))
            case Update(key, changes, (name, value), remove):
                change = "SET " + ", ".join(f"#{attribute} = :{attribute}" for attribute in changes)
                if remove:
                    change += " REMOVE " + ", ".join(f"#{attribute}" for attribute in remove)
                values = {**changes, "expected": value}
                table.update(key, change, f"#{name} = :expected", values)
    except ConditionFailed:
        return False
    return True
