"""Rate limits of keys: token buckets that refill at a steady rate."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

WINDOW = 5  # seconds, in which limits are shown to callers
_BURST = 11, 10  # times the tokens of a window


class Category(StrEnum):
    """The calls that share a bucket."""

    TRIGGER = "trigger"  # calls that create or cancel messages
    CONFIGURATION = "configuration"  # subscribers, topics, contexts
    TOKEN = "token"  # noqa: S105 - calls that issue one, by client and by address
    GLOBAL = "global"  # all other calls


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The limit of a category; `rate` is in tokens a second."""

    category: Category
    rate: int

    @property
    def quota(self) -> int:
        """Tokens that refill in a window."""
        return self.rate * WINDOW

    @property
    def burst(self) -> int:
        """Tokens in a full bucket."""
        return self.quota * _BURST[0] // _BURST[1]


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """The tokens in a bucket at a time, in seconds."""

    tokens: float
    at: float


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """The state of a limit after a call; `reset` and `retry_after` are in seconds."""

    limit: Limit
    cost: int
    remaining: int
    reset: int  # until the bucket is full again; of a refused call, `retry_after`
    retry_after: int | None = None  # for a refused call: until there are enough tokens


def take(bucket: Bucket | None, limit: Limit, cost: int, now: float) -> tuple[Bucket, Allowance]:
    """Draw the cost from a bucket, or nothing if it has less; None is a bucket not used before.

    A call that costs more than a full bucket needs and empties a full one: otherwise it could
    never be made.
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
    wait = math.ceil(missing / limit.rate) if missing > 0 else None
    return Bucket(tokens=tokens, at=now), Allowance(
        limit=limit,
        cost=cost,
        remaining=max(0, math.floor(tokens)),
        reset=wait or math.ceil((full - tokens) / limit.rate),
        retry_after=wait,
    )


def fined(bucket: Bucket, limit: Limit, cost: int) -> Bucket:
    """Draw the cost though the bucket has less: it is owed, up to a full bucket."""
    return replace(bucket, tokens=max(-limit.burst, bucket.tokens - cost))
