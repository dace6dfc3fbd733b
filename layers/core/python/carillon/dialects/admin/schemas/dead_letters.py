"""Dead letters on the wire."""

from datetime import datetime
from typing import Self

from pydantic import Field, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from carillon.dialects.admin.schemas.common import Id, Request, Response
from carillon.domain.activity.dead_letters import Kind


class LookQuery(Request):
    limit: int = Field(default=50, ge=1, le=100, description="How many letters to show")


class RedriveRequest(Request):
    """Every letter, unless it names some, or a tenant, or both."""

    ids: frozenset[Id] | None = Field(default=None, min_length=1, max_length=1000)
    tenant: Id | None = Field(default=None, description="This tenant's alone")
    limit: StrictInt = Field(default=100, ge=1, le=1000, description="How many to deal with")


class DropRequest(RedriveRequest):
    """What is dropped is gone: all of them has to be said."""

    all: StrictBool = False

    @model_validator(mode="after")
    def says_which(self) -> Self:
        if self.all == bool(self.ids or self.tenant):
            raise PydanticCustomError(
                "carillon", 'needs ids, a tenant or both, or else "all": true'
            )
        return self


class DeadLetterQueueResponse(Response):
    queue: str
    letters: int = Field(description="As SQS counts them: approximately")


class DeadLetterResponse(Response):
    id: str
    queue: str
    kind: Kind
    tenant: str | None
    invocations: list[str] = Field(description="The first 10 of them")
    invocation_count: int
    deliveries: int = Field(description="0 for a job or a page: they are made of it later")
    receives: int = Field(description="How often it was received, by workers and by earlier looks")
    sent_at: datetime
    problem: str | None = Field(description="Why no worker can read it")


class DeadLettersResponse(Response):
    items: list[DeadLetterResponse]
    more: bool = Field(description="There may be others")


class SettledResponse(Response):
    kept: int = Field(description="Letters that a worker holds or a queue refused: try again")
    more: bool = Field(description="There may be others, or some were kept: call again")


class RedrivenResponse(SettledResponse):
    moved: int


class DroppedResponse(SettledResponse):
    dropped: int
