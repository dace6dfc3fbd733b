"""Liquid with the limits it lacks: on time, on ranges, on what a filter makes, on its own lexer.

The library limits nesting, output, and the iterations of one nest of loops. Hostile sources still
got past it: `replace` and `join` multiply, `(1..9999999999) reversed` builds a list before any
limit is asked, loops after one another add up, and some unclosed tags take its lexer 20 s.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from typing import Any

from liquid import Environment
from liquid.ast import Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.tags.for_tag import ForLoop
from liquid.builtin.tags.tablerow_tag import TableRow
from liquid.context import RenderContext
from liquid.exceptions import LiquidError, ResourceLimitError
from liquid.expression import Expression
from liquid.template import BoundTemplate
from liquid.token import TOKEN_EOF

LONGEST_SOURCE = 20_000
LONGEST_OUTPUT = 100_000
MOST_ITERATIONS = 10_000
DEEPEST = 10
SECONDS = 1.0
_LARGEST_NUMBER = 4096  # bits
_LONGEST_UNIQUE = 2_000  # `uniq` compares each with each
# The lexer's time grows with the square of these two.
_LONGEST_GAP = 500
_MOST_UNCLOSED = 20

_GAP = re.compile(rf"\s{{{_LONGEST_GAP + 1}}}")
# What the library lets through from Python on odd values, beside its own errors.
_ERRORS = (LiquidError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)


class Source:
    """A compiled source."""

    def __init__(self, template: BoundTemplate) -> None:
        self._template = template

    def render(self, variables: Mapping[str, Any]) -> str:
        """Raise ValueError with the reason when a limit is passed or a filter fails."""
        try:
            return self._template.render(variables)
        except RecursionError:
            raise ValueError("is nested too deeply") from None
        except _ERRORS as error:
            raise ValueError(_reason(error)) from error


def compile(source: str, *, escape: bool) -> Source:
    """Raise ValueError with the reason and the line when the source is wrong."""
    if len(source.encode(errors="replace")) > LONGEST_SOURCE:
        raise ValueError(f"is longer than {LONGEST_SOURCE} bytes")
    if _GAP.search(source):
        raise ValueError(f"has more than {_LONGEST_GAP} spaces or line ends in a row")
    for start, end in (("{{", "}}"), ("{%", "%}")):
        if source.rpartition(end)[2].count(start) > _MOST_UNCLOSED:
            raise ValueError(f"has {start} without {end}")
    try:
        template = _environment(escape=escape).from_string(source)
        for expression in _expressions(template.nodes):
            _limit(expression, template.env)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except _ERRORS as error:
        raise ValueError(_reason(error)) from error
    return Source(template)


class _Context(RenderContext):
    """A rendering's own budget of time and iterations."""

    __slots__ = ("ends_at", "iterations")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ends_at = time.monotonic() + SECONDS
        self.iterations = 0

    def check_time(self) -> None:
        if time.monotonic() > self.ends_at:
            raise ResourceLimitError(f"takes longer than {SECONDS:g} s", token=None)

    def loop(self, namespace: Mapping[str, object], forloop: ForLoop | TableRow) -> Any:
        forloop.it = self._watched(forloop.it)
        return super().loop(namespace, forloop)

    def filter(self, name: str, token: Any) -> Callable[..., object]:
        self.check_time()
        return super().filter(name, token)

    def _watched(self, items: Iterator[object]) -> Iterator[object]:
        for item in items:
            self.iterations += 1
            if self.iterations > MOST_ITERATIONS:
                message = f"has more than {MOST_ITERATIONS} iterations"
                raise ResourceLimitError(message, token=None)
            self.check_time()
            yield item


class _Template(BoundTemplate):
    context_class = _Context


class _Environment(Environment):
    block_nesting_limit = DEEPEST
    loop_iteration_limit = MOST_ITERATIONS
    local_namespace_limit = 10 * LONGEST_OUTPUT
    output_stream_limit = LONGEST_OUTPUT
    template_class = _Template


class _ShortRange(RangeLiteral):
    """A range no longer than a loop may be."""

    __slots__ = ()

    def evaluate(self, context: RenderContext) -> range:
        numbers = super().evaluate(context)
        if numbers.stop - numbers.start > MOST_ITERATIONS:
            raise ResourceLimitError("has a range that is too long", token=self.token)
        return numbers


@cache
def _environment(*, escape: bool) -> Environment:
    environment = _Environment(autoescape=escape)
    for tag in ("include", "render"):
        del environment.tags[tag]
    for name, function in environment.filters.items():
        environment.filters[name] = _limited(name, function)
    return environment


def _limited(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, refused when it makes more than a template may write."""

    @wraps(function)
    def limited(left: Any, *args: Any, **kwargs: Any) -> Any:
        _foresee(name, left, *args)
        made = function(left, *args, **kwargs)
        if isinstance(made, int) and made.bit_length() > _LARGEST_NUMBER:
            raise ResourceLimitError("makes too large a number", token=None)
        if isinstance(made, str) and len(made) > LONGEST_OUTPUT:
            raise ResourceLimitError("makes too long a text", token=None)
        if isinstance(made, list | tuple) and len(made) > MOST_ITERATIONS:
            raise ResourceLimitError("makes too long a list", token=None)
        return made

    return limited


def _foresee(name: str, left: Any, first: Any = "", second: Any = "") -> None:
    """Refuse the filters that multiply before they do."""
    items = len(left) if isinstance(left, list | tuple | range) else 0
    match name:
        case "join" if items * len(str(first)) > LONGEST_OUTPUT:
            raise ResourceLimitError("makes too long a text", token=None)
        case "replace" if str(left).count(str(first)) * len(str(second)) > LONGEST_OUTPUT:
            raise ResourceLimitError("makes too long a text", token=None)
        case "uniq" if items > _LONGEST_UNIQUE:
            raise ResourceLimitError("compares too many items", token=None)
        case _:
            pass


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
    """Shorten ranges, and find unknown filters now instead of at the first delivery."""
    if type(expression) is RangeLiteral:
        expression.__class__ = _ShortRange
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
