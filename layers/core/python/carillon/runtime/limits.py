"""What each API key may still ask of this process.

The buckets live in the process's memory, so accepting an event costs no write more. It follows that
a limit holds for one function instance: it keeps a key that runs wild from taking an instance for
itself, and tells clients when to slow down. What all instances together let through is bounded by
the throttling of API Gateway (`DefaultRouteSettings` in template.yaml).
"""

import threading
import time
from collections.abc import Callable, Mapping

from cachetools import LRUCache

from carillon.domain.tenancy.rate_limits import Allowance, Bucket, Category, Limit, take

# Tokens a second for a key, where the template says nothing else.
DEFAULTS: Mapping[Category, int] = {
    Category.TRIGGER: 10_000,
    Category.CONFIGURATION: 2_000,
    Category.GLOBAL: 3_000,
}
_MOST = 10_000  # buckets remembered; one forgotten begins full


class Limits:
    """The buckets of the keys that this process has met. A rate of 0 is no limit."""

    def __init__(
        self, rates: Mapping[Category, int] = DEFAULTS, clock: Callable[[], float] = time.time
    ) -> None:
        self._limits = {c: Limit(category=c, rate=rate) for c, rate in rates.items() if rate > 0}
        self._clock = clock
        self._buckets: LRUCache[tuple[str, Category], Bucket] = LRUCache(_MOST)
        self._lock = threading.Lock()

    def draw(self, key: str, category: Category, cost: int) -> Allowance | None:
        """What is left after the call, or that it is one too many; None where nothing limits."""
        limit = self._limits.get(category)
        if limit is None:
            return None
        with self._lock:
            bucket = self._buckets.get((key, category))
            self._buckets[key, category], allowance = take(bucket, limit, cost, self._clock())
        return allowance


def parse(text: str) -> Mapping[Category, int]:
    """Read `trigger=10000,configuration=2000`; what is not named has its default."""
    pairs = (pair.partition("=") for pair in text.split(",") if pair)
    return {**DEFAULTS, **{Category(name): int(rate) for name, _, rate in pairs}}
