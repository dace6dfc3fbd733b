"""Parts of lists as callers ask for them: around a cursor, or by a page's number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from carillon.domain.base.errors import Invalid, Problem
from carillon.domain.base.paging import Count, Page, Window

FURTHEST = 10_000  # items that are read to reach a page by its number


@dataclass(frozen=True, kw_only=True)
class Look:
    """What to see of a list: so much behind one cursor, or before another."""

    limit: int
    after: str | None = None
    before: str | None = None
    descending: bool = False
    inclusive: bool = False  # with the item that the cursor points at


@dataclass(frozen=True)
class View[T]:
    """A part of a list, and the cursors that lead on from it either way, if they do."""

    items: Sequence[T]
    next: str | None
    previous: str | None
    count: Count

    def showing[R](self, items: Sequence[R]) -> "View[R]":
        return View(items, self.next, self.previous, self.count)


@dataclass(frozen=True)
class Numbered[T]:
    items: Sequence[T]
    page: int
    size: int
    more: bool
    count: Count


def view[T](walk: Callable[[Window], Page[T]], count: Count, look: Look) -> View[T]:
    """Raise Invalid for both cursors at once, and for a cursor of another list."""
    if look.after is not None and look.before is not None:
        raise Invalid(Problem("before", "cannot be given with after"))
    back = look.before is not None
    page = walk(
        Window(
            limit=look.limit,
            cursor=look.before if back else look.after,
            backwards=look.descending != back,
            inclusive=look.inclusive,
        )
    )
    items, cursors = list(page.items), list(page.cursors)
    if back:
        items, cursors = items[::-1], cursors[::-1]
    first, last = (cursors[0], cursors[-1]) if cursors else (None, None)
    more = page.cursor is not None
    return View(
        items,
        next=last if back or more else None,
        previous=first if (more if back else look.after is not None) else None,
        count=count,
    )


def numbered[T](
    walk: Callable[[Window], Page[T]], count: Callable[[], Count], page: int, size: int
) -> Numbered[T]:
    """A page by its number, from 0. Raise Invalid for one that is too far to read up to."""
    read = walk(Window(limit=needed(page, size)))
    return Numbered(
        read.items[page * size :], page=page, size=size, more=read.cursor is not None, count=count()
    )


def needed(page: int, size: int) -> int:
    """How many items are read to show the page. Raise Invalid for too many."""
    if (page + 1) * size > FURTHEST:
        raise Invalid(Problem("page", f"must not lead further than {FURTHEST} items", page))
    return (page + 1) * size
