"""Subscriptions: who hears every event of a type, without being named by it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from carillon.domain.access import DEFAULT_APPLICATION


class Target(StrEnum):
    INTEGRATION = "integration"
    TOPIC = "topic"
    SUBSCRIBER = "subscriber"


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """`target_ids` are integrations' ids, topics' keys or subscribers' ids: all of one kind."""

    id: str
    event: str
    target: Target
    target_ids: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    application: str = DEFAULT_APPLICATION
    name: str = ""
    description: str = ""
    active: bool = True
    environments: tuple[str, ...] = ()  # by which an event may be narrowed to some subscriptions
