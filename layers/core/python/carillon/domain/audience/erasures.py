"""Erasures: the removal of what is stored of a deleted subscriber.

A subscriber's id may get another owner at any time after the deletion. What tells the two owners
apart is when an event was accepted: until the deletion, it was for the owner before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from carillon.domain.audience.subscribers import Subscriber

# Between the clocks of two functions, at most: whoever was created so shortly before a deletion may
# be the next owner.
_CLOCKS_DIFFER = timedelta(seconds=0.1)


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """The removal of a subscriber's data. `at` is the deletion, `since` the subscriber's creation.

    It is kept for longer than any message about the subscriber can be on its way.
    """

    subscriber: str
    at: datetime
    since: datetime
    done_at: datetime | None = None

    def covers(self, accepted_at: datetime) -> bool:
        """Return whether an event accepted then was for the deleted owner of the id."""
        return accepted_at <= self.at

    def is_of(self, subscriber: Subscriber) -> bool:
        """Return whether this is the deleted owner of the id, not the next one."""
        created_at = subscriber.created_at
        return created_at == self.since or created_at <= self.at - _CLOCKS_DIFFER


@dataclass(frozen=True, kw_only=True)
class ErasureStep:
    """One step of an erasure, from a cursor in the subscriber's history on.

    The last pass begins after every worker knows of the deletion; it finds what was on its way.
    """

    tenant: str
    subscriber: str
    at: datetime
    last: bool = False
    cursor: str | None = None
