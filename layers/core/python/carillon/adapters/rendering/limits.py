"""Liquid with the limits it lacks: of time, ranges, iterations in all, and results of filters.

The library limits nesting, output, and the iterations of nested loops. Hostile sources still get
past it: `replace` and `join` multiply, `(1..9999999999) reversed` builds a list before any limit is
checked, and loops after one another add up.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from typing import Any

from liquid import Environment
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.tags.for_tag import ForLoop
from liquid.builtin.tags.tablerow_tag import TableRow
from liquid.context import RenderContext
from liquid.exceptions import ResourceLimitError
from liquid.template import BoundTemplate

LONGEST_OUTPUT = 100_000
MOST_ITERATIONS = 10_000
DEEPEST = 10
SECONDS = 1.0
_LARGEST_NUMBER = 4096  # bits
_LONGEST_UNIQUE = 2_000  # `uniq` compares each with each


class _Context(RenderContext):
    """The time and the iterations that one rendering may still use."""

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


class ShortRange(RangeLiteral):
    """A range no longer than a loop may be. The library has no setting for it."""

    __slots__ = ()

    def evaluate(self, context: RenderContext) -> range:
        numbers = super().evaluate(context)
        if numbers.stop - numbers.start > MOST_ITERATIONS:
            raise ResourceLimitError("has a range that is too long", token=self.token)
        return numbers


@cache
def environment(*, escape: bool) -> Environment:
    """Return the environment of HTML (`escape`) or of plain text. Neither loads other sources."""
    made = _Environment(autoescape=escape)
    for tag in ("include", "render"):
        del made.tags[tag]
    for name, function in made.filters.items():
        made.filters[name] = _limited(name, function)
    return made


def _limited(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the filter, which fails when its result is larger than a template's output may be."""

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
    """Refuse a filter that would multiply its input, before it does."""
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
