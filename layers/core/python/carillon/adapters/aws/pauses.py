"""Pauses between the attempts of a call that was answered only in part."""

import random
import time
from collections.abc import Iterator

_TRIES = 5
LAST_TRY = _TRIES - 1
_FIRST_PAUSE = 0.05  # seconds


def pauses() -> Iterator[int]:
    """Yield the number of each attempt, after a pause that grows and varies."""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1))  # noqa: S311  # no secret
        yield attempt
