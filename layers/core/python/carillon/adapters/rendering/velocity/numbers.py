"""Numbers as Java computes, compares and prints them."""

import re
from decimal import ROUND_HALF_DOWN, Context, Decimal
from math import fmod, isfinite
from typing import Any

from carillon.adapters.rendering.velocity.state import LARGEST_NUMBER, LimitExceeded

type Number = int | float | Decimal

_LONG = 2**63
_INTEGER = 2**31
_DECIMALS = Context(prec=200)
_LONGEST = 200  # characters of a text that is a number
_PATTERN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_PLAIN_FROM, _PLAIN_TO = -3, 7  # powers of ten between which a double has no exponent


def is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def number_of(value: Any) -> Number | None:
    """Return a number, or the one that a text is, or None."""
    if is_number(value):
        return value  # type: ignore[no-any-return]
    if isinstance(value, str) and len(value) <= _LONGEST and _PATTERN.fullmatch(value):
        return Decimal(value)
    return None


def compare(left: Number, right: Number) -> int:
    if isinstance(left, Decimal) or isinstance(right, Decimal) or _mixes_long(left, right):
        a, b = _decimal(left), _decimal(right)
        return (a > b) - (a < b)
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    return (left > right) - (left < right)


def calculate(operator: str, left: Number, right: Number) -> Number | None:
    """Return the result, or None where Java has none, as for a division by zero."""
    if operator in "/%" and not right:
        return None
    try:
        if isinstance(left, Decimal) or isinstance(right, Decimal) or _mixes_long(left, right):
            return _of_decimals(operator, _decimal(left), _decimal(right))
        if isinstance(left, float) or isinstance(right, float):
            return _of_doubles(operator, float(left), float(right))
    except (ArithmeticError, ValueError):  # an infinite number's remainder
        return None
    return _bounded(_of_integers(operator, left, right))


def negated(value: Number) -> Number:
    return value.copy_negate() if isinstance(value, Decimal) else -value


def text_of(value: Number) -> str:
    return _double(value) if isinstance(value, float) else str(value)


def _mixes_long(left: Number, right: Number) -> bool:
    """Say whether an integer too long for 64 bits meets a fraction."""
    one = next((n for n in (left, right) if isinstance(n, int)), 0)
    has_fraction = isinstance(left, float) or isinstance(right, float)
    return has_fraction and not -_LONG <= one < _LONG


def _decimal(value: Number) -> Decimal:
    """Convert as Java does: a short integer goes by way of a double, and gets a fraction."""
    if isinstance(value, int) and -_INTEGER <= value < _INTEGER:
        return Decimal(f"{value}.0")
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _of_integers(operator: str, left: int, right: int) -> int:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    quotient = abs(left) // abs(right)
    if (left < 0) != (right < 0):
        quotient = -quotient  # towards zero
    return quotient if operator == "/" else left - quotient * right


def _of_doubles(operator: str, left: float, right: float) -> float:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case _:
            return fmod(left, right)


def _of_decimals(operator: str, left: Decimal, right: Decimal) -> Decimal | None:
    match operator:
        case "+":
            return _DECIMALS.add(left, right)
        case "-":
            return _DECIMALS.subtract(left, right)
        case "*":
            return _DECIMALS.multiply(left, right)
        case "/":
            scale = Decimal(1).scaleb(int(left.as_tuple().exponent))
            quotient = _DECIMALS.divide(left, right)
            return quotient.quantize(scale, ROUND_HALF_DOWN, _DECIMALS)
        case _:
            return None  # Java refuses it


def _bounded(value: int) -> int:
    if value.bit_length() > LARGEST_NUMBER:
        raise LimitExceeded("makes too large a number")
    return value


def _double(value: float) -> str:
    """Write as Double.toString: 1.0, 1.0E10."""
    if not isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, exponent = "".join(map(str, digits)), int(exponent)
    minus = "-" if sign else ""
    power = len(text) + exponent - 1
    if text == "0":
        return f"{minus}0.0"
    if not _PLAIN_FROM <= power < _PLAIN_TO:
        return f"{minus}{text[0]}.{text[1:] or '0'}E{power}"
    if power < 0:
        return f"{minus}0.{'0' * (-power - 1)}{text}"
    text = text.ljust(power + 1, "0")
    return f"{minus}{text[: power + 1]}.{text[power + 1 :] or '0'}"
