"""Jayway's JSONPath by python-jsonpath, extended by what RFC 9535 lacks.

SailPoint documents that dialect: https://github.com/json-path/JsonPath. A filter may select an
object itself; there are operators on sets, `=~`, and functions at the end of a path. Every
expression runs within limits: of its length, the nodes it visits, and the time of its patterns.
"""

import re
from functools import cache, lru_cache
from typing import Any

from jsonpath import JSONPathEnvironment
from jsonpath.exceptions import JSONPathError
from jsonpath.path import JSONPath

from carillon.adapters.filters import limits
from carillon.adapters.filters.grammar import JaywayLexer, JaywayParser
from carillon.adapters.filters.operators import OPERATORS, equal_as_text, is_number
from carillon.adapters.filters.selectors import JaywayPath

_COMPILED = 512  # expressions kept in the warm process
# By the library, for what is no path: 1e999 is an OverflowError.
_REFUSALS = (
    JSONPathError, ArithmeticError, AssertionError, KeyError, RecursionError, ValueError,
)  # fmt: skip
# The one form of script that is in use: `[(@.length-1)]`.
_FROM_THE_END = re.compile(r"\[\s*\(\s*@\.length(?:\(\))?\s*-\s*(\d{1,9})\s*\)\s*\]")


def problem(expression: str) -> str:
    """Return why an expression cannot be used; empty when it can."""
    if not expression.strip():
        return "must not be empty"
    if len(expression) > limits.LONGEST:
        return f"must not be longer than {limits.LONGEST} characters"
    if limits.depth(expression) > limits.DEEPEST:
        return f"must not have brackets nested deeper than {limits.DEEPEST}"
    try:
        _compiled(expression)
    except _REFUSALS as error:
        return f"is not JSONPath: {str(error).splitlines()[0][:200] if str(error) else 'syntax'}"
    return ""


def matches(expression: str, value: Any) -> bool:
    """Return whether the path selects anything; False beyond the limits."""
    return _selects(expression, value, existence_only=False)


def exists(expression: str, value: Any) -> bool:
    """Return whether the properties that the expression names exist, whatever its filters say."""
    return matches(expression, value) or _selects(expression, value, existence_only=True)


def selected(expression: str, value: Any) -> Any:
    """Return what the path selects: a list, unless it can name no more than one value.

    Raise ValueError for what is no path, or is beyond the limits.
    """
    if reason := problem(expression):
        raise ValueError(reason)
    path = _compiled(expression)
    try:
        with limits.limited(existence_only=False):
            found = [match.obj for match in path.finditer(value)]
    except (limits.TooMuch, JSONPathError, ArithmeticError, RecursionError, TimeoutError) as error:
        raise ValueError("takes too much work") from error
    if path.singular_query():
        return found[0] if found else None
    return found


def _selects(expression: str, value: Any, *, existence_only: bool) -> bool:
    if problem(expression):
        return False
    try:
        with limits.limited(existence_only=existence_only):
            return any(True for _ in _compiled(expression).finditer(value))
    except (limits.TooMuch, JSONPathError, ArithmeticError, RecursionError, TimeoutError):
        return False


@lru_cache(maxsize=_COMPILED)
def _compiled(expression: str) -> JaywayPath:
    environment = _environment()
    found = environment.compile(_FROM_THE_END.sub(r"[-\1]", expression))
    if not isinstance(found, JSONPath):
        raise ValueError("paths cannot be joined")  # noqa: TRY004 - an error in the expression
    return JaywayPath(env=environment, segments=found.segments)


class _Jayway(JSONPathEnvironment):
    lexer_class = JaywayLexer
    parser_class = JaywayParser
    # Extensions of the library that Jayway lacks.
    pseudo_root_token = ""
    filter_context_token = ""
    intersection_token = ""
    key_token = ""
    keys_filter_token = ""
    union_token = ""
    keys_selector_token = "\x00"  # noqa: S105 - it may not be empty

    def compare(self, left: object, operator: str, right: object) -> bool:
        if operator in OPERATORS:
            return OPERATORS[operator](left, right)
        if operator in {"==", "!="} and is_number(left) != is_number(right):
            return equal_as_text(left, right) == (operator == "==")
        return super().compare(left, operator, right)


@cache
def _environment() -> JSONPathEnvironment:
    # A cache of filters would answer for the next event with the values of this one.
    return _Jayway(filter_caching=False, well_typed=False)
