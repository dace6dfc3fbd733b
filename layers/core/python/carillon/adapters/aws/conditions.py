"""Conditions of writes, and the error of one that does not hold."""

from collections.abc import Iterator
from contextlib import contextmanager

from carillon.adapters.aws.clients import code, failures
from carillon.adapters.aws.expressions import Item, read
from carillon.domain.base.errors import Unavailable

ABSENT = "attribute_not_exists(#pk)"
PRESENT = "attribute_exists(#pk)"

_REFUSED = "ConditionalCheckFailedException"
_NOT_NOW = {"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"}


class ConditionFailed(Exception):
    """The condition failed and nothing was written. `item` is the stored one, if it was sent."""

    def __init__(self, item: Item | None = None) -> None:
        super().__init__("the condition failed")
        self.item = item


@contextmanager
def conditional() -> Iterator[None]:
    """Raise ConditionFailed for a failed condition, Unavailable for a conflict of transactions."""
    try:
        yield
    except failures() as error:
        response = getattr(error, "response", {})
        reasons = {reason.get("Code") for reason in response.get("CancellationReasons", [])}
        if code(error) == _REFUSED:
            item = response.get("Item")
            raise ConditionFailed(read(item) if item else None) from error
        if "ConditionalCheckFailed" in reasons:
            raise ConditionFailed from error
        if reasons & _NOT_NOW:
            raise Unavailable("DynamoDB is not available") from error
        raise
