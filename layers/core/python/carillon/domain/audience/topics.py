"""Topics: named groups of subscribers."""

from dataclasses import dataclass
from datetime import datetime

# Stands for all subscribers where a topic's key is asked for; no topic may have it.
EVERYBODY = "\x1feverybody"


@dataclass(frozen=True, kw_only=True)
class Topic:
    key: str
    name: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Membership:
    """Somebody in a topic, and since when; unknown of old ones."""

    topic: str
    subscriber: str
    created_at: datetime | None = None
