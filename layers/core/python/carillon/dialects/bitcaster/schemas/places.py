"""Organization, projects, applications, channels and distribution lists on the wire.

Source: https://github.com/bitcaster-io/bitcaster/tree/develop/docs/api
"""

from typing import Any

from pydantic import Field, RootModel

from carillon.dialects.bitcaster.schemas.common import Wire, Word


class PingResponse(Wire):
    token: str = Field(description="The name of the API key")


class OrganizationResponse(Wire):
    name: str
    slug: str
    users: str
    projects: str
    channels: str


class ProjectResponse(Wire):
    name: str
    slug: str
    applications: str
    lists: str
    channels: str


class ApplicationResponse(Wire):
    name: str
    slug: str
    events: str


class ChannelResponse(Wire):
    """A trigger's `channels` may hold its `id` or its `name`."""

    id: str
    name: str
    protocol: str
    dispatcher: str
    locked: bool


class CreateListRequest(Wire):
    name: Word


class ListResponse(Wire):
    name: str
    id: str
    members: str
    application: str | None = None


class MemberResponse(Wire):
    """One per address; the client prints every field, so none is null."""

    id: str
    address: str
    user: str
    channel: str
    active: bool = True


class AddMembersRequest(RootModel[Any]):
    """A list of addresses or usernames. It is checked later, for Bitcaster's own error texts."""


class AddedResponse(Wire):
    message: list[str] = Field(description="The addresses of the request")
    expected: int
    found: int
    added: list[str]
