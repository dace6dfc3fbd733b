"""Pages over one listing of a table, or over several as if they were one."""

from collections.abc import Callable, Sequence

from carillon.adapters import cursors
from carillon.adapters.keys import Listing
from carillon.adapters.table import Item, Table
from carillon.domain.paging import Page


def page[T](
    table: Table,
    listings: Sequence[Listing],
    cursor: str | None,
    limit: int,
    decode: Callable[[Item], T],
) -> Page[T]:
    """At most `limit` items, one listing after the other, each in the order of its keys."""
    name = "/".join(listings[0])
    index, start = _position(name, cursor, len(listings))
    found: list[T] = []
    while index < len(listings):
        listing = listings[index]
        rows = table.query(listing, start=start, limit=limit - len(found))
        found += map(decode, rows.items)
        if rows.more:
            last = str(rows.items[-1]["sk"]).removeprefix(listing.prefix) if rows.items else ""
            return Page(found, cursors.encode(name, str(index), last))
        index, start = index + 1, ""
        if len(found) == limit and index < len(listings):
            return Page(found, cursors.encode(name, str(index), ""))
    return Page(found)


def after(id: str) -> str:
    """Where a listing starts to continue behind the id: its successor in the order of bytes."""
    return f"{id}\0" if id else ""


def _position(name: str, cursor: str | None, listings: int) -> tuple[int, str]:
    if cursor is None:
        return 0, ""
    index, last = cursors.decode(name, cursor, 2)
    return cursors.number(index, listings), after(last)
