"""How much work an expression may ask for, counted in steps, so that it is the same at each run.

A step takes about 0.2 us. An event's filters share its steps evenly, and what one leaves is the
others'. The time of a pattern cannot be counted: it is the thread's own, so that a busy machine
costs nobody a filter, and it is paid for in steps. One expression runs at a time in a thread.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

LONGEST = 2_000  # characters of an expression
DEEPEST = 20  # brackets in brackets

NODE = 10  # steps to make a node
SELECTOR = 2  # steps to try a selector on a node
PART = 5  # steps to evaluate a part of a condition
CALL = 10  # steps to call a function, or to start a pattern
_CHARACTERS = 32  # of a text, that a step reads

_OF_AN_EVENT = 200_000
_OF_A_VALUE = 40  # more steps for each value in the event: a path that visits each takes about 20
_STEPS_A_SECOND = 5_000_000
_LONGEST_PATTERN = 0.2  # seconds
_SHORTEST_PATTERN = 0.02  # seconds, so that no pattern that is quick ends at the clock's mercy


class TooMuch(Exception):
    """The expression needs more work than the limits allow."""


class Work:
    """The steps that are left to one evaluation, and what it remembers of the event's values."""

    def __init__(self, steps: int, *, existence_only: bool) -> None:
        self.left = steps
        self.existence_only = existence_only
        self._kept: dict[int, tuple[Any, Any]] = {}
        self._numbers: dict[Hashable, int] = {}

    def take(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooMuch

    def once[V, M](self, value: V, make: Callable[[V], M]) -> M:
        """Return what `make` makes of a value, once an evaluation for the same object."""
        kept = self._kept.get(id(value))
        if kept is None:
            kept = self._kept[id(value)] = value, make(value)  # the value too, as ids are reused
        found: M = kept[1]
        return found

    def number(self, key: Hashable) -> tuple[str, int]:
        """Return what stands for a large key: hashing it again costs nothing."""
        return "", self._numbers.setdefault(key, len(self._numbers))


_thread = threading.local()


def steps_for(event: Any) -> int:
    """Return the steps that all evaluations on an event share."""
    count, level = 0, [event]
    while level:
        count += len(level)
        below: list[Any] = []
        for one in level:
            if isinstance(one, Mapping):
                below += one.values()
            elif isinstance(one, list):
                below += one
        level = below
    return _OF_AN_EVENT + _OF_A_VALUE * count


@contextmanager
def limited(steps: int, *, existence_only: bool = False) -> Iterator[Work]:
    """Bound the evaluation within; with `existence_only`, filters look for properties alone."""
    before = getattr(_thread, "work", None)
    _thread.work = Work(steps, existence_only=existence_only)
    try:
        yield _thread.work
    finally:
        _thread.work = before


def work() -> Work:
    """Return the work of the evaluation that runs in this thread."""
    found: Work = _thread.work
    return found


def take(steps: int) -> None:
    """Count steps; raise TooMuch beyond the limit."""
    work().take(steps)


def take_text(*texts: object) -> None:
    """Count the steps to read those of the values that are texts."""
    take(1 + sum(len(text) for text in texts if isinstance(text, str)) // _CHARACTERS)


@contextmanager
def pattern_time() -> Iterator[float]:
    """Yield the seconds that a pattern may take; count those that it took, if they were many."""
    own = work()
    own.take(CALL)
    began = time.thread_time()
    try:
        yield min(_LONGEST_PATTERN, max(_SHORTEST_PATTERN, own.left / _STEPS_A_SECOND))
    finally:
        took = time.thread_time() - began
        if took > _SHORTEST_PATTERN / 2:
            own.left -= int(took * _STEPS_A_SECOND)


def depth(expression: str) -> int:
    """Return the deepest nesting of brackets, counting those in string literals and each `!`."""
    depth = deepest = 0
    for character in expression:
        depth += (character in "([") - (character in ")]") + (character == "!")
        deepest = max(deepest, depth)
    return deepest
