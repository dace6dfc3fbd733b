"""In memory: what each subscriber is told in the application."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from carillon.domain.activity.feeds import FeedMessage, FeedPosition, State
from carillon.domain.base.errors import Unavailable


class Feeds:
    """`refuse_next` is how many of the coming messages are not stored."""

    def __init__(self) -> None:
        self.by_subscriber: dict[tuple[str, str], dict[FeedPosition, FeedMessage]] = defaultdict(
            dict
        )
        self.refuse_next = 0

    def add(self, tenant: str, message: FeedMessage) -> None:
        if self.refuse_next:
            self.refuse_next -= 1
            raise Unavailable("DynamoDB is not available")
        self.by_subscriber[tenant, message.subscriber].setdefault(message.place, message)

    def get_many(
        self, tenant: str, places: Sequence[FeedPosition]
    ) -> Mapping[FeedPosition, FeedMessage]:
        found = (self.by_subscriber[tenant, place.subscriber].get(place) for place in places)
        return {one.place: one for one in found if one}

    def newest(
        self, tenant: str, subscriber: str, limit: int, *, before: FeedPosition | None = None
    ) -> Sequence[FeedMessage]:
        found = self._feed(tenant, subscriber)
        return [one for one in found if before is None or one.place < before][:limit]

    def unread(
        self, tenant: str, subscriber: str, states: frozenset[State], limit: int
    ) -> Sequence[FeedPosition]:
        found = self._feed(tenant, subscriber)
        return [one.place for one in found if one.state in states][:limit]

    def count_unread(
        self, tenant: str, subscriber: str, states: frozenset[State], limit: int
    ) -> int:
        return len(self.unread(tenant, subscriber, states, limit))

    def update(self, tenant: str, messages: Sequence[FeedMessage]) -> Sequence[FeedMessage]:
        written = []
        for one in messages:
            feed = self.by_subscriber[tenant, one.subscriber]
            stored = feed.get(one.place)
            if stored is not None and stored.version == one.version - 1:
                feed[one.place] = one
                written.append(one)
        return written

    def remove(self, tenant: str, places: Sequence[FeedPosition]) -> None:
        for place in places:
            self.by_subscriber[tenant, place.subscriber].pop(place, None)

    def _feed(self, tenant: str, subscriber: str) -> Sequence[FeedMessage]:
        feed = self.by_subscriber[tenant, subscriber]
        return [feed[place] for place in sorted(feed, reverse=True)]
