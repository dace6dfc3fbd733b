"""Translate organizations, projects, applications, channels and distribution lists."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from carillon.dialects.bitcaster.schemas.places import (
    ApplicationResponse,
    ChannelResponse,
    ListResponse,
    MemberResponse,
    OrganizationResponse,
    ProjectResponse,
)
from carillon.dialects.bitcaster.translate.users import addresses
from carillon.dialects.words import WireProblem
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.audience.topics import Topic
from carillon.domain.base import ids
from carillon.domain.base.errors import Conflict, Invalid, NotFound
from carillon.domain.catalogue.applications import Application
from carillon.domain.integrations.integrations import Integration
from carillon.domain.tenancy.access import Tenant

_MOST_AT_ONCE = 500  # addresses added in one call


def organization(tenant: Tenant, own: str) -> OrganizationResponse:
    """`own` is the URL of the organization, without a slash at its end."""
    return OrganizationResponse(
        name=tenant.name,
        slug=tenant.id,
        users=f"{own}/u/",
        projects=f"{own}/p/",
        channels=f"{own}/c/",
    )


def project(project: Application, organization: str) -> ProjectResponse:
    own = f"{organization}/p/{project.slug}"
    return ProjectResponse(
        name=project.name,
        slug=project.slug,
        applications=f"{own}/a/",
        lists=f"{own}/d/",
        channels=f"{own}/c/",
    )


def application(application: Application, organization: str) -> ApplicationResponse:
    own = f"{organization}/p/{application.project}/a/{application.slug}"
    return ApplicationResponse(name=application.name, slug=application.slug, events=f"{own}/e/")


def channel(integration: Integration) -> ChannelResponse:
    return ChannelResponse(
        id=integration.id,
        name=integration.name or integration.identifier,
        protocol=str(integration.channel).upper(),
        dispatcher=integration.provider,
        locked=not integration.usable,
    )


def distribution_list(topic: Topic, project: str) -> ListResponse:
    """`project` is the URL of the project in the request's path."""
    return ListResponse(name=topic.name, id=topic.key, members=f"{project}/d/{topic.key}/m/")


def key_of(name: str) -> str:
    """Derive a topic's key from a list's name: its letters and digits, or a new id."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or ids.new()


def members(
    people: Sequence[Subscriber], integrations: Sequence[Integration]
) -> list[MemberResponse]:
    """List members at each of their addresses; a dead address is not active."""
    return [
        MemberResponse(
            id=person.id,
            address=value,
            user=person.id,
            channel=name,
            active=(name, value) not in person.dead_values(integrations),
        )
        for person in people
        for name, value in [(each.name, each.value) for each in addresses(person)] or [("", "")]
    ]


@contextmanager
def taken_is_invalid() -> Iterator[None]:
    """Report a Conflict as a mistake in the body."""
    try:
        yield
    except Conflict:
        raise Invalid(WireProblem("name", "Name already exists!")) from None


@contextmanager
def unknown_is_invalid() -> Iterator[None]:
    """Report an unknown address as a mistake in the body, as Bitcaster's server words it."""
    try:
        yield
    except NotFound:
        said = "[ErrorDetail(string='Invalid addresses', code='invalid')]"
        raise Invalid(WireProblem("error", said)) from None


def to_names(given: object) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(name, str) and name for name in given):
        raise Invalid(WireProblem("error", "Expected a list of addresses"))
    if len(given) > _MOST_AT_ONCE:
        raise Invalid(WireProblem("error", f"More than {_MOST_AT_ONCE} addresses"))
    return given
