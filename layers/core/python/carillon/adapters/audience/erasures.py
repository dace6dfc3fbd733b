"""Erasures in the invocations table, and on the tenant's record when the latest of them began."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from carillon.adapters.aws import codecs, keys
from carillon.adapters.aws.conditions import ConditionFailed
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Put, Table
from carillon.domain.audience.erasures import Erasure

# Beyond what is stored of an event: a message lives 14 days in its queue, and 14 as a dead letter.
_MESSAGES_LIVE = timedelta(days=30)


class DynamoErasures:
    def __init__(
        self, tenant: str, configuration: Table, traffic: Table, *, retention_days: int
    ) -> None:
        self._tenant = tenant
        self._configuration = configuration
        self._traffic = traffic
        self._kept = timedelta(days=retention_days) + _MESSAGES_LIVE

    def begin(self, erasure: Erasure) -> None:
        """Write the erasure first: who reads the tenant's record looks for erasures by it."""
        values = {"at": _text(erasure.at)}
        latest = "attribute_not_exists(#at) OR #at <= :at"
        with suppress(ConditionFailed):  # a later deletion of the same id covers this one
            self._traffic.write(Put(self._item(erasure), latest, values))
        newer = "attribute_not_exists(#erased_at) OR #erased_at < :at"
        with suppress(ConditionFailed):  # somebody was deleted later, or the tenant is gone
            self._configuration.update(
                keys.tenant(self._tenant),
                "SET #erased_at = :at",
                f"attribute_exists(#data) AND ({newer})",
                values,
            )

    def finish(self, erasure: Erasure) -> None:
        with suppress(ConditionFailed):
            same = Put(self._item(erasure), "#at = :at", {"at": _text(erasure.at)})
            self._traffic.write(same)

    def get_many(self, subscribers: Sequence[str]) -> Mapping[str, Erasure]:
        wanted = [keys.erasure(self._tenant, id) for id in subscribers]
        found = [codecs.load(Erasure, str(item["data"])) for item in self._traffic.get_many(wanted)]
        return {one.subscriber: one for one in found}

    def _item(self, erasure: Erasure) -> Item:
        return {
            **keys.erasure(self._tenant, erasure.subscriber)._asdict(),
            "data": codecs.dump(erasure),
            "at": _text(erasure.at),
            "expires_at": int((erasure.at + self._kept).timestamp()),
        }


def _text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
