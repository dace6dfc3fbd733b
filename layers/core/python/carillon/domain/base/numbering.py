"""Numbered pages of lists that can only be read from their start, to a bounded depth."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from carillon.domain.base.errors import Invalid
from carillon.domain.base.paging import Count, Page, Window
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName

BOUND = 1_000  # items read of a list that is put together from several
FURTHEST = 10_000  # items read of a store's own list


@dataclass(frozen=True)
class Numbered[T]:
    """A page; `page` counts from 0. `total` is the list's length, None if its end was not read."""

    items: Sequence[T]
    page: int
    size: int
    more: bool
    total: int | None = None


class OutOfReach(Exception):
    """The list continues past the items that one call may read."""


def some_at_a_time[T](found: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    """Yield items in batches of `size`; yield the batch at hand before OutOfReach is raised."""
    batch: list[T] = []
    try:
        for one in found:
            batch.append(one)
            if len(batch) == size:
                yield batch
                batch = []
    except OutOfReach:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def window(page: int, size: int) -> int:
    """Return how many items must be read for a page, and for whether another follows.

    Raise Invalid for a page past BOUND.
    """
    if (page + 1) * size > BOUND:
        raise Invalid(FieldProblem(FieldName.PAGE, f"must not go past the {BOUND} newest items"))
    return (page + 1) * size + 1


def numbered[T](found: Iterable[T], page: int, size: int) -> Numbered[T]:
    """Return a page of items in order.

    `found` may raise OutOfReach: a page that has items by then ends there, with `more` set; for a
    page without any, raise Invalid.
    """
    wanted = window(page, size)
    seen: list[T] = []
    try:
        for one in found:
            seen.append(one)
            if len(seen) == wanted:
                break
    except OutOfReach:
        if len(seen) <= page * size:
            reason = "is too far back for one call to read: narrow the search"
            raise Invalid(FieldProblem(FieldName.PAGE, reason)) from None
        return Numbered(seen[page * size :], page, size, True)
    more = len(seen) == wanted
    items = seen[page * size : wanted - 1]
    return Numbered(items, page, size, more, None if more else len(seen))


@dataclass(frozen=True)
class NumberedWalk[T]:
    """A page of a list that its store pages and counts."""

    items: Sequence[T]
    page: int
    size: int
    more: bool
    count: Count


def numbered_walk[T](
    walk: Callable[[Window], Page[T]], count: Callable[[], Count], page: int, size: int
) -> NumberedWalk[T]:
    """Return a page by its number, from 0; raise Invalid for a page past FURTHEST."""
    read = walk(Window(limit=needed(page, size)))
    return NumberedWalk(
        read.items[page * size :], page=page, size=size, more=read.cursor is not None, count=count()
    )


def needed(page: int, size: int) -> int:
    """Return how many items must be read for a page; raise Invalid for more than FURTHEST."""
    if (page + 1) * size > FURTHEST:
        raise Invalid(
            FieldProblem(FieldName.PAGE, f"must not go past the first {FURTHEST} items", page)
        )
    return (page + 1) * size
