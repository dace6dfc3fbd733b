"""Replays on the wire."""

from typing import Self

from pydantic import Field, StrictBool, model_validator

from carillon.dialects.admin.schemas.common import Id, Request, Response, Slug, wrong
from carillon.dialects.admin.schemas.invocations import Time
from carillon.domain.activity.replays import UNSUCCESSFUL
from carillon.domain.delivery.deliveries import Status


class ReplayRequest(Request):
    """An invocation, or some of its deliveries, or all events accepted in a period."""

    invocation: Id | None = None
    deliveries: tuple[Id, ...] = Field(
        default=(), max_length=100, description="Only these deliveries of the invocation"
    )
    since: Time | None = Field(
        default=None, alias="from", description="UTC unless it has an offset"
    )
    until: Time | None = Field(default=None, alias="to", description="Exclusive; default: now")
    event_type: Slug | None = Field(
        default=None, description="Only events of this type, of that period"
    )
    statuses: tuple[Status, ...] = Field(
        default=UNSUCCESSFUL, min_length=1, description="Only deliveries with one of these statuses"
    )

    repeat: StrictBool = Field(
        default=False, description="Also deliveries that an earlier replay has made anew"
    )

    @model_validator(mode="after")
    def says_what(self) -> Self:
        if (self.invocation is None) == (self.since is None):
            raise wrong("needs an invocation or `from`, not both")
        if self.invocation and (self.until or self.event_type):
            raise wrong("`to` and `event_type` are only allowed with `from`")
        if self.deliveries and not self.invocation:
            raise wrong("`deliveries` are only allowed with an invocation")
        return self


class ReplayResponse(Response):
    """The deliveries are repeated in invocations of their own."""

    id: str
    invocation: str | None = Field(description="The new invocation; null for a replay of a period")
    replay_of: str | None
