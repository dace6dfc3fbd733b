"""Subscriptions: targets that get every event of a type, whether or not the event names them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from carillon.domain.tenancy.access import DEFAULT_APPLICATION


class Target(StrEnum):
    INTEGRATION = "integration"
    TOPIC = "topic"
    SUBSCRIBER = "subscriber"
    ENDPOINT = "endpoint"  # an integration that is created and removed with the subscription


class EndpointKind(StrEnum):
    """The kind of a subscription's own endpoint, which gets events as JSON."""

    HTTP = "http"
    EVENTBRIDGE = "eventbridge"

    @property
    def provider(self) -> str:
        return f"{self}-endpoint"


class AnswerMode(StrEnum):
    """How an endpoint answers an event for which an answer is wanted."""

    SYNC = "sync"  # in its response
    ASYNC = "async"  # later, in a call to Carillon
    DYNAMIC = "dynamic"  # in its response, or later after a 202


class Verdict(StrEnum):
    """What a filter says of an event."""

    MATCHED = "matched"
    PASSED = "passed"  # it finds nothing
    FAILED = "failed"  # it takes too much work on this event, or is no filter


ANSWER_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Listener:
    """The subscription of a delivery to a subscription's own endpoint.

    `mode` is None when the event type wants no answer.
    """

    subscription: str
    name: str = ""
    mode: AnswerMode | None = None
    within: timedelta = ANSWER_WITHIN


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A subscription of integrations (by id), topics (by key) or subscribers (by id).

    It gets only the events in whose payload its filter, a JSONPath, finds something.
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
    environments: tuple[
        str, ...
    ] = ()  # an event may be narrowed to subscriptions of some environments
    filter: str = ""
    endpoint: EndpointKind | None = None
    answer_mode: AnswerMode = AnswerMode.SYNC
    answer_within: timedelta = ANSWER_WITHIN  # for the modes that answer later
    version: int = 1

    def listener(self, *, wants_answer: bool) -> "Listener | None":
        """Return the listener for deliveries to its own endpoint; None for other targets."""
        if self.target is not Target.ENDPOINT:
            return None
        return Listener(
            subscription=self.id,
            name=self.name,
            mode=self.answer_mode if wants_answer else None,
            within=self.answer_within,
        )
