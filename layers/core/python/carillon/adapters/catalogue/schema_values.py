"""Plain values for a schema of one type: numbers within bounds, texts by format and pattern."""

import math
import random
import re
from collections.abc import Mapping
from typing import Any

_LONGEST_TEXT = 50_000  # characters
_LONGEST_PATTERN = 200
_MOST_REPEATS = 1_000  # of all counts in a pattern, multiplied
# Texts by format (JSON Schema 2020-12, section 7.3, and OpenAPI's).
_FORMATS: Mapping[str, str] = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "email": "ana@example.com",
    "idn-email": "ana@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "https://example.com/",
    "iri": "https://example.com/",
    "iri-reference": "https://example.com/",
    "url": "https://example.com/",
    "uri-template": "https://example.com/{id}",
    "uuid": "0f11f2a4-7c94-4bf3-a2bd-742580fe3bde",
    "json-pointer": "/a",
    "relative-json-pointer": "0/a",
    "regex": "a",
    "byte": "YQ==",
}

type Schema = Mapping[str, Any]


class Underivable(ValueError):
    """No value can be derived from this part of a schema."""


def number(schema: Schema, *, whole: bool) -> float:
    """Return the first plain number within the bounds; the caller's check has the last word."""
    low = max([schema[k] for k in ("minimum", "exclusiveMinimum") if _is_number(schema, k)] or [0])
    high = [schema[k] for k in ("maximum", "exclusiveMaximum") if _is_number(schema, k)]
    step = schema.get("multipleOf", 1 if whole else None)
    top = min(high, default=low + 2 * (step or 1))
    if not high and "minimum" not in schema and "exclusiveMinimum" not in schema:
        low = min(low, top)
    elif "minimum" not in schema and "exclusiveMinimum" not in schema:
        low = min(low, top - 2 * (step or 1))
    if step:
        tried = [(math.floor(low / step) + more) * step for more in (1, 0, 2)]
    else:
        tried = [1, low + 1, (low + top) / 2, low, top]
    out = {schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")} - {True, False, None}
    for value in tried:
        if low <= value <= top and value not in out:
            return int(value) if whole or value == int(value) else value
    raise Underivable


def _is_number(schema: Schema, key: str) -> bool:
    value = schema.get(key)
    return isinstance(value, int | float) and not isinstance(value, bool)


def text(schema: Schema, name: str) -> str:
    """Return a text by the pattern or the format, else the name; within the lengths."""
    found: str = _FORMATS.get(schema.get("format", ""), name)
    if "pattern" in schema:
        found = _matching(schema["pattern"])
    least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", _LONGEST_TEXT))
    if least > _LONGEST_TEXT:
        raise Underivable
    if len(found) < least:
        return ((found or "x") * math.ceil(least / len(found or "x")))[:least]
    return found[: max(least, most)]


def _matching(pattern: str) -> str:
    """Return a short text that a simple pattern matches."""
    import rstr  # noqa: PLC0415 - few schemas have patterns

    counts = (int(count or 0) for count in re.findall(r"\{(\d{0,6})", pattern))
    escaped = re.search(r"\\[uUpPN]", pattern) or not pattern.isascii()
    if escaped or len(pattern) > _LONGEST_PATTERN:
        raise Underivable
    if math.prod(max(1, count) for count in counts) > _MOST_REPEATS:
        raise Underivable
    try:
        return rstr.Rstr(_Least()).xeger(pattern)
    except (KeyError, IndexError, OverflowError) as error:  # what rstr has no rule for
        raise Underivable from error


class _Least(random.Random):
    """Chooses what is shortest and plainest, always the same."""

    def randint(self, a: int, b: int) -> int:  # noqa: ARG002 - the signature is random's
        return a

    def choice(self, seq: Any) -> Any:
        plain = [one for one in seq if isinstance(one, str) and one.isalnum()]
        return min(plain, default=seq[0])
