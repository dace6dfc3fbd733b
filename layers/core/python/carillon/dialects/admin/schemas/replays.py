"""Replays on the wire."""

from pydantic import Field

from carillon.dialects.admin.schemas.common import Id, Request, Response
from carillon.domain.deliveries import Status
from carillon.domain.replays import UNSUCCESSFUL


class ReplayRequest(Request):
    invocation: Id
    deliveries: tuple[Id, ...] = Field(
        default=(), max_length=100, description="These alone; else all of the invocation"
    )
    statuses: tuple[Status, ...] = Field(
        default=UNSUCCESSFUL, min_length=1, description="Those that stand at one of these"
    )


class ReplayResponse(Response):
    """The deliveries are on their way, and follow in an invocation of their own."""

    invocation: str = Field(description="Where to follow them")
    replay_of: str
