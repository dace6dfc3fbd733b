"""Subscriptions in the subscriptions table, stored twice: by id and by event type."""

from collections.abc import Sequence

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.conditions import PRESENT, ConditionFailed
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.domain.base.errors import NotFound
from carillon.domain.base.paging import Page
from carillon.domain.base.terms import Noun
from carillon.domain.subscriptions.subscriptions import Subscription


class DynamoSubscriptions:
    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def for_event(self, application: str, event: str) -> Sequence[Subscription]:
        rows = self._table.query(keys.subscriptions_of(self._tenant, application, event))
        return [_subscription(item) for item in rows.items]

    def get(self, id: str) -> Subscription:
        item = self._table.get(keys.within(keys.subscriptions(self._tenant), id))
        if item is None:
            raise NotFound(Noun.SUBSCRIPTION, id)
        return _subscription(item)

    def save(self, subscription: Subscription) -> None:
        by_id = keys.within(keys.subscriptions(self._tenant), subscription.id)
        by_event = _by_event(self._tenant, subscription)
        data = codecs.dump(subscription)
        actions: list[Put | Delete] = [
            Put({**by_id._asdict(), "data": data}),
            Put({**by_event._asdict(), "data": data}),
        ]
        before = self._table.get(by_id)
        moved = _by_event(self._tenant, _subscription(before)) if before else by_event
        if moved != by_event:
            actions.append(Delete(moved))
        self._table.transact(*actions)

    def remove(self, id: str) -> None:
        stored = self.get(id)
        by_id = keys.within(keys.subscriptions(self._tenant), id)
        try:
            self._table.transact(Delete(by_id, PRESENT), Delete(_by_event(self._tenant, stored)))
        except ConditionFailed:
            raise NotFound(Noun.SUBSCRIPTION, id) from None

    def list(self, cursor: str | None, limit: int) -> Page[Subscription]:
        return listings.page(
            self._table, [keys.subscriptions(self._tenant)], cursor, limit, _subscription
        )


def _by_event(tenant: str, s: Subscription) -> keys.Key:
    return keys.within(keys.subscriptions_of(tenant, s.application, s.event), s.id)


def _subscription(item: Item) -> Subscription:
    return codecs.load(Subscription, str(item["data"]))
