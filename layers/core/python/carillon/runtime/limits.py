"""Rate limits of API keys, kept by this process.

The buckets live in memory, so accepting an event costs no extra write. A limit therefore holds for
one function instance: it stops a runaway key from occupying the instance, and tells clients when to
slow down. API Gateway's throttling (`DefaultRouteSettings` in template.yaml) bounds the total.
"""

import threading
import time
from collections.abc import Callable, Mapping

from cachetools import LRUCache

from carillon.domain.tenancy.rate_limits import (
    Allowance,
    Bucket,
    Category,
    Limit,
    fined,
    take,
)

# Tokens per second and key, unless the template sets others.
DEFAULTS: Mapping[Category, int] = {
    Category.TRIGGER: 10_000,
    Category.CONFIGURATION: 2_000,
    Category.TOKEN: 10,
    Category.GLOBAL: 3_000,
}
_MOST = 10_000  # buckets kept; a key whose bucket was dropped starts with a full one


class Limits:
    """The buckets of the keys seen by this process. A rate of 0 means no limit."""

    def __init__(
        self, rates: Mapping[Category, int] = DEFAULTS, clock: Callable[[], float] = time.time
    ) -> None:
        self._limits = {c: Limit(category=c, rate=rate) for c, rate in rates.items() if rate > 0}
        self._clock = clock
        self._buckets: LRUCache[tuple[str, Category], Bucket] = LRUCache(_MOST)
        self._lock = threading.Lock()

    def draw(self, key: str, category: Category, cost: int) -> Allowance | None:
        """Take `cost` tokens from the key's bucket; return what is left, or None without a limit.

        An allowance with `retry_after` means that the call exceeds the limit.
        """
        limit = self._limits.get(category)
        if limit is None:
            return None
        with self._lock:
            bucket = self._buckets.get((key, category))
            self._buckets[key, category], allowance = take(bucket, limit, cost, self._clock())
        return allowance

    def fine(self, key: str, category: Category, cost: int) -> None:
        """Take more tokens after a call, even those that the key's bucket has not."""
        limit = self._limits.get(category)
        with self._lock:
            bucket = self._buckets.get((key, category))
            if limit and bucket:
                self._buckets[key, category] = fined(bucket, limit, cost)


def parse(text: str) -> Mapping[Category, int]:
    """Parse `trigger=10000,configuration=2000`; categories not named keep their default.

    Tokens are issued as fast as other calls are taken, at most.
    """
    pairs = (pair.partition("=") for pair in text.split(",") if pair)
    rates = {**DEFAULTS, **{Category(name): int(rate) for name, _, rate in pairs}}
    slower = rates[Category.GLOBAL] or rates[Category.TOKEN]
    return {**rates, Category.TOKEN: min(rates[Category.TOKEN], slower)}
