"""Events on the wire.

Source: https://docs.novu.co/api-reference/events/trigger-event and .../bulk-trigger-event
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag, field_validator

from carillon.dialects.novu.schemas.common import Id, NewId, Text, Wire, refused, wrong
from carillon.dialects.novu.schemas.overrides import OverridesPayload
from carillon.dialects.novu.schemas.subscribers import Person
from carillon.domain.intake.attachments import LARGEST_GIVEN, MOST

BULK_LIMIT = 100  # events of one request
CONTEXTS_LIMIT = 5  # of one event, as documented

type Status = Literal[
    "error",
    "trigger_not_active",
    "no_workflow_active_steps_defined",
    "no_workflow_steps_defined",
    "processed",
    "subscriber_id_missing",
    "no_tenant_found",
]


class SubscriberPayload(Person):
    """A person named inline. A missing `subscriberId` fails the event, not the request."""

    subscriber_id: NewId | None = None

    @field_validator("subscriber_id", mode="before")
    @classmethod
    def _empty_is_missing(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value


class TopicPayload(Wire):
    type: Literal["Topic"]
    topic_key: Id
    exclude: list[Id] = Field(default_factory=list)


def _kind(value: Any) -> str | None:
    """Return the form of a recipient, by Novu's own test: an object is a person or a topic."""
    if isinstance(value, str):
        return "id"
    if isinstance(value, TopicPayload) or (
        isinstance(value, Mapping) and value.get("type") == "Topic"
    ):
        return "topic"
    return "subscriber" if isinstance(value, Mapping | SubscriberPayload) else None


_TOPIC = {"properties": {"type": {"const": "Topic"}}, "required": ["type"]}  # for the schema

type RecipientPayload = Annotated[
    Annotated[NewId, Tag("id")]
    | Annotated[SubscriberPayload, Tag("subscriber"), Field(json_schema_extra={"not": _TOPIC})]
    | Annotated[TopicPayload, Tag("topic")],
    Discriminator(
        _kind,
        custom_error_type="recipient",
        custom_error_message="must be a non-empty subscriberId string, an object with a "
        "non-empty subscriberId, a topic object with a non-empty topicKey, or a non-empty "
        "array of those",
    ),
]


class TenantPayload(Wire):
    identifier: NewId
    name: Text | None = None
    data: dict[str, Any] | None = None


class ContextPayload(Wire):
    id: NewId
    data: dict[str, Any] | None = None


type ContextType = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")
]
# Source: https://docs.novu.co/platform/concepts/contexts
type Contexts = Annotated[
    dict[ContextType, NewId | ContextPayload], Field(max_length=CONTEXTS_LIMIT)
]

_ATTACHMENTS = (
    f"What templates name. `attachments` are up to {MOST} files of the event's mails, each with "
    "`name`, `mime`, and a `file` (base64, a data URI or a Node buffer) or an https `url`. "
    f"The files that come with an event have {LARGEST_GIVEN} bytes at most, decoded."
)


class BroadcastRequest(Wire):
    """An event for all subscribers.

    Source: https://docs.novu.co/api-reference/events/broadcast-event-to-all
    """

    name: Id
    payload: dict[str, Any] = Field(default_factory=dict, description=_ATTACHMENTS)
    overrides: OverridesPayload = Field(default_factory=OverridesPayload)
    transaction_id: Id | None = None
    actor: NewId | SubscriberPayload | None = None
    tenant: NewId | TenantPayload | None = None
    context: Contexts | None = None
    bridge_url: Annotated[None, refused("workflows are stored here; make one of this name")] = None
    controls: Annotated[None, refused("put the values into the payload")] = None
    agent_id: Annotated[None, refused("there are no agents")] = None

    @field_validator("payload", mode="before", json_schema_input_type=dict[str, Any] | None)
    @classmethod
    def _null_is_empty(cls, value: Any) -> Any:
        return {} if value is None else value

    @field_validator("overrides", mode="before", json_schema_input_type=OverridesPayload | None)
    @classmethod
    def _null_overrides_nothing(cls, value: Any) -> Any:
        return {} if value is None else value


class TriggerEventRequest(BroadcastRequest):
    to: list[RecipientPayload] = Field(min_length=1)

    @field_validator(
        "to", mode="before", json_schema_input_type=RecipientPayload | list[RecipientPayload | None]
    )
    @classmethod
    def _always_a_list(cls, value: Any) -> Any:
        entries = value if isinstance(value, list) else [value]
        return [entry for entry in entries if entry not in (None, "")]


class BulkTriggerRequest(Wire):
    """`events` are validated one by one later, since each succeeds or fails on its own."""

    events: list[Any] = Field(json_schema_extra={"minItems": 1, "maxItems": BULK_LIMIT})

    @field_validator("events")
    @classmethod
    def _neither_none_nor_too_many(cls, events: list[Any]) -> list[Any]:
        if not events:
            raise wrong("events should not be empty")
        if len(events) > BULK_LIMIT:
            raise wrong(f"events must contain no more than {BULK_LIMIT} elements")
        return events


class TriggerEventResponse(Wire):
    """Every item has a `transactionId`, even an error, since older clients require it."""

    acknowledged: Literal[True] = True
    status: Status
    transaction_id: str
    error: list[str] | None = None
