"""How much a key may ask in a while: token buckets that refill steadily."""

import math
from dataclasses import dataclass
from enum import StrEnum

WINDOW = 5  # seconds: what a limit is told by
_BURST = 11, 10  # of what a window refills


class Category(StrEnum):
    """Calls that draw from one bucket."""

    TRIGGER = "trigger"  # what makes or stops messages
    CONFIGURATION = "configuration"  # who there is: subscribers, topics, contexts
    GLOBAL = "global"  # everything else


@dataclass(frozen=True, kw_only=True)
class Limit:
    """`rate` is in tokens a second."""

    category: Category
    rate: int

    @property
    def quota(self) -> int:
        """Tokens a window."""
        return self.rate * WINDOW

    @property
    def burst(self) -> int:
        """What a full bucket holds."""
        return self.quota * _BURST[0] // _BURST[1]


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """The tokens that there were at a time, in seconds."""

    tokens: float
    at: float


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What a call leaves of its limit: `reset` and `retry_after` in seconds."""

    limit: Limit
    cost: int
    remaining: int
    reset: int  # until the bucket is full again
    retry_after: int | None = None  # set when the call is one too many: until there is enough


def take(bucket: Bucket | None, limit: Limit, cost: int, now: float) -> tuple[Bucket, Allowance]:
    """Draw the cost, or nothing if there is less; None is a bucket never drawn from.

    A call that costs more than a bucket can hold empties a full one: else it could never be made.
    """
    full = limit.burst
    cost = min(cost, full)
    tokens = float(full)
    if bucket is not None:
        passed = max(0.0, now - bucket.at)  # a wall clock may be set back
        tokens = min(full, bucket.tokens + passed * limit.rate)
    missing = cost - tokens
    if missing <= 0:
        tokens -= cost
    return Bucket(tokens=tokens, at=now), Allowance(
        limit=limit,
        cost=cost,
        remaining=math.floor(tokens),
        reset=math.ceil((full - tokens) / limit.rate),
        retry_after=math.ceil(missing / limit.rate) if missing > 0 else None,
    )
