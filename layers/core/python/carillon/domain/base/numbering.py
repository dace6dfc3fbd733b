"""Pages by number, over lists that can only be read from their start: the reading is bounded."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from carillon.domain.base.errors import Invalid
from carillon.domain.base.paging import Count, Page, Window
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName

BOUND = 1_000  # items that a list which is put together from others reaches
FURTHEST = 10_000  # items that a store reads to reach a page by its number


@dataclass(frozen=True)
class Numbered[T]:
    """A page, from 0 on. `total` is how long the list is, where its end was seen."""

    items: Sequence[T]
    page: int
    size: int
    more: bool
    total: int | None = None


class OutOfReach(Exception):
    """The list goes on, and no call reads that far."""


def some_at_a_time[T](found: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    """What is found in batches; a batch that was begun comes before OutOfReach does."""
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
    """How many items must be walked past to see the page and whether another follows.

    Raise Invalid for a page that no call reaches.
    """
    if (page + 1) * size > BOUND:
        raise Invalid(FieldProblem(FieldName.PAGE, f"must not go past the {BOUND} newest items"))
    return (page + 1) * size + 1


def numbered[T](found: Iterable[T], page: int, size: int) -> Numbered[T]:
    """The page of what is found in order.

    The list may raise OutOfReach: then a page that has begun ends there, with more behind it, and
    one that has not is Invalid.
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
    """A page by its number, from 0. Raise Invalid for one that is too far to read up to."""
    read = walk(Window(limit=needed(page, size)))
    return NumberedWalk(
        read.items[page * size :], page=page, size=size, more=read.cursor is not None, count=count()
    )


def needed(page: int, size: int) -> int:
    """How many items are read to show the page. Raise Invalid for too many."""
    if (page + 1) * size > FURTHEST:
        raise Invalid(
            FieldProblem(FieldName.PAGE, f"must not go past the first {FURTHEST} items", page)
        )
    return (page + 1) * size
