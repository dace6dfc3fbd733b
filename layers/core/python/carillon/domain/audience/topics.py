"""Topics: named groups of subscribers."""

from dataclasses import dataclass, field
from datetime import datetime

# The key that stands for all subscribers; no topic may have it.
EVERYBODY = "\x1feverybody"


@dataclass(frozen=True, kw_only=True)
class Topic:
    key: str
    name: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    joins: int = field(default=0, compare=False)  # how often members were added


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A subscriber's membership of a topic; old ones have no `created_at`."""

    topic: str
    subscriber: str
    created_at: datetime | None = None
