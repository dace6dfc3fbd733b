"""Numbers as Java's NumberFormat and DecimalFormat write them, in American English.

Source: https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/text/DecimalFormat.html
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException
from typing import Any

from carillon.adapters.rendering.velocity import numbers
from carillon.adapters.rendering.velocity.signatures import Refused

_PATTERN = re.compile(
    r"(?P<before>[^#0,.%';]*)(?P<whole>[#0,]*)(?:\.(?P<part>[0#]*))?(?P<after>[^#0,.';]*)"
)
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_EVEN)
_MOST_DIGITS = 60  # of a pattern
_GROUP = 3


@dataclass(frozen=True)
class _Format:
    """How many digits a number has, and what stands around it."""

    before: str = ""
    after: str = ""
    integers: int = 1  # at least
    least: int = 0  # digits behind the point
    most: int = 3
    grouped: bool = True
    shift: int = 0  # powers of ten: of a percentage, two


_STYLES = {
    "default": _Format(),
    "number": _Format(),
    "integer": _Format(most=0),
    "percent": _Format(after="%", most=0, shift=2),
    "currency": _Format(before="$", least=2, most=2),
}


def formatted(value: Any, style: str) -> str:
    """Write a number in a style or by a pattern; raise Refused for what is no number."""
    number = numbers.number_of(value)
    if number is None:
        raise Refused
    how = _STYLES.get(style) or _read(style)
    try:
        exact = Decimal(numbers.text_of(number)).scaleb(how.shift)
        rounded = exact.quantize(Decimal(1).scaleb(-how.most), context=_ROUNDING)
    except (DecimalException, ValueError):
        raise Refused from None
    return _written(rounded, how)


def _read(pattern: str) -> _Format:
    found = _PATTERN.fullmatch(pattern)
    if not found or len(pattern) > _MOST_DIGITS or not (found["whole"] or found["part"]):
        raise Refused
    whole, part = found["whole"], found["part"] or ""
    return _Format(
        before=found["before"],
        after=found["after"],
        integers=whole.count("0"),
        least=part.count("0"),
        most=len(part),
        grouped="," in whole,
        shift=2 if "%" in found["after"] else 0,
    )


def _written(number: Decimal, how: _Format) -> str:
    whole, _, part = f"{abs(number):f}".partition(".")
    whole = whole.lstrip("0").rjust(how.integers, "0")
    while len(part) > how.least and part.endswith("0"):
        part = part[:-1]
    if how.grouped:
        start = len(whole) % _GROUP
        groups = [whole[:start], *(whole[i : i + _GROUP] for i in range(start, len(whole), _GROUP))]
        whole = ",".join(filter(None, groups))
    if not whole and not part:
        whole = "0"
    minus = "-" if number.is_signed() else ""
    return f"{minus}{how.before}{whole}{f'.{part}' if part else ''}{how.after}"
