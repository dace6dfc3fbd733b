"""Reading a list to its end."""

from collections.abc import Callable

from carillon.domain.base.paging import Page


def walk[T](page: Callable[[str | None, int], Page[T]], limit: int) -> list[T]:
    """All items of a list, read in pages of which none is longer than the limit."""
    found: list[T] = []
    cursor = None
    for _ in range(1000):
        some = page(cursor, limit)
        assert len(some.items) <= limit
        found += some.items
        cursor = some.cursor
        if cursor is None:
            return found
    raise AssertionError("the list never ends")
