"""Guards in the tenants table: an item for each set, with a new version whenever somebody joins.

A version instead of a counter, or of an item for each unique value, needs nothing to be counted or
released: what was stored before there were guards is guarded from the first write on.
"""

from carillon.adapters.aws import keys
from carillon.adapters.aws.conditions import ABSENT
from carillon.adapters.aws.table import Put, Table
from carillon.domain.base import ids
from carillon.domain.base.guards import Guarded, Seen


class DynamoGuards:
    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def see(self, guarded: Guarded) -> Seen:
        item = self._table.get(keys.guard(self._tenant, guarded))
        return Seen(guarded, str(item["version"]) if item else "")


def moved(tenant: str, seen: Seen) -> Put:
    """Move a guard, on condition that nobody has since it was seen."""
    item = {**keys.guard(tenant, seen.guarded)._asdict(), "version": ids.new()}
    if not seen.version:
        return Put(item, ABSENT)
    return Put(item, "#version = :seen", {"seen": seen.version})
