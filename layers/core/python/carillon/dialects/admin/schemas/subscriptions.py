"""Subscriptions on the wire."""

from datetime import datetime
from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from carillon.dialects.admin.schemas.common import (
    Application,
    Id,
    OptionalName,
    Request,
    Response,
    Slug,
)


class TargetRequest(Request):
    """Exactly one of the three."""

    integration: Id | None = Field(default=None, description="An integration's id")
    topic: Id | None = Field(default=None, description="A topic's key")
    subscriber: Id | None = Field(default=None, description="A subscriber's id")

    @model_validator(mode="after")
    def is_one(self) -> Self:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise PydanticCustomError(
                "carillon", "needs exactly one of integration, topic and subscriber"
            )
        return self


class CreateSubscriptionRequest(Request):
    event_type: Slug
    application: Application | None = Field(default=None, description="Default: the API key's")
    target: TargetRequest
    name: OptionalName = ""
    active: bool = True


class ChangeSubscriptionRequest(Request):
    name: OptionalName = ""
    active: bool = True


class SubscriptionResponse(Response):
    id: str
    event_type: str
    application: str
    target: dict[str, str]
    name: str
    active: bool
    created_at: datetime
    updated_at: datetime
