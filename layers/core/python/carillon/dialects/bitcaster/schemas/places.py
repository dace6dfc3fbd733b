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
    """`id` is what a trigger's `channels` may name, as `name` is."""

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
    """One for each address; the client prints all of it, so nothing is null."""

    id: str
    address: str
    user: str
    channel: str
    active: bool = True


class AddMembersRequest(RootModel[Any]):
    """Addresses, or usernames; what is no list of them is answered as Bitcaster does."""


class AddedResponse(Wire):
    message: list[str] = Field(description="What was asked for")
    expected: int
    found: int
    added: list[str]
