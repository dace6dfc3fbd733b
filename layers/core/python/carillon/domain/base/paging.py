"""Pages of lists by cursor: forwards, in both directions, or all in turn."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from carillon.domain.base import cursors
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName


@dataclass(frozen=True)
class Page[T]:
    """Items, and the cursor of the next page: None on the last.

    `cursors` has a cursor for each item, in lists that can continue after any item.
    """

    items: Sequence[T]
    cursor: str | None = None
    cursors: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Window:
    """The part of a list to read: up to `limit` items after the cursor, or before it if backwards.

    With `inclusive`, the cursor's own item comes first.
    """

    limit: int
    cursor: str | None = None
    backwards: bool = False
    inclusive: bool = False


@dataclass(frozen=True)
class Count:
    """A number of items; if `capped`, there are at least so many."""

    total: int
    capped: bool = False


@dataclass(frozen=True, kw_only=True)
class Look:
    """A caller's request for a part of a list, after one cursor or before another."""

    limit: int
    after: str | None = None
    before: str | None = None
    descending: bool = False
    inclusive: bool = False  # begin with the cursor's own item


@dataclass(frozen=True)
class View[T]:
    """A part of a list, with the cursors of the parts after and before it: None at an end."""

    items: Sequence[T]
    next: str | None
    previous: str | None
    count: Count

    def showing[R](self, items: Sequence[R]) -> "View[R]":
        return View(items, self.next, self.previous, self.count)


def every[T](read: Callable[[str | None, int], Page[T]], *, step: int = 100) -> Iterator[T]:
    """Yield all items of a list, page after page of `step`, to its end."""
    cursor: str | None = None
    while True:
        page = read(cursor, step)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return


def sift[T, R](page: Page[T], kept: Sequence[R | None], limit: int) -> Page[R]:
    """Return the first `limit` kept items, with the cursor after the last of them.

    `kept` has an entry for each item of the page: the item's replacement, or None to drop it.
    """
    places = [place for place, one in enumerate(kept) if one is not None]
    cursor = page.cursors[places[limit - 1]] if len(places) > limit else page.cursor
    return Page([one for one in kept if one is not None][:limit], cursor)


def page_of[T](
    items: Iterable[T], key: Callable[[T], str], listing: str, cursor: str | None, limit: int
) -> Page[T]:
    """Return a page of items that a store returns whole, sorted by key."""
    after = cursors.decode(listing, cursor, 1)[0] if cursor is not None else ""
    rest = sorted((item for item in items if key(item) > after), key=key)
    more = len(rest) > limit
    return Page(rest[:limit], cursors.encode(listing, key(rest[limit - 1])) if more else None)


def gathered[T](
    read: Callable[[str | None, int], Page[T]], cursor: str | None, most: int, *, step: int = 100
) -> Page[T]:
    """Read up to `most` items as one page, `step` at a time."""
    found: list[T] = []
    while len(found) < most:
        page = read(cursor, min(step, most - len(found)))
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
    return Page(found, cursor)


def over[T](
    items: Iterable[T], key: Callable[[T], Sequence[str]], listing: str
) -> Callable[[Window], Page[T]]:
    """Return a reader of windows over items in memory, sorted by key."""
    ordered = sorted(items, key=lambda item: tuple(key(item)))

    def walk(window: Window) -> Page[T]:
        rest = ordered[::-1] if window.backwards else ordered
        if window.cursor is not None:
            parts = len(key(ordered[0])) if ordered else None
            at = tuple(cursors.decode(listing, window.cursor, parts))
            rest = [item for item in rest if _is_behind(tuple(key(item)), at, window)]
        shown = rest[: window.limit]
        places = [cursors.encode(listing, *key(item)) for item in shown]
        return Page(shown, places[-1] if len(rest) > window.limit else None, places)

    return walk


def view[T](walk: Callable[[Window], Page[T]], count: Count, look: Look) -> View[T]:
    """Read a part of a list; raise Invalid for two cursors, or for a cursor of another list."""
    if look.after is not None and look.before is not None:
        raise Invalid(FieldProblem(FieldName.BEFORE, "cannot be given with after"))
    back = look.before is not None
    window = Window(
        limit=look.limit,
        cursor=look.before if back else look.after,
        backwards=look.descending != back,
        inclusive=look.inclusive,
    )
    with cursors.given_as(FieldName.BEFORE if back else FieldName.AFTER):
        page = walk(window)
    items, places = list(page.items), list(page.cursors)
    if back:
        items, places = items[::-1], places[::-1]
    first, last = (places[0], places[-1]) if places else (None, None)
    more = page.cursor is not None
    return View(
        items,
        next=last if back or more else None,
        previous=first if (more if back else look.after is not None) else None,
        count=count,
    )


def _is_behind(place: tuple[str, ...], at: tuple[str, ...], window: Window) -> bool:
    if place == at:
        return window.inclusive
    return place < at if window.backwards else place > at
