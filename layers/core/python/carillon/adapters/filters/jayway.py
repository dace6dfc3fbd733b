"""Jayway's JSONPath by python-jsonpath, extended by what RFC 9535 lacks.

SailPoint documents that dialect: https://github.com/json-path/JsonPath. A filter may select an
object itself; there are operators on sets, `=~`, and functions at the end of a path. Every
expression runs within limits: of its length, and of the steps it takes.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from jsonpath import JSONPathEnvironment
from jsonpath.exceptions import JSONPathError
from jsonpath.path import JSONPath

from carillon.adapters.filters import limits
from carillon.adapters.filters.functions import OfPattern
from carillon.adapters.filters.grammar import JaywayLexer, JaywayParser
from carillon.adapters.filters.operators import (
    OPERATORS,
    equal_as_text,
    is_number,
    take_comparison,
)
from carillon.adapters.filters.selectors import JaywayPath
from carillon.domain.subscriptions.subscriptions import Verdict

_COMPILED = 512  # expressions kept in the warm process
# By the library, for what is no path: 1e999 is an OverflowError.
_REFUSALS = (
    JSONPathError, ArithmeticError, AssertionError, KeyError, RecursionError, ValueError,
)  # fmt: skip
# While it runs: beyond the limits, or nested deeper than the library or Python goes.
_FAILURES = (limits.TooMuch, JSONPathError, ArithmeticError, RecursionError, TimeoutError)
_STEPS_OF_A_TEMPLATE = 100_000  # for each path that a template asks for
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


def verdicts(expressions: Iterable[str], value: Any) -> Mapping[str, Verdict]:
    """Return each expression's verdict on an event: whether its path selects anything.

    They share the event's steps: an expression may take its share of what those before it left.
    """
    different = list(dict.fromkeys(expressions))
    left = limits.steps_for(value) if different else 0
    found: dict[str, Verdict] = {}
    for place, expression in enumerate(different):
        share = left // (len(different) - place)
        found[expression], spent = _judged(expression, value, share)
        left -= min(spent, left)
    return found


def _judged(expression: str, value: Any, steps: int) -> tuple[Verdict, int]:
    """Return the verdict, and the steps it took."""
    if problem(expression):
        return Verdict.FAILED, 0
    with limits.limited(steps) as work:
        try:
            matched = any(True for _ in _compiled(expression).finditer(value))
        except _FAILURES:
            return Verdict.FAILED, steps - work.left
        return Verdict.MATCHED if matched else Verdict.PASSED, steps - work.left


def exists(expression: str, value: Any) -> bool:
    """Return whether the properties that the expression names exist, whatever its filters say."""
    if verdicts([expression], value)[expression] is Verdict.MATCHED:
        return True
    if problem(expression):
        return False
    try:
        with limits.limited(limits.steps_for(value), existence_only=True):
            return any(True for _ in _compiled(expression).finditer(value))
    except _FAILURES:
        return False


def selected(expression: str, value: Any) -> Any:
    """Return what the path selects: a list, unless it can name no more than one value.

    Raise ValueError for what is no path, or is beyond the limits.
    """
    if reason := problem(expression):
        raise ValueError(reason)
    path = _compiled(expression)
    try:
        with limits.limited(_STEPS_OF_A_TEMPLATE):
            found = [match.obj for match in path.finditer(value)]
    except _FAILURES as error:
        raise ValueError("takes too much work") from error
    if path.singular_query():
        return found[0] if found else None
    return found


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

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        patterns = {"match": OfPattern(whole=True), "search": OfPattern(whole=False)}
        self.function_extensions |= patterns

    def compare(self, left: object, operator: str, right: object) -> bool:
        limits.take(1)
        if operator in OPERATORS:
            return OPERATORS[operator](left, right)
        take_comparison(left, right)
        if operator in {"==", "!="} and is_number(left) != is_number(right):
            return equal_as_text(left, right) == (operator == "==")
        return super().compare(left, operator, right)


@cache
def _environment() -> JSONPathEnvironment:
    # A cache of filters would answer for the next event with the values of this one.
    return _Jayway(filter_caching=False, well_typed=False)
