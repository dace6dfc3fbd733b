"""Pages of one listing of a table, or of several as if they were one."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.keys import Listing
from carillon.adapters.aws.table import Rows, Table, size_of
from carillon.domain.base import cursors
from carillon.domain.base.paging import Count, Page, Window
from carillon.telemetry.log_context import Pool

# Characters of a page's items as they are stored. Answers name more fields, and Lambda takes 6 MB.
_ROOM = 2_500_000

# Reads shards at the same time. Its threads start on first use.
_readers: Executor = Pool(max_workers=16, thread_name_prefix="read")


def page[T](
    table: Table,
    listings: Sequence[Listing],
    cursor: str | None,
    limit: int,
    decode: Callable[[Item], T],
) -> Page[T]:
    """Return at most `limit` items: one listing after the other, each in order of its keys.

    There are fewer where they are so large that an answer would not hold them.
    """
    name = "/".join(listings[0])
    index, start = _position(name, cursor, len(listings))
    found: list[T] = []
    room = _ROOM
    while index < len(listings):
        listing = listings[index]
        if room <= 0:
            return Page(found, cursors.encode(name, str(index), start))
        rows = table.query(listing, start=start, limit=limit - len(found), room=room)
        found += map(decode, rows.items)
        room -= sum(map(size_of, rows.items))
        if rows.more:
            last = str(rows.items[-1]["sk"]).removeprefix(listing.prefix) if rows.items else ""
            return Page(found, cursors.encode(name, str(index), last))
        index, start = index + 1, ""
        if len(found) == limit and index < len(listings):
            return Page(found, cursors.encode(name, str(index), ""))
    return Page(found)


def walk[T](
    table: Table, listings: Sequence[Listing], window: Window, decode: Callable[[Item], T]
) -> Page[T]:
    """Return the items of `page` in either direction, with the cursor of each item."""
    name = "/".join(listings[0])
    order = range(len(listings))
    index, last = 0 if not window.backwards else order[-1], ""
    if window.cursor is not None:
        index, last = _place(name, window.cursor, len(listings))
    skipped = "" if window.inclusive else last
    found: list[tuple[int, Item]] = []
    room, cut = _ROOM, False
    for number in order[index:] if not window.backwards else order[index::-1]:
        listing = listings[number]
        bound = last if number == index else ""
        rows = table.query(
            listing,
            start="" if window.backwards else bound,
            end=bound if window.backwards else "",
            backwards=window.backwards,
            limit=window.limit + 2 - len(found),  # one to skip, one to know that there is more
            room=room,
            fewest=2 if skipped and number == index else 1,
        )
        found += [
            (number, item)
            for item in rows.items
            if not (skipped and number == index and item["sk"] == listing.prefix + skipped)
        ]
        room -= sum(map(size_of, rows.items))
        cut = bool(found) and (rows.more or room <= 0)  # by their size, if not by their number
        if cut or len(found) > window.limit:
            break
    shown = found[: window.limit]
    cursors_ = [
        cursors.encode(name, str(number), str(item["sk"]).removeprefix(listings[number].prefix))
        for number, item in shown
    ]
    more = cut or len(found) > window.limit
    return Page([decode(item) for _, item in shown], cursors_[-1] if more else None, cursors_)


def count(table: Table, listings: Sequence[Listing], *, each: int) -> Count:
    """Count the items of all listings, up to a limit in each."""
    counted = side_by_side(lambda listing: table.count(listing, limit=each), listings)
    return Count(sum(total for total, _ in counted), any(more for _, more in counted))


def newest(
    table: Table, listing: Listing, *, since: str, until: str, before: str | None, limit: int
) -> Rows:
    """Return the last items first, from `until` down to `since`, after `before` of the last page.

    All three bounds are sort keys without the listing's prefix.
    """
    end = until if before is None else min(before, until)
    rows = table.query(listing, start=since, end=end, backwards=True, limit=limit + 1)
    items = [row for row in rows.items if row["sk"] != f"{listing.prefix}{before}"]
    return Rows(items[:limit], more=rows.more or len(items) > limit)


def side_by_side[T](read: Callable[[Listing], T], listings: Sequence[Listing]) -> Sequence[T]:
    """Read all listings at the same time; return the results in their order."""
    return list(_readers.map(read, listings))


def after(id: str) -> str:
    """Return the start of a listing that continues after the id: its successor in byte order."""
    return f"{id}\0" if id else ""


def _position(name: str, cursor: str | None, listings: int) -> tuple[int, str]:
    if cursor is None:
        return 0, ""
    index, last = _place(name, cursor, listings)
    return index, after(last)


def _place(name: str, cursor: str, listings: int) -> tuple[int, str]:
    index, last = cursors.decode(name, cursor, 2)
    return cursors.number(index, listings), last
