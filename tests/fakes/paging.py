"""Pages over what a fake holds, in key order."""

from collections.abc import Mapping, Sequence

from carillon.domain import cursors
from carillon.domain.paging import Page


def page[T](listing: str, items: Mapping[str, T], cursor: str | None, limit: int) -> Page[T]:
    after = cursors.decode(listing, cursor, 1)[0] if cursor is not None else ""
    keys = sorted(key for key in items if key > after)
    shown: Sequence[str] = keys[:limit]
    more = len(keys) > limit
    return Page([items[key] for key in shown], cursors.encode(listing, shown[-1]) if more else None)
