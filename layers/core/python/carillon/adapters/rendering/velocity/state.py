"""One rendering: its variables, and what of its budget is left."""

import time
from collections.abc import Mapping
from typing import Any

from carillon.domain.catalogue.markups import PLAIN, Markup

LONGEST_SOURCE = 20_000  # bytes
LONGEST_TEXT = 100_000  # characters of the output, and of any text within
MOST_ITEMS = 10_000  # of a range or a list
MOST_STEPS = 100_000
DEEPEST = 32  # levels of blocks, of brackets, and of lists within lists
SECONDS = 1.0  # of its thread's CPU, so that a busy machine fails no message
LARGEST_NUMBER = 4096  # bits


class LimitExceeded(Exception):
    """Why a rendering was stopped."""


class Rendering:
    """The variables and the budget of one rendering.

    `markup` is the output's, in which only the author's words are markup. With `json` the output
    is JSON.
    """

    def __init__(
        self, variables: Mapping[str, Any], *, markup: Markup = PLAIN, json: bool = False
    ) -> None:
        self.variables = dict(variables)
        self.markup = markup
        self.json = json
        self.line = 1
        self._steps = 0
        self._ends_at = time.thread_time() + SECONDS

    @property
    def marks(self) -> bool:
        """Whether data is told from the author's words."""
        return self.markup is not PLAIN

    def step(self, count: int = 1) -> None:
        """Count what a rendering does; raise LimitExceeded when it does too much."""
        self._steps += count
        if self._steps > MOST_STEPS:
            raise LimitExceeded(f"takes more than {MOST_STEPS} steps")
        if time.thread_time() > self._ends_at:
            raise LimitExceeded(f"takes more than {SECONDS:g} s of CPU")

    @property
    def seconds_left(self) -> float:
        return max(self._ends_at - time.thread_time(), 0.001)


class Output:
    """Text that is written piece by piece, up to a length."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0

    def write(self, text: str) -> None:
        self._length += len(text)
        check_length(self._length)
        self._pieces.append(text)

    def __str__(self) -> str:
        return "".join(self._pieces)


def check_length(characters: int) -> None:
    if characters > LONGEST_TEXT:
        raise LimitExceeded(f"makes a text of more than {LONGEST_TEXT} characters")


def check_items(count: int) -> None:
    if count > MOST_ITEMS:
        raise LimitExceeded(f"makes a list of more than {MOST_ITEMS} items")
