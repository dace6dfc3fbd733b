"""Page translation, shared by every list."""

from collections.abc import Callable

from carillon.dialects.admin.schemas.common import PageResponse
from carillon.domain.base.paging import Page


def page[T, R](found: Page[T], show: Callable[[T], R]) -> PageResponse[R]:
    return PageResponse(items=[show(item) for item in found.items], next_cursor=found.cursor)
