"""How much work an expression may ask for. One expression runs at a time in a thread."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 2_000  # characters of an expression
DEEPEST = 20  # brackets in brackets
_MOST_NODES = 10_000
_SECONDS = 0.2  # of an expression's patterns, in all

_work = threading.local()


class TooMuch(Exception):
    """The expression needs more work than the limits allow."""


@contextmanager
def limited(*, existence_only: bool) -> Iterator[None]:
    """Bound the evaluation within; with `existence_only`, filters look for properties alone."""
    _work.nodes = 0
    _work.ends_at = time.monotonic() + _SECONDS
    _work.existence_only = existence_only
    try:
        yield
    finally:
        _work.existence_only = False


def count_node() -> None:
    """Raise TooMuch at the first node beyond the limit."""
    _work.nodes += 1
    if _work.nodes > _MOST_NODES:
        raise TooMuch


def seconds_left() -> float:
    """Return the time left for patterns; raise TooMuch when there is none."""
    left: float = _work.ends_at - time.monotonic()
    if left <= 0:
        raise TooMuch
    return left


def existence_only() -> bool:
    return getattr(_work, "existence_only", False)


def depth(expression: str) -> int:
    """Return the deepest nesting of brackets, counting those in string literals and each `!`."""
    depth = deepest = 0
    for character in expression:
        depth += (character in "([") - (character in ")]") + (character == "!")
        deepest = max(deepest, depth)
    return deepest
