"""Compiles Liquid sources, and refuses those that its lexer or a rendering would take too long for.

Some unclosed tags keep the library's lexer for 20 s.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from liquid import Environment
from liquid.ast import Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.template import BoundTemplate
from liquid.token import TOKEN_EOF

from carillon.adapters.rendering import limits

LONGEST_SOURCE = 20_000  # bytes
# The lexer's time grows with the square of these two.
_LONGEST_GAP = 500
_MOST_UNCLOSED = 20

_GAP = re.compile(rf"\s{{{_LONGEST_GAP + 1}}}")
# What the library lets through from Python on odd values, beside its own errors.
_ERRORS = (LiquidError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)


class Source:
    """A compiled template."""

    def __init__(self, template: BoundTemplate) -> None:
        self._template = template

    def render(self, variables: Mapping[str, Any]) -> str:
        """Raise ValueError with the reason when a limit is exceeded or a filter fails."""
        try:
            return self._template.render(variables)
        except RecursionError:
            raise ValueError("is nested too deeply") from None
        except _ERRORS as error:
            raise ValueError(_reason(error)) from error


def compile(source: str, *, escape: bool) -> Source:
    """Raise ValueError with the reason and the line when the source has an error."""
    if len(source.encode(errors="replace")) > LONGEST_SOURCE:
        raise ValueError(f"is longer than {LONGEST_SOURCE} bytes")
    if _GAP.search(source):
        raise ValueError(f"has more than {_LONGEST_GAP} spaces or line ends in a row")
    for start, end in (("{{", "}}"), ("{%", "%}")):
        if source.rpartition(end)[2].count(start) > _MOST_UNCLOSED:
            raise ValueError(f"has {start} without {end}")
    try:
        template = limits.environment(escape=escape).from_string(source)
        for expression in _expressions(template.nodes):
            _limit(expression, template.env)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except _ERRORS as error:
        raise ValueError(_reason(error)) from error
    return Source(template)


def _expressions(nodes: list[Node]) -> Iterator[Expression]:
    for node in nodes:
        for expression in node.expressions():
            yield from _with_children(expression)
        # No partials can be loaded, so no context is asked for.
        children = node.children(None, include_partials=False)  # type: ignore[arg-type]
        yield from _expressions(list(children))


def _with_children(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in expression.children():
        yield from _with_children(child)


def _limit(expression: Expression, environment: Environment) -> None:
    """Bound a range, and find an unknown filter now instead of at the first delivery."""
    if type(expression) is RangeLiteral:
        expression.__class__ = limits.ShortRange
    for filter in getattr(expression, "filters", None) or ():
        if filter.name not in environment.filters:
            raise LiquidError(f"unknown filter {filter.name!r}", token=filter.token)


def _reason(error: BaseException) -> str:
    if not isinstance(error, LiquidError):
        return f"cannot be rendered: {type(error).__name__}"
    if error.token is not None and error.token.kind == TOKEN_EOF:
        return f"at the end: {error.message}"
    place = error.context()
    return f"line {place[0]}: {error.message}" if place else str(error.message)
