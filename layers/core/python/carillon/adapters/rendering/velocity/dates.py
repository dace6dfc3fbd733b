"""Dates as Java's SimpleDateFormat and DateFormat write them, in American English.

Source: https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/text/SimpleDateFormat.html
"""

import re
from calendar import day_abbr, day_name, month_abbr, month_name
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from carillon.adapters.rendering.velocity.signatures import Refused

SHORT, MEDIUM, LONG, FULL = 3, 2, 1, 0  # the numbers of java.text.DateFormat
STYLES: Mapping[str, int] = {
    "short": SHORT,
    "medium": MEDIUM,
    "default": MEDIUM,
    "long": LONG,
    "full": FULL,
}
AS_TEXT = "EEE MMM dd HH:mm:ss zzz yyyy"  # how Java shows a date that nobody formats
_DATES = {
    SHORT: "M/d/yy",
    MEDIUM: "MMM d, yyyy",
    LONG: "MMMM d, yyyy",
    FULL: "EEEE, MMMM d, yyyy",
}
_TIMES = {SHORT: "h:mm a", MEDIUM: "h:mm:ss a", LONG: "h:mm:ss a z", FULL: "h:mm:ss a zzzz"}
_LONGEST_PATTERN = 200
_PART = re.compile(r"'((?:[^']|'')*)'|(([A-Za-z])\3*)")
_FULL_NAME = 4  # letters, from which on a name is written out
_YEAR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MILLISECONDS = 1000
_LAST_OF_SHORT_YEARS = 46  # from which on two digits are of the last century
_MONTHS = {name.lower(): number for number, name in enumerate(month_abbr) if name}
_UTC_NAME = "Coordinated Universal Time"


def moment_of(value: Any) -> datetime | None:
    """Return the date that a value is: ISO 8601, or milliseconds since 1970; else None."""
    try:
        if isinstance(value, datetime):
            return value
        if isinstance(value, str) and _YEAR.match(value):
            found = datetime.fromisoformat(value)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
    except (ValueError, OverflowError):
        pass
    return None


def milliseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def styled(at: datetime, date: int | None, time: int | None) -> str:
    """Write a date, a time, or both, in a style each; raise Refused for an unknown style."""
    if date not in {*_DATES, None} or time not in {*_TIMES, None}:
        raise Refused
    joint = " 'at' " if {date, time} <= {LONG, FULL} else ", "
    return formatted(at, joint.join(filter(None, (_DATES.get(date), _TIMES.get(time)))))  # type: ignore[arg-type]


def formatted(at: datetime, pattern: str) -> str:
    """Raise Refused for a letter that means nothing, as Java does."""
    if len(pattern) > _LONGEST_PATTERN:
        raise Refused

    def written(match: re.Match[str]) -> str:
        if match[2] is None:
            return match[1].replace("''", "'") or "'"
        letter = _LETTERS.get(match[3])
        if letter is None:
            raise Refused
        return letter(at, len(match[2]))

    return _PART.sub(written, pattern)


@cache
def zone(name: str) -> tzinfo:
    """Return a time zone; that of all dates for an unknown name, as SailPoint does."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return UTC


def parsed(text: str, pattern: str) -> datetime | None:
    """Read a date by a pattern, as far as that goes; None if the text is none, or has no such day.

    Raise Refused for a pattern that cannot be read by.
    """
    if len(pattern) > _LONGEST_PATTERN:
        raise Refused
    found = _reader(pattern).match(text)
    parts = found.groupdict() if found else {}
    number = {name: int(part) for name, part in parts.items() if part.isdigit()}
    year, hour = number.get("y", 1970), number.get("H", number.get("k", 0) % 24)
    if "y" in parts and len(parts["y"]) == len("yy"):
        year += 2000 if year <= _LAST_OF_SHORT_YEARS else 1900
    if "h" in parts or "K" in parts:
        afternoon = parts.get("a", "").upper() == "PM"
        hour = number.get("h", number.get("K", 0)) % 12 + (12 if afternoon else 0)
    month = number.get("M") or _MONTHS.get(parts.get("M", "")[:3].lower(), 1)
    try:
        at = datetime(
            *(year, month, number.get("d", 1), hour, number.get("m", 0), number.get("s", 0)),
            number.get("S", 0) * _MILLISECONDS,
            tzinfo=_read_zone(parts.get("X") or parts.get("Z") or parts.get("z") or ""),
        )
        return at.astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=64)
def _reader(pattern: str) -> re.Pattern[str]:
    """Return what a text by the pattern looks like, with a group for each letter."""
    pieces, at = [], 0
    for match in _PART.finditer(pattern):
        pieces.append(re.escape(pattern[at : match.start()]))
        at = match.end()
        if match[2] is None:
            pieces.append(re.escape(match[1].replace("''", "'") or "'"))
        else:
            follows = pattern[at : at + 1].isalpha()
            pieces.append(f"(?P<{match[3]}>{_looks(match[3], len(match[2]), follows=follows)})")
    pieces.append(re.escape(pattern[at:]))
    try:
        return re.compile("".join(pieces), re.IGNORECASE)
    except re.error:  # a letter twice
        raise Refused from None


def _looks(letter: str, width: int, *, follows: bool) -> str:
    """Return how a letter's part looks; of its own width if other digits follow."""
    if letter in "ML" and width > len("MM"):
        return "[a-z]+"
    if letter in "EaG":
        return "[a-z]+"
    if letter in "zZX":
        return "Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}"
    if letter not in "yMdHkKhmsS":
        raise Refused
    return f"[0-9]{{{width}}}" if follows else "[0-9]{1,4}"


def _read_zone(text: str) -> tzinfo:
    if text[:1] not in {"+", "-"}:
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _named(names: Any, number: int, width: int, short: Any) -> str:
    return str(names[number] if width >= _FULL_NAME else short[number])


def _month(at: datetime, width: int) -> str:
    if width > len("MM"):
        return _named(month_name, at.month, width, month_abbr)
    return _digits(at.month, width)


def _digits(number: int, width: int) -> str:
    return str(number).rjust(width, "0")


def _years(number: int, width: int) -> str:
    return _digits(number % 100, 2) if width == len("yy") else _digits(number, width)


def _week(at: datetime) -> tuple[int, int]:
    """Return the year and the week of America: from Sunday on, January 1 in the first."""
    sunday = at - timedelta(days=(at.weekday() + 1) % 7)
    saturday = sunday + timedelta(days=6)
    first = saturday.replace(month=1, day=1)
    first_sunday = first - timedelta(days=(first.weekday() + 1) % 7)
    return saturday.year, (sunday.date() - first_sunday.date()).days // 7 + 1


def _zone_name(at: datetime, width: int) -> str:
    name = at.tzname() or "UTC"
    return _UTC_NAME if name == "UTC" and width >= _FULL_NAME else name


def _offset(at: datetime, separator: str) -> str:
    minutes = (at.utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{separator}{rest:02}"


def _iso_offset(at: datetime, width: int) -> str:
    if not at.utcoffset():
        return "Z"
    return _offset(at, ":" if width == len("XXX") else "")[: 3 if width == 1 else None]


type _Letter = Callable[[datetime, int], str]

_LETTERS: Mapping[str, _Letter] = {
    "G": lambda _, __: "AD",
    "y": lambda at, width: _years(at.year, width),
    "Y": lambda at, width: _years(_week(at)[0], width),
    "M": _month,
    "L": _month,
    "w": lambda at, width: _digits(_week(at)[1], width),
    "D": lambda at, width: _digits(at.timetuple().tm_yday, width),
    "d": lambda at, width: _digits(at.day, width),
    "F": lambda at, width: _digits((at.day - 1) // 7 + 1, width),
    "E": lambda at, width: _named(day_name, at.weekday(), width, day_abbr),
    "u": lambda at, width: _digits(at.isoweekday(), width),
    "a": lambda at, _: "AM" if at.hour < 12 else "PM",  # noqa: PLR2004 - noon
    "H": lambda at, width: _digits(at.hour, width),
    "k": lambda at, width: _digits(at.hour or 24, width),
    "K": lambda at, width: _digits(at.hour % 12, width),
    "h": lambda at, width: _digits(at.hour % 12 or 12, width),
    "m": lambda at, width: _digits(at.minute, width),
    "s": lambda at, width: _digits(at.second, width),
    "S": lambda at, width: _digits(at.microsecond // _MILLISECONDS, width),
    "z": _zone_name,
    "Z": lambda at, _: _offset(at, ""),
    "X": _iso_offset,
}
