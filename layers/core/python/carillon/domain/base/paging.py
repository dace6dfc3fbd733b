"""One page of a longer list."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from carillon.domain.base import cursors


@dataclass(frozen=True)
class Page[T]:
    """Items, and the cursor that continues after them; None at the end.

    `cursors` continue after each of the items, in lists that can be cut anywhere.
    """

    items: Sequence[T]
    cursor: str | None = None
    cursors: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Window:
    """The part of a list to read: so many items behind the cursor, or before it, backwards.

    `inclusive` begins with the item that the cursor points at.
    """

    limit: int
    cursor: str | None = None
    backwards: bool = False
    inclusive: bool = False


@dataclass(frozen=True)
class Count:
    """How many there are; at least so many when `capped`."""

    total: int
    capped: bool = False


def sift[T, R](page: Page[T], kept: Sequence[R | None], limit: int) -> Page[R]:
    """The first of what is kept of a page's items, each in its item's place, or None."""
    places = [place for place, one in enumerate(kept) if one is not None]
    cursor = page.cursors[places[limit - 1]] if len(places) > limit else page.cursor
    return Page([one for one in kept if one is not None][:limit], cursor)


def page_of[T](
    items: Iterable[T], key: Callable[[T], str], cursor: str | None, limit: int
) -> Page[T]:
    """A page of what a store returns whole: in the order of the key, which is the cursor too."""
    rest = sorted((item for item in items if key(item) > (cursor or "")), key=key)
    return Page(rest[:limit], key(rest[limit - 1]) if len(rest) > limit else None)


def gathered[T](
    read: Callable[[str | None, int], Page[T]], cursor: str | None, most: int, *, step: int = 100
) -> Page[T]:
    """Page after page as one, until the list ends or there are as many as are wanted."""
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
    """A list that is held whole, in the order of the key, to be read window by window."""
    ordered = sorted(items, key=lambda item: tuple(key(item)))

    def walk(window: Window) -> Page[T]:
        rest = ordered[::-1] if window.backwards else ordered
        if window.cursor is not None:
            parts = len(key(ordered[0])) if ordered else 1
            at = tuple(cursors.decode(listing, window.cursor, parts)) if ordered else ()
            rest = [item for item in rest if _is_behind(tuple(key(item)), at, window)]
        shown = rest[: window.limit]
        places = [cursors.encode(listing, *key(item)) for item in shown]
        return Page(shown, places[-1] if len(rest) > window.limit else None, places)

    return walk


def _is_behind(place: tuple[str, ...], at: tuple[str, ...], window: Window) -> bool:
    if place == at:
        return window.inclusive
    return place < at if window.backwards else place > at
