"""Subscriptions: who hears every event of a type, without being named by it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from carillon.domain.tenancy.access import DEFAULT_APPLICATION


class Target(StrEnum):
    INTEGRATION = "integration"
    TOPIC = "topic"
    SUBSCRIBER = "subscriber"
    ENDPOINT = "endpoint"  # an integration of its own, made and removed with the subscription


class EndpointKind(StrEnum):
    """What a subscription of its own endpoint brings events to, as they are."""

    HTTP = "http"
    EVENTBRIDGE = "eventbridge"

    @property
    def provider(self) -> str:
        return f"{self}-endpoint"


class AnswerMode(StrEnum):
    """How an endpoint answers an event that wants an answer."""

    SYNC = "sync"  # with its response
    ASYNC = "async"  # later, by a call of its own
    DYNAMIC = "dynamic"  # either: a 202 says later


ANSWER_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Listener:
    """The subscription that a delivery to its own endpoint is for.

    `mode` is None where no answer is wanted: that is what the event's type says.
    """

    subscription: str
    name: str = ""
    mode: AnswerMode | None = None
    within: timedelta = ANSWER_WITHIN


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """`target_ids` are integrations' ids, topics' keys or subscribers' ids: all of one kind.

    It hears only the events whose payload its filter, a JSONPath, finds something in.
    """

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
    filter: str = ""
    endpoint: EndpointKind | None = None
    answer_mode: AnswerMode = AnswerMode.SYNC
    answer_within: timedelta = ANSWER_WITHIN  # for the modes that answer later

    def listener(self, *, wants_answer: bool) -> "Listener | None":
        """Who hears an event by an endpoint of its own; None for any other subscription."""
        if self.target is not Target.ENDPOINT:
            return None
        return Listener(
            subscription=self.id,
            name=self.name,
            mode=self.answer_mode if wants_answer else None,
            within=self.answer_within,
        )
