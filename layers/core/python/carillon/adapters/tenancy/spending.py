"""What a tenant spends of the installation's account, in the tenants table."""

from contextlib import suppress

from carillon.adapters.aws import keys
from carillon.adapters.aws.conditions import ConditionFailed
from carillon.adapters.aws.table import Table


class DynamoSpending:
    """Keeps an item a month, which goes with the tenant: twelve small ones a year."""

    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def take(self, month: str, parts: int, *, most: int) -> bool:
        if parts > most:
            return False
        try:
            self._table.update(
                keys.spending(self._tenant, month),
                "ADD #parts :parts",
                "attribute_not_exists(#parts) OR #parts <= :rest",
                {"parts": parts, "rest": most - parts},
            )
        except ConditionFailed:
            return False
        return True

    def give_back(self, month: str, parts: int) -> None:
        with suppress(ConditionFailed):
            self._table.update(
                keys.spending(self._tenant, month),
                "ADD #parts :less",
                "#parts >= :parts",
                {"less": -parts, "parts": parts},
            )
