"""Pages over what a fake holds, in key order."""

from collections.abc import Mapping
from functools import lru_cache

from carillon.domain.base import cursors, ids
from carillon.domain.base.paging import Count, Page, Window

# As ids.shard; a simulation asks for the same ones all the time.
shard_of = lru_cache(maxsize=100_000)(ids.shard)


def page[T](
    listing: str,
    items: Mapping[str, T],
    cursor: str | None,
    limit: int,
    *,
    backwards: bool = False,
) -> Page[T]:
    keys = sorted(items, reverse=backwards)
    if cursor is not None:
        [last] = cursors.decode(listing, cursor, 1)
        keys = [key for key in keys if (key < last if backwards else key > last)]
    shown = keys[:limit]
    behind = [cursors.encode(listing, key) for key in shown]
    more = len(keys) > limit
    return Page([items[key] for key in shown], behind[-1] if more else None, behind)


def walk[T](listing: str, items: Mapping[str, T], window: Window) -> Page[T]:
    keys = sorted(items, reverse=window.backwards)
    if window.cursor is not None:
        [last] = cursors.decode(listing, window.cursor, 1)
        keys = [
            key
            for key in keys
            if (key < last if window.backwards else key > last)
            or (window.inclusive and key == last)
        ]
    shown = keys[: window.limit]
    behind = [cursors.encode(listing, key) for key in shown]
    more = len(keys) > window.limit
    return Page([items[key] for key in shown], behind[-1] if more else None, behind)


def count(items: Mapping[str, object]) -> Count:
    return Count(len(items))
