"""The offsets of time zones, for an engine of JavaScript that has none: tzdata by zoneinfo."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import tzdata

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WEEK = timedelta(days=7)  # no zone changes its offset and back within one
_SECOND = timedelta(seconds=1)
# Years that tzdata is asked for. Others are taken for one of the last 400, after which the calendar
# and its weekdays repeat.
_FIRST, _LAST, _CYCLE = 1900, 2399, 400
_CYCLE_SECONDS = 146_097 * 24 * 60 * 60


def names() -> Sequence[str]:
    """Return the names of all zones."""
    return (Path(tzdata.__file__).parent / "zones").read_text().split()


def offsets(name: str, year: int) -> Sequence[tuple[int, int]]:
    """Return from when on a zone has which offset in a year of UTC.

    Both are in seconds: since 1970, and from UTC. Raise ZoneInfoNotFoundError for an unknown name.
    """
    zone = ZoneInfo(name)
    cycles = 0 if _FIRST <= year <= _LAST else (year - _LAST - 1) // _CYCLE + 1
    shown = year - cycles * _CYCLE
    begin, end = datetime(shown, 1, 1, tzinfo=UTC), datetime(shown + 1, 1, 1, tzinfo=UTC)
    found = [(_seconds(begin), _offset(zone, begin))]
    at = begin
    while at < end:
        later = min(at + _WEEK, end)
        if _offset(zone, later) != found[-1][1]:
            change = _change(zone, at, later)
            found.append((_seconds(change), _offset(zone, change)))
        at = later
    return [(since + cycles * _CYCLE_SECONDS, offset) for since, offset in found]


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first second of the offset that the zone has `after`."""
    old = _offset(zone, before)
    while after - before > _SECOND:
        middle = (before + (after - before) // 2).replace(microsecond=0)
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 - a ZoneInfo always knows
    return int(offset.total_seconds())


def _seconds(at: datetime) -> int:
    return (at - _EPOCH) // _SECOND
