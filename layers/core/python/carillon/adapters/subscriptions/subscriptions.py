"""Subscriptions in the subscriptions table, stored twice: by id and by event type.

The endpoint that a subscription owns is an integration, written and removed in the same
transaction.
"""

from collections.abc import Sequence

from carillon.adapters.aws import codecs, guards, keys, listings
from carillon.adapters.aws.conditions import PRESENT, ConditionFailed, follows
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.integration_items import written
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.domain.base.errors import Changed, NotFound
from carillon.domain.base.guards import Seen
from carillon.domain.base.paging import Page
from carillon.domain.base.terms import Noun
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Subscription, Target


class DynamoSubscriptions:
    def __init__(self, tenant: str, table: Table, configuration: Table) -> None:
        self._tenant = tenant
        self._table = table
        self._configuration = configuration

    def for_event(self, application: str, event: str) -> Sequence[Subscription]:
        rows = self._table.query(keys.subscriptions_of(self._tenant, application, event))
        return [_subscription(item) for item in rows.items]

    def get(self, id: str) -> Subscription:
        item = self._table.get(keys.within(keys.subscriptions(self._tenant), id))
        if item is None:
            raise NotFound(Noun.SUBSCRIPTION, id)
        return _subscription(item)

    def save(
        self,
        subscription: Subscription,
        *,
        endpoint: Integration | None = None,
        seen: Seen | None = None,
    ) -> None:
        by_id = keys.within(keys.subscriptions(self._tenant), subscription.id)
        by_event = _by_event(self._tenant, subscription)
        content: Item = {"data": codecs.dump(subscription), "version": subscription.version}
        condition = follows(subscription.version)
        actions: list[Put | Delete] = [
            Put({**by_id._asdict(), **content}, *condition),
            Put({**by_event._asdict(), **content}),
        ]
        before = self._table.get(by_id) if subscription.version > 1 else None
        moved = _by_event(self._tenant, _subscription(before)) if before else by_event
        if moved != by_event:
            actions.append(Delete(moved))
        beside = [written(self._tenant, endpoint)] if endpoint else []
        beside += [guards.moved(self._tenant, seen)] if seen else []
        try:
            self._table.transact(*actions, beside=(self._configuration, beside))
        except ConditionFailed:
            raise Changed(f"Subscription {subscription.id!r}") from None

    def remove(self, id: str) -> None:
        stored = self.get(id)
        by_id = keys.within(keys.subscriptions(self._tenant), id)
        endpoints = stored.target_ids if stored.target is Target.ENDPOINT else ()
        listing = keys.integrations(self._tenant)
        owned = [Delete(keys.within(listing, each)) for each in endpoints]
        try:
            self._table.transact(
                Delete(by_id, PRESENT),
                Delete(_by_event(self._tenant, stored)),
                beside=(self._configuration, owned),
            )
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
