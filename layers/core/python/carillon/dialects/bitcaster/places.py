"""Organization, project and application in Bitcaster's paths, and whether a key is for them.

An HTTP API has no routes that end in a slash, as all of Bitcaster's do. A greedy parameter takes
them: `{proxy+}` behind a path, or the name of an item behind its list.
"""

from collections.abc import Mapping

from carillon.domain.base.errors import Forbidden, MethodNotAllowed, NotFound
from carillon.domain.tenancy.access import Grant

# Greedy parameters: what each takes is one segment, or none.
_LONGEST = 255
_ITEMS = ("prj", "app", "channel", "list")


def within(grant: Grant, path: Mapping[str, str]) -> None:
    """Raise Forbidden, in Bitcaster's words, for what the key is not for, there or not."""
    organization = path.get("org")
    if organization is not None and organization != grant.tenant:
        raise Forbidden(f"Invalid organization for {grant.name}")
    project, application = item(path, "prj"), item(path, "app")
    if project and not grant.reaches(project):
        raise Forbidden(f"Invalid project for {grant.name}")
    if application and not grant.reaches(project, application):
        raise Forbidden(f"Invalid application for {grant.name}")


def check(path: Mapping[str, str]) -> None:
    """Raise NotFound for more than a path of Bitcaster's has, and for names that nothing has."""
    beyond = path.get("proxy", "").strip("/") or any("/" in item(path, name) for name in _ITEMS)
    if beyond or any(len(item(path, name)) > _LONGEST for name in path):
        raise NotFound("path", "")


def check_collection(path: Mapping[str, str], name: str, method: str) -> None:
    """Raise MethodNotAllowed for a path that names an item, where the list's own is meant."""
    if item(path, name):
        raise MethodNotAllowed(method, ("GET",))


def item(path: Mapping[str, str], name: str) -> str:
    """What a path's parameter names; nothing where it is the list's own path."""
    return path.get(name, "").strip("/")


def organization(base_url: str, tenant: str) -> str:
    return f"{base_url}/api/o/{tenant}"


def users(base_url: str, tenant: str) -> str:
    return f"{organization(base_url, tenant)}/u/"


def project(base_url: str, tenant: str, path: Mapping[str, str]) -> str:
    return f"{organization(base_url, tenant)}/p/{item(path, 'prj')}"


def application(path: Mapping[str, str]) -> str:
    return f"{item(path, 'prj')}/{item(path, 'app')}"
