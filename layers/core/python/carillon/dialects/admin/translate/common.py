"""What every resource's translation needs."""

from collections.abc import Callable, Mapping

from carillon.dialects.admin.schemas.common import PageResponse
from carillon.domain.base.errors import NotFound
from carillon.domain.base.paging import Page

_LONGEST = 255


def page[T, R](found: Page[T], show: Callable[[T], R]) -> PageResponse[R]:
    return PageResponse(items=[show(item) for item in found.items], next_cursor=found.cursor)


def named(path: Mapping[str, str], kind: str) -> str:
    """The id in the path. One that could never have been stored is not looked up."""
    id = path[kind]
    if not 0 < len(id) <= _LONGEST:
        raise NotFound(kind, id[:_LONGEST])
    return id
