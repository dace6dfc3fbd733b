"""Jayway's JSONPath, in the dialect that SailPoint documents, within limits.

https://github.com/json-path/JsonPath. What it selects is what Jayway selects: `tests/references/
jayway` has its answers. Every expression runs within limits: of its length, and of its steps.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from carillon.adapters.filters import grammar, limits
from carillon.adapters.filters.paths import Path, Run
from carillon.adapters.filters.scanner import REFUSALS
from carillon.adapters.filters.values import Broken, Unfit
from carillon.domain.subscriptions.subscriptions import Verdict

_COMPILED = 512  # expressions kept in the warm process
# While it runs: beyond the limits, or nested deeper than Python goes.
_FAILURES = (limits.TooMuch, ArithmeticError, RecursionError, TimeoutError)
_STEPS_OF_A_TEMPLATE = 100_000  # for each path that a template asks for
# The one form of script that is in use: `[(@.length-1)]`. Jayway has it no more.
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
    except REFUSALS as error:
        known = isinstance(error, ValueError) and str(error)
        return f"is not JSONPath: {known.splitlines()[0][:200] if known else 'it ends too early'}"
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
            matched = _selects(_compiled(expression), value)
        except _FAILURES:
            return Verdict.FAILED, steps - work.left
        return Verdict.MATCHED if matched else Verdict.PASSED, steps - work.left


def _selects(path: Path, value: Any) -> bool:
    found = _results(path, value)
    inapplicable = path.function and path.definite and found[-1:] == [None]
    return bool(found) and not inapplicable


def _results(path: Path, value: Any) -> list[Any]:
    """Return what the path selects: nothing where Jayway gives up."""
    try:
        return path.walk(value, Run(value))
    except (Broken, Unfit):
        return []


def exists(expression: str, value: Any) -> bool:
    """Return whether the properties that the expression names exist, whatever its filters say."""
    if verdicts([expression], value)[expression] is Verdict.MATCHED:
        return True
    if problem(expression):
        return False
    try:
        with limits.limited(limits.steps_for(value), existence_only=True):
            return bool(_results(_compiled(expression), value))
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
            found = _results(path, value)
    except _FAILURES as error:
        raise ValueError("takes too much work") from error
    if path.definite:
        return found[-1] if found else None
    return found


@lru_cache(maxsize=_COMPILED)
def _compiled(expression: str) -> Path:
    return grammar.read(_FROM_THE_END.sub(r"[-\1]", expression))
