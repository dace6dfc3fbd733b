"""Bulk writes, each with a condition of its own.

A batch of PartiQL statements costs one write unit per item; a transaction would cost two, and one
failed condition would undo all of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from carillon.adapters.aws.clients import Clients, available
from carillon.adapters.aws.expressions import Item, written
from carillon.adapters.aws.keys import Key
from carillon.adapters.aws.pauses import pauses
from carillon.adapters.aws.table import Table
from carillon.domain.base.errors import Unavailable

BATCH = 25  # statements in one call

_CONFLICTS = {"DuplicateItem", "ConditionalCheckFailed"}
_NOT_NOW = {
    "InternalServerError",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "ThrottlingError",
    "TransactionConflict",
}


@dataclass(frozen=True)
class Insert:
    """Write the item if its key does not exist."""

    item: Item


@dataclass(frozen=True)
class Update:
    """Change the item if the attribute `expected[0]` has the value `expected[1]`."""

    key: Key
    set: Item
    expected: tuple[str, str | int]
    remove: Sequence[str] = field(default=())


class StatementRefused(Exception):
    """DynamoDB refuses the statement for good: a bug in this module or its caller.

    The others have been written: one of them must not keep the rest from it.
    """


type BulkWrite = Callable[[Table, Sequence[Insert | Update]], Sequence[bool]]


def in_batches(clients: Clients) -> BulkWrite:
    """Make a write of 25 items a call, which returns for each whether its condition held.

    No two writes of one call may have the same key.
    """

    def write(table: Table, writes: Sequence[Insert | Update]) -> Sequence[bool]:
        done = [False] * len(writes)
        refused: list[str] = []
        for some in batched(enumerate(writes), BATCH, strict=False):
            left = list(some)
            for _ in pauses():
                statements: Any = [_statement(table.name, each) for _, each in left]
                with available("DynamoDB"):
                    answer = clients.dynamodb.batch_execute_statement(Statements=statements)
                fates = [_fate(each) for each in answer["Responses"]]
                refused += (fate for fate in fates if isinstance(fate, str))
                for (index, _), fate in zip(left, fates, strict=True):
                    done[index] = fate is True
                left = [each for each, fate in zip(left, fates, strict=True) if fate is None]
                if not left:
                    break
            else:
                raise Unavailable("DynamoDB is not available")
        if refused:
            raise StatementRefused(refused[0])
        return done

    return write


def _statement(table: str, each: Insert | Update) -> dict[str, Any]:
    match each:
        case Insert(item):
            content = ", ".join(f"'{name}': ?" for name in item)
            return {
                "Statement": f'INSERT INTO "{table}" VALUE {{{content}}}',
                "Parameters": list(written(item).values()),
            }
        case Update(key, changes, (name, value), remove):
            change = " ".join(
                [*(f'SET "{name}" = ?' for name in changes), *(f'REMOVE "{n}"' for n in remove)]
            )
            where = f'"pk" = ? AND "sk" = ? AND "{name}" = ?'
            conditions = {**key._asdict(), name: value}
            return {
                "Statement": f'UPDATE "{table}" {change} WHERE {where}',
                "Parameters": [*written(changes).values(), *written(conditions).values()],
            }


def _fate(response: Any) -> bool | str | None:
    """Return True if written, False if the condition failed, None if it is to be tried again.

    A statement that is refused for good has DynamoDB's code.
    """
    error = response.get("Error")
    if error is None:
        return True
    code = error.get("Code", "")
    if code in _CONFLICTS:
        return False
    if code in _NOT_NOW:
        return None
    return str(code)
