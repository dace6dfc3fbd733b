"""Change what others may be changing at the same time."""

import random
from collections.abc import Callable
from typing import Final

from carillon.domain.base.errors import Changed

ATTEMPTS: Final = 25  # of so many writers at once, each has its turn: one succeeds each time
_FIRST_PAUSE = 0.005  # seconds
_LONGEST_PAUSE = 0.2


def in_turn[T](attempt: Callable[[], T], pause: Callable[[float], None]) -> T:
    """Read, decide and write, and do it anew while others write in between.

    `attempt` raises Changed, and has written nothing, when what it read is no longer so. Raise the
    last Changed when that keeps happening.
    """
    for number in range(ATTEMPTS - 1):
        try:
            return attempt()
        except Changed:
            pause(length(number))
    return attempt()


def length(number: int) -> float:
    """Return how long to wait after a lost attempt, in seconds: longer each time, and at random."""
    return random.uniform(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**number))  # noqa: S311  # no secret
