"""Replays on the wire."""

from typing import Self

from pydantic import Field, model_validator

from carillon.dialects.admin.schemas.common import Id, Request, Response, Slug, wrong
from carillon.dialects.admin.schemas.invocations import Time
from carillon.domain.activity.replays import UNSUCCESSFUL
from carillon.domain.delivery.deliveries import Status


class ReplayRequest(Request):
    """An invocation, all of it or single deliveries; or else all that was accepted in a time."""

    invocation: Id | None = None
    deliveries: tuple[Id, ...] = Field(
        default=(), max_length=100, description="Of the invocation, these alone"
    )
    since: Time | None = Field(default=None, alias="from", description="UTC without an offset")
    until: Time | None = Field(default=None, alias="to", description="Not included; else now")
    event_type: Slug | None = Field(default=None, description="In that time, of this type alone")
    statuses: tuple[Status, ...] = Field(
        default=UNSUCCESSFUL, min_length=1, description="Those that stand at one of these"
    )

    @model_validator(mode="after")
    def says_what(self) -> Self:
        if (self.invocation is None) == (self.since is None):
            raise wrong("needs an invocation, or else `from`")
        if self.invocation and (self.until or self.event_type):
            raise wrong("`to` and `event_type` go with `from`")
        if self.deliveries and not self.invocation:
            raise wrong("`deliveries` go with an invocation")
        return self


class ReplayResponse(Response):
    """The deliveries are on their way, and follow in invocations of their own."""

    id: str
    invocation: str | None = Field(description="Where to follow them, if it is of one invocation")
    replay_of: str | None
