"""Subscriptions on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from carillon.dialects.admin.schemas.common import (
    Application,
    Description,
    Environments,
    Id,
    JsonObject,
    OptionalName,
    Request,
    Response,
    Slug,
)

_MOST = 100  # targets of one subscription

Ids = Annotated[
    tuple[Id, ...],
    Field(min_length=1, max_length=_MOST),
    BeforeValidator(
        lambda given: (given,) if isinstance(given, str) else given,
        json_schema_input_type=Id | Annotated[list[Id], Field(min_length=1, max_length=_MOST)],
    ),
]


class TargetRequest(Request):
    """Exactly one of the three."""

    integration: Ids | None = Field(
        default=None, description="One id of an integration, or several"
    )
    topic: Ids | None = Field(default=None, description="One key of a topic, or several")
    subscriber: Ids | None = Field(default=None, description="One id of a subscriber, or several")

    @model_validator(mode="after")
    def is_one(self) -> Self:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise PydanticCustomError(
                "carillon", "needs exactly one of integration, topic and subscriber"
            )
        return self


Filter = Annotated[
    str, Field(max_length=2000, description="JSONPath that must match something in the payload")
]


class CreateSubscriptionRequest(Request):
    event_type: Slug
    application: Application | None = Field(default=None, description="Default: the API key's")
    target: TargetRequest
    name: OptionalName = ""
    description: Description = ""
    active: StrictBool = True
    environments: Environments = ()
    filter: Filter = ""


class ChangeSubscriptionRequest(Request):
    name: OptionalName = ""
    description: Description = ""
    active: StrictBool = True
    environments: Environments = ()
    filter: Filter = ""


class TestSubscriptionRequest(Request):
    input: JsonObject | None = Field(default=None, description="Default: the event type's sample")


class TestedResponse(Response):
    """The result for one target. `answer` is the beginning of its response."""

    integration: str
    provider: str
    sent: bool
    outcome: str
    code: str
    http_status: int | None
    latency_ms: int
    answer: str
    detail: str
    error: str = Field(description="Why a required reply is invalid; empty otherwise")


class TestSubscriptionResponse(Response):
    results: list[TestedResponse]


class SubscriptionResponse(Response):
    id: str
    event_type: str
    application: str
    target: dict[str, str | list[str]] = Field(description="One id is a text, several are a list")
    name: str
    description: str
    active: bool
    environments: list[str]
    filter: str
    created_at: datetime
    updated_at: datetime
