"""In memory: who there is, in which groups, and who hears what."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from carillon.domain.audience.erasures import Erasure
from carillon.domain.audience.subscribers import SHARDS, Subscriber
from carillon.domain.audience.topics import Membership, Topic
from carillon.domain.base.errors import Changed, Conflict, NotFound
from carillon.domain.base.guards import Seen
from carillon.domain.base.paging import Count, Page, Window
from carillon.domain.base.terms import Noun
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Subscription, Target
from tests.fakes.configuration import Integrations, Tenants
from tests.fakes.guards import Guards, check_follows
from tests.fakes.paging import count, page, shard_of, walk


class Topics:
    def __init__(self) -> None:
        self.by_tenant: dict[str, dict[str, Topic]] = defaultdict(dict)
        self.ids: dict[tuple[str, str], set[str]] = defaultdict(set)  # by tenant and topic
        self._since: dict[tuple[str, str, str], datetime | None] = {}
        self._sharded: dict[tuple[str, str], list[list[str]]] = {}

    def get(self, tenant: str, key: str) -> Topic:
        if key not in self.by_tenant[tenant]:
            raise NotFound(Noun.TOPIC, key)
        return self.by_tenant[tenant][key]

    def add(self, tenant: str, topic: Topic) -> None:
        if topic.key in self.by_tenant[tenant]:
            raise Conflict(f"A topic {topic.key!r} exists already")
        self.by_tenant[tenant][topic.key] = topic

    def save(self, tenant: str, topic: Topic) -> None:
        stored = self.by_tenant[tenant].get(topic.key)
        check_follows(topic.version, stored, topic.key)
        self.by_tenant[tenant][topic.key] = replace(topic, joins=stored.joins if stored else 0)

    def put(self, tenant: str, topic: Topic) -> None:
        self.by_tenant[tenant][topic.key] = topic

    def remove(self, tenant: str, topic: Topic) -> None:
        stored = self.get(tenant, topic.key)
        self.ids.pop((tenant, topic.key), None)
        self._sharded.clear()
        if stored.joins != topic.joins:
            raise Changed(topic.key)
        del self.by_tenant[tenant][topic.key]

    def joined(self, tenant: str, key: str) -> None:
        stored = self.get(tenant, key)
        self.by_tenant[tenant][key] = replace(stored, joins=stored.joins + 1)

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Topic]:
        return page(f"{tenant} topics", self.by_tenant[tenant], cursor, limit)

    def walk(self, tenant: str, window: Window) -> Page[Topic]:
        return walk(f"{tenant} topics", self.by_tenant[tenant], window)

    def count(self, tenant: str) -> Count:
        return count(self.by_tenant[tenant])

    def add_members(
        self, tenant: str, key: str, ids: Sequence[str], at: datetime | None = None
    ) -> None:
        self.ids[tenant, key].update(ids)
        self._since |= {(tenant, key, id): at for id in ids}
        self._sharded.clear()

    def remove_members(self, tenant: str, key: str, ids: Sequence[str]) -> None:
        self.ids[tenant, key].difference_update(ids)
        self._sharded.clear()

    def members(self, tenant: str, key: str, cursor: str | None, limit: int) -> Page[str]:
        return page(
            f"{tenant} members of {key}", {id: id for id in self.ids[tenant, key]}, cursor, limit
        )

    def shard_members(
        self, tenant: str, key: str, shard: int, after: str, limit: int
    ) -> Sequence[str]:
        if (tenant, key) not in self._sharded:
            shards: list[list[str]] = [[] for _ in range(SHARDS)]
            for id in sorted(self.ids[tenant, key]):
                shards[shard_of(id, SHARDS)].append(id)
            self._sharded[tenant, key] = shards
        own = self._sharded[tenant, key][shard]
        first = bisect_right(own, after)
        return own[first : first + limit]

    def among(self, tenant: str, key: str, ids: Sequence[str]) -> frozenset[str]:
        return frozenset(ids) & self.ids[tenant, key]

    def memberships(self, tenant: str, key: str, ids: Sequence[str]) -> Mapping[str, Membership]:
        return {id: self._membership(tenant, key, id) for id in self.among(tenant, key, ids)}

    def walk_members(self, tenant: str, key: str, window: Window) -> Page[Membership]:
        members = {id: self._membership(tenant, key, id) for id in self.ids[tenant, key]}
        return walk(f"{tenant} members of {key}", members, window)

    def count_members(self, tenant: str, key: str) -> Count:
        return Count(len(self.ids[tenant, key]))

    def walk_topics_of(self, tenant: str, subscriber: str, window: Window) -> Page[Membership]:
        own = {
            key: self._membership(tenant, key, subscriber) for key in self._of(subscriber, tenant)
        }
        return walk(f"{tenant} topics of {subscriber}", own, window)

    def count_topics_of(self, tenant: str, subscriber: str) -> Count:
        return Count(len(self._of(subscriber, tenant)))

    def _membership(self, tenant: str, key: str, id: str) -> Membership:
        since = self._since.get((tenant, key, id))
        return Membership(topic=key, subscriber=id, created_at=since)

    def _of(self, subscriber: str, tenant: str) -> Sequence[str]:
        return [
            key for (owner, key), ids in self.ids.items() if owner == tenant and subscriber in ids
        ]

    def forget(self, tenant: str, subscriber: str) -> None:
        """Take a removed subscriber out of all topics."""
        for (owner, _), members in self.ids.items():
            if owner == tenant:
                members.discard(subscriber)
        self._sharded.clear()


class Erasures:
    """The tenant's record says when the latest began."""

    def __init__(self, tenants: Tenants) -> None:
        self.by_id: dict[tuple[str, str], Erasure] = {}
        self._tenants = tenants

    def begin(self, tenant: str, erasure: Erasure) -> None:
        known = self.by_id.get((tenant, erasure.subscriber))
        if known is None or known.at <= erasure.at:
            self.by_id[tenant, erasure.subscriber] = erasure
        owner = self._tenants.by_id.get(tenant)
        if owner and (owner.erased_at is None or owner.erased_at < erasure.at):
            self._tenants.by_id[tenant] = replace(owner, erased_at=erasure.at)

    def finish(self, tenant: str, erasure: Erasure) -> None:
        known = self.by_id.get((tenant, erasure.subscriber))
        if known and known.at == erasure.at:
            self.by_id[tenant, erasure.subscriber] = erasure

    def get_many(self, tenant: str, subscribers: Sequence[str]) -> Mapping[str, Erasure]:
        return {id: self.by_id[tenant, id] for id in subscribers if (tenant, id) in self.by_id}


class Subscribers:
    def __init__(self, topics: Topics | None = None) -> None:
        self.topics = topics or Topics()
        self.by_tenant: dict[str, dict[str, Subscriber]] = defaultdict(dict)

    def get_many(self, tenant: str, ids: Sequence[str]) -> Mapping[str, Subscriber]:
        own = self.by_tenant[tenant]
        return {id: own[id] for id in dict.fromkeys(ids) if id in own}

    def save(self, tenant: str, subscribers: Sequence[Subscriber]) -> Sequence[str]:
        own = self.by_tenant[tenant]
        lost = []
        for subscriber in subscribers:
            stored = own[subscriber.id].version if subscriber.id in own else 0
            if stored == subscriber.version - 1:
                own[subscriber.id] = subscriber
            else:
                lost.append(subscriber.id)
        return lost

    def remove(self, tenant: str, id: str) -> None:
        if self.by_tenant[tenant].pop(id, None) is None:
            raise NotFound(Noun.SUBSCRIBER, id)
        self.topics.forget(tenant, id)

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Subscriber]:
        return page(f"{tenant} subscribers", self.by_tenant[tenant], cursor, limit)

    def walk(self, tenant: str, window: Window) -> Page[Subscriber]:
        return walk(f"{tenant} subscribers", self.by_tenant[tenant], window)

    def count(self, tenant: str) -> Count:
        return count(self.by_tenant[tenant])

    def by_email(self, tenant: str, address: str, limit: int) -> Sequence[str]:
        own = self.by_tenant[tenant]
        with_it = [id for id in sorted(own) if (own[id].email or "").lower() == address.lower()]
        return with_it[:limit] if address else []

    def shard(self, tenant: str, shard: int, after: str, limit: int) -> Sequence[Subscriber]:
        own = self.by_tenant[tenant]
        wanted = [id for id in sorted(own) if shard_of(id, SHARDS) == shard and id > after]
        return [own[id] for id in wanted[:limit]]


class Subscriptions:
    def __init__(
        self, integrations: Integrations | None = None, guards: Guards | None = None
    ) -> None:
        self.by_tenant: dict[str, dict[str, Subscription]] = defaultdict(dict)
        self.integrations = integrations or Integrations()
        self.guards = guards or Guards()

    def for_event(self, tenant: str, application: str, event: str) -> Sequence[Subscription]:
        own = self.by_tenant[tenant]
        ordered = (own[id] for id in sorted(own))
        return [s for s in ordered if (s.application, s.event) == (application, event)]

    def get(self, tenant: str, id: str) -> Subscription:
        if id not in self.by_tenant[tenant]:
            raise NotFound(Noun.SUBSCRIPTION, id)
        return self.by_tenant[tenant][id]

    def save(
        self,
        tenant: str,
        subscription: Subscription,
        *,
        endpoint: Integration | None = None,
        seen: Seen | None = None,
    ) -> None:
        stored = self.by_tenant[tenant].get(subscription.id)
        check_follows(subscription.version, stored, subscription.id)
        endpoints = [endpoint] if endpoint else []
        self.integrations.check(tenant, *endpoints)
        self.guards.check(tenant, seen)
        self.by_tenant[tenant][subscription.id] = subscription
        self.integrations.put(tenant, *endpoints)
        self.guards.move(tenant, seen)

    def put(self, tenant: str, subscription: Subscription) -> None:
        self.by_tenant[tenant][subscription.id] = subscription

    def remove(self, tenant: str, id: str) -> None:
        stored = self.get(tenant, id)
        del self.by_tenant[tenant][id]
        if stored.target is Target.ENDPOINT:
            for endpoint in stored.target_ids:
                self.integrations.by_tenant[tenant].pop(endpoint, None)

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Subscription]:
        return page(f"{tenant} subscriptions", self.by_tenant[tenant], cursor, limit)
