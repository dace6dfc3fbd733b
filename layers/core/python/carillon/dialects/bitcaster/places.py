"""Organization, project and application in Bitcaster's paths, and a key's access to them.

The paths come with their trailing slash or without it: `paths` has the former.
"""

from collections.abc import Mapping

from carillon.dialects.dialect import Asked
from carillon.domain.base.errors import Forbidden, MethodNotAllowed, NotFound, UnknownPath
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Grant

_LONGEST = 255
_ITEMS = ("prj", "app", "channel", "list")


def within(grant: Grant, path: Mapping[str, str]) -> None:
    """Raise Forbidden, in Bitcaster's words, for a path beyond the key's reach, existing or not.

    Raise NotFound for an organization that is not the key's: another one is as absent as none.
    """
    organization = path.get("org")
    if organization is not None and organization != grant.tenant:
        raise NotFound(Noun.TENANT, organization[:_LONGEST])
    project, application = item(path, "prj"), item(path, "app")
    if project and not grant.reaches(project):
        raise Forbidden(f"Invalid project for {grant.name}")
    if application and not grant.reaches(project, application):
        raise Forbidden(f"Invalid application for {grant.name}")


def check(asked: Asked) -> None:
    """Raise UnknownPath for extra segments, and for names longer than any that is stored."""
    path = asked.parameters
    beyond = path.get("proxy", "").strip("/") or any("/" in item(path, name) for name in _ITEMS)
    if beyond or any(len(item(path, name)) > _LONGEST for name in path):
        raise UnknownPath(asked.method, asked.path)


def check_collection(path: Mapping[str, str], name: str, method: str) -> None:
    """Raise MethodNotAllowed for a path that names an item instead of the collection."""
    if item(path, name):
        raise MethodNotAllowed(method, ("GET",))


def item(path: Mapping[str, str], name: str) -> str:
    """Return the item that the parameter names, or an empty text for the collection's path."""
    return path.get(name, "").strip("/")


def organization(base_url: str, tenant: str) -> str:
    return f"{base_url}/api/o/{tenant}"


def users(base_url: str, tenant: str) -> str:
    return f"{organization(base_url, tenant)}/u/"


def project(base_url: str, tenant: str, path: Mapping[str, str]) -> str:
    return f"{organization(base_url, tenant)}/p/{item(path, 'prj')}"


def application(path: Mapping[str, str]) -> str:
    return f"{item(path, 'prj')}/{item(path, 'app')}"
