"""Conditions of writes, and the error of one that does not hold."""

from collections.abc import Iterator
from contextlib import contextmanager

from carillon.adapters.aws.clients import code, failures
from carillon.adapters.aws.expressions import Item, read
from carillon.domain.base.errors import Unavailable

ABSENT = "attribute_not_exists(#pk)"
PRESENT = "attribute_exists(#pk)"

_FAILED = "ConditionalCheckFailed"  # of an action of a transaction
_REFUSED = "ConditionalCheckFailedException"
_CONFLICT = "TransactionConflictException"  # of a single write with a transaction
_NOT_NOW = {"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"}


class ConditionFailed(Exception):
    """The condition failed and nothing was written. `item` is the stored one, if it was sent.

    `first` says whether it was the first action's condition, of those of a transaction.
    """

    def __init__(self, item: Item | None = None, *, first: bool = True) -> None:
        super().__init__("the condition failed")
        self.item = item
        self.first = first


class Busy(Unavailable):
    """A transaction of somebody else has the item; nothing was written."""

    def __init__(self) -> None:
        super().__init__("DynamoDB is not available")


def follows(version: int, name: str = "version") -> tuple[str, Item]:
    """Return the condition, with its values, on which a value of this version may be stored.

    The stored version, the attribute of that name, must be one less. Items that are older than
    versions have the first.
    """
    if version == 1:
        return ABSENT, {}
    return still(version - 1, name)


def still(version: int, name: str = "version") -> tuple[str, Item]:
    """Return the condition, with its values, that an item has this version."""
    same = f"#{name} = :stored"
    if version == 1:
        same = f"({same} OR ({PRESENT} AND attribute_not_exists(#{name})))"
    return same, {"stored": version}


@contextmanager
def conditional() -> Iterator[None]:
    """Raise ConditionFailed for a failed condition, Busy for a conflict of transactions."""
    try:
        yield
    except failures() as error:
        response = getattr(error, "response", {})
        reasons = [reason.get("Code") for reason in response.get("CancellationReasons", [])]
        if code(error) == _CONFLICT:
            raise Busy from error
        if code(error) == _REFUSED:
            item = response.get("Item")
            raise ConditionFailed(read(item) if item else None) from error
        if _FAILED in reasons:
            raise ConditionFailed(first=reasons[0] == _FAILED) from error
        if _NOT_NOW.intersection(reasons):
            raise Busy from error
        raise
