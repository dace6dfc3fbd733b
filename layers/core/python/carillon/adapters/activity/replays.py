"""Replays in the invocations table: an item a delivery, beside the invocation that it is of."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from carillon.adapters.aws import codecs, keys
from carillon.adapters.aws.bulk import BulkWrite, Insert
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Put, Table
from carillon.domain.activity.replays import Replayed
from carillon.domain.delivery.waiting import DeliveryKey


class DynamoReplays:
    def __init__(self, tenant: str, table: Table, write: BulkWrite, *, retention_days: int) -> None:
        self._tenant = tenant
        self._table = table
        self._write = write
        self._retention = timedelta(days=retention_days)

    def claim(
        self, invocation: str, made: Mapping[str, Replayed], *, again: bool
    ) -> Mapping[str, Replayed]:
        items = [self._item(DeliveryKey(invocation, id), one) for id, one in made.items()]
        if again:
            self._table.write_many([Put(item) for item in items])
            return made
        written = self._write(self._table, [Insert(item) for item in items])
        lost = [id for id, done in zip(made, written, strict=True) if not done]
        stored = self.get_many([DeliveryKey(invocation, id) for id in lost]) if lost else {}
        return {**made, **{key.delivery: one for key, one in stored.items()}}

    def get_many(self, deliveries: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Replayed]:
        places = {keys.replayed(self._tenant, *key): key for key in deliveries}
        return {
            places[keys.Key(str(item["pk"]), str(item["sk"]))]: codecs.load(
                Replayed, str(item["data"])
            )
            for item in self._table.get_many(list(places))
        }

    def _item(self, key: DeliveryKey, one: Replayed) -> Item:
        return {
            **keys.replayed(self._tenant, *key)._asdict(),
            "data": codecs.dump(one),
            "expires_at": int((one.at + self._retention).timestamp()),
        }
