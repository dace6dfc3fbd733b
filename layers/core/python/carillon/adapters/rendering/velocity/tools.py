"""SailPoint's helpers: `$__esc`, `$__dateTool`, `$__numberTool`, `$__util` and `$spTools`.

Those that need no more than what they are given; they follow the Velocity Tools of the same names.
Source: https://developer.sailpoint.com/docs/api/v2026/get-notification-template-variables
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from html.entities import codepoint2name
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from carillon.adapters.filters import jayway
from carillon.adapters.rendering.velocity import amounts, dates, numbers, values
from carillon.adapters.rendering.velocity.markup import Marked
from carillon.adapters.rendering.velocity.signatures import Method, Refused, Tool
from carillon.adapters.rendering.velocity.state import Rendering, check_length
from carillon.domain.catalogue.markups import HTML
from carillon.domain.delivery import velocity_vocabulary

_STEPS_OF_PATH = 1_000  # what a path may cost, in steps of a rendering
_BACKSLASHED = {"\\": "\\\\", '"': '\\"'} | {
    character: f"\\{letter}" for character, letter in zip("\n\r\t\b\f", "nrtbf", strict=True)
}
_ENTITIES = {chr(code): f"&{name};" for code, name in codepoint2name.items()}
_XML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def _escaping(change: Callable[[str], str], *, kind: str = "") -> Method:
    """Return a method that escapes what a value is shown as.

    What is escaped as HTML is the author's in HTML. In another markup, as within JSON, the value
    is escaped as that needs it, once.
    """

    def escaped(rendering: Rendering, _: Tool, value: Any) -> str:
        text = values.text_of(value)
        if text is None:
            raise Refused
        is_html = kind == "html" and rendering.markup is HTML
        is_done = kind == "html" or (kind == "json" and rendering.json)
        if rendering.marks and is_done and not is_html:
            return text
        made = change(str(text))
        check_length(len(made))
        return Marked(made, made) if is_html else made

    return Method(escaped, (object,))


def _by(table: Mapping[str, str]) -> Callable[[str], str]:
    numbered = {ord(character): text for character, text in table.items()}
    return lambda text: text.translate(numbered)


def _in_code(more: Mapping[str, str]) -> Callable[[str], str]:
    """Escape for a string in a program, in ASCII."""
    change = _by({**_BACKSLASHED, **more})
    return lambda text: _NOT_ASCII.sub(_as_units, change(text))


def _as_units(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex().upper()}" for i in range(0, len(units), 2))


def _url(text: str) -> str:
    return quote_plus(text, safe="*", errors="replace").replace("~", "%7E")


ESCAPE = Tool(
    {
        "html": _escaping(_by(_ENTITIES), kind="html"),
        "xml": _escaping(_by(_XML), kind="html"),
        "url": _escaping(_url),
        "unurl": _escaping(unquote_plus),
        "java": _escaping(_in_code({})),
        "javascript": _escaping(_in_code({"'": "\\'", "/": "\\/"})),
        "json": _escaping(_in_code({"/": "\\/"}), kind="json"),
        "sql": _escaping(_by({"'": "''"})),
    }
)


def _moment(value: Any) -> datetime:
    found = dates.moment_of(value)
    if found is None:
        raise Refused
    return found


def _now(rendering: Rendering) -> datetime:
    return _moment(rendering.variables.get(velocity_vocabulary.NOW))


def _written(at: datetime, how: str) -> str:
    """Write a date in a style (`medium`, `short_date`) or by a pattern."""
    style, _, part = how.partition("_")
    if style in dates.STYLES and part in {"", "date", "time"}:
        number = dates.STYLES[style]
        return dates.styled(
            at, None if part == "time" else number, None if part == "date" else number
        )
    return dates.formatted(at, how)


def _format_date(_: Rendering, __: Tool, *given: Any) -> str:
    """Format a date by default; by a pattern; by a style of date and one of time."""
    match given:
        case [value]:
            return _written(_moment(value), "default")
        case [str(how), value]:
            return _written(_moment(value), how)
        case [str(date), str(time), value] if date in dates.STYLES and time in dates.STYLES:
            return dates.styled(_moment(value), dates.STYLES[date], dates.STYLES[time])
        case _:
            raise Refused


def _get_now(rendering: Rendering, tool: Tool, *given: str) -> str:
    return _format_date(rendering, tool, *given, _now(rendering))


def _part_of(read: Callable[[datetime], int]) -> Method:
    def part(rendering: Rendering, _: Tool, *given: Any) -> int:
        return read(_moment(given[0]) if given else _now(rendering))

    return Method(part, (object,), optional=1)


def _to_date(_: Rendering, __: Tool, *given: Any) -> datetime | None:
    """Return a value as a date, or a text that is one by a pattern."""
    match given:
        case [str(pattern), str(text)]:
            return dates.parsed(text, pattern)
        case [value] | [str(_), value]:
            return dates.moment_of(value)
        case _:
            raise Refused


_TO_DATE = Method(_to_date, (object, object), optional=1)
_DATE_NOW = Method(lambda rendering, _: _now(rendering), ())
DATES = Tool(
    {
        "format": Method(_format_date, (object, object, object), optional=2),
        "get": Method(_get_now, (str, str), optional=1),
        "getDate": _DATE_NOW,
        "getCalendar": _DATE_NOW,
        "getDay": _part_of(lambda at: at.day),
        "getMonth": _part_of(lambda at: at.month - 1),  # Java counts from 0
        "getYear": _part_of(lambda at: at.year),
        "toDate": _TO_DATE,
        "toCalendar": _TO_DATE,
    }
)


def _format_number(_: Rendering, __: Tool, *given: Any) -> str:
    match given:
        case [value]:
            return amounts.formatted(value, "default")
        case [str(how), value]:
            return amounts.formatted(value, how)
        case _:
            raise Refused


def _in_style(style: str) -> Method:
    return Method(lambda _, __, value: amounts.formatted(value, style), (object,))


NUMBERS = Tool(
    {
        "format": Method(_format_number, (object, object), optional=1),
        "toNumber": Method(lambda _, __, value: numbers.number_of(value), (object,)),
        **{name: _in_style(name) for name in ("currency", "integer", "number", "percent")},
    }
)


def _sailpoint_date(_: Rendering, __: Tool, value: Any, *how: Any) -> str:
    """Format a date: short; in the numbers of two styles; by a pattern."""
    at = _moment(value)
    match how:
        case []:
            return dates.styled(at, dates.SHORT, dates.SHORT)
        case [int(date), int(time)]:
            return dates.styled(at, date, time)
        case [str(pattern)]:
            return dates.formatted(at, pattern)
        case _:
            raise Refused


def _in_zone(_: Rendering, __: Tool, value: Any, name: str) -> datetime:
    return _moment(value).astimezone(dates.zone(str(name)))


def _user(rendering: Rendering, __: Tool, id: Any) -> Any:
    """Return an identity by its id, as the event's own data or its recipient tells it."""
    recipient = rendering.variables.get("__recipient")
    if isinstance(recipient, dict) and recipient.get("id") == id:
        return recipient
    data = [rendering.variables.get("__contentJson")]
    while data:
        rendering.step()
        value = data.pop()
        if isinstance(value, dict):
            if value.get("id") == id and value.get("name"):
                return value
            data.extend(value.values())
        elif isinstance(value, list):
            data.extend(value)
    return None


def _by_path(rendering: Rendering, __: Tool, value: Any, path: str) -> Any:
    rendering.step(_STEPS_OF_PATH)
    try:
        return jayway.selected(path, value)
    except ValueError:
        raise Refused from None


UTIL = Tool(
    {
        "getUser": Method(_user, (object,)),
        "getObjectByJsonPath": Method(_by_path, (object, str)),
    }
)
SAILPOINT = Tool(
    {
        "formatDate": Method(_sailpoint_date, (object, object, object), optional=2),
        "formatOffsetDateTimeForEmail": Method(
            lambda _, __, value: dates.formatted(_moment(value), dates.AS_TEXT), (object,)
        ),
        "convertToTimeZone": Method(_in_zone, (object, str)),
        "escapeHtml": _escaping(escape, kind="html"),
        "formatURL": Method(lambda _, __, url: url, (str,)),  # there is no service that redirects
    }
)

# Data of these two names goes before the helpers.
_YIELDING: Mapping[str, Tool] = {"date": DATES, "spTools": SAILPOINT}
TOOLS: Mapping[str, Tool] = {
    "__dateTool": DATES,
    "__esc": ESCAPE,
    "__numberTool": NUMBERS,
    "__util": UTIL,
}
NAMES = frozenset(name for tool in (*TOOLS.values(), SAILPOINT) for name in tool.methods)
# All names that begin as SailPoint's own do.
GLOBALS = frozenset({*TOOLS, "__contentJson", "__global", "__recipient"})


def variables(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a template with the helpers, and its data with a date for `nowDate`.

    `known` are the variables that a message has in all languages.
    """
    named = velocity_vocabulary.of_message(known)
    now = named.get(velocity_vocabulary.NOW)
    return {
        **_YIELDING,
        **named,
        velocity_vocabulary.NOW: dates.moment_of(now) or now,
        **TOOLS,
    }
