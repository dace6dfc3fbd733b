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
    """All letters, or those of the given ids, tenant, or both."""

    ids: frozenset[Id] | None = Field(default=None, min_length=1, max_length=1000)
    tenant: Id | None = Field(default=None, description="Only letters of this tenant")
    limit: StrictInt = Field(
        default=100, ge=1, le=1000, description="How many letters to process at most"
    )


class DropRequest(RedriveRequest):
    """Dropped letters are gone, so dropping all of them must be requested explicitly."""

    all: StrictBool = False

    @model_validator(mode="after")
    def says_which(self) -> Self:
        if self.all == bool(self.ids or self.tenant):
            raise PydanticCustomError("carillon", 'needs ids, a tenant or both, or "all": true')
        return self


class DeadLetterQueueResponse(Response):
    queue: str
    letters: int = Field(description="Approximate, as SQS counts them")


class DeadLetterResponse(Response):
    id: str
    queue: str
    kind: Kind
    tenant: str | None
    invocations: list[str] = Field(description="The first 10 invocations")
    invocation_count: int
    deliveries: int = Field(
        description="0 for a job or a page, which is split into deliveries later"
    )
    receives: int = Field(description="How often workers or this API received it")
    sent_at: datetime
    problem: str | None = Field(description="Why workers cannot read it; null if they can")


class DeadLettersResponse(Response):
    items: list[DeadLetterResponse]
    more: bool = Field(description="Whether there may be more letters")


class SettledResponse(Response):
    kept: int = Field(description="Letters held by a worker or refused by a queue; try again")
    more: bool = Field(description="Whether to call again: letters may be left, or some were kept")


class RedrivenResponse(SettledResponse):
    moved: int


class DroppedResponse(SettledResponse):
    dropped: int
