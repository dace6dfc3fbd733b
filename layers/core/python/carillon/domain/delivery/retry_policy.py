"""When a delivery is tried again, and when it has been tried enough.

Twelve attempts over 74 hours, as Standard Webhooks advises: chance only ever adds to a delay, so
that what failed together does not come back together.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Delivery, Outcome, Result, Status

# Seconds after the first attempt, the second, and so on: 73.7 hours in all.
DELAYS = (5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 79_200)
MAX_ATTEMPTS = len(DELAYS) + 1

# Nothing waits longer than this since its first attempt, whoever holds it back.
WINDOW = timedelta(hours=76)

# A message that is worse late than never. Others are worth having for as long as they are tried.
_WORTH = {Channel.PUSH: timedelta(hours=4)}

_LEAST_CHANCE = 5.0  # seconds
_MOST_CHANCE = 900.0
_LONGEST_WISH = 86_400.0  # of a provider's Retry-After
_HELD = (60.0, 3_600.0)  # the shortest and the longest time between looks at an open circuit

_FINAL = {
    Outcome.SENT: Status.SENT,
    Outcome.DEAD: Status.FAILED,
    Outcome.CONFIG: Status.FAILED,
    Outcome.BAD: Status.FAILED,
}

# What rarely passes by itself is believed after this many attempts.
_PATIENCE = 3


@dataclass(frozen=True)
class Next:
    """Where an attempt leaves a delivery, and when it is due again if that is not the end."""

    status: Status
    at: datetime | None = None


@dataclass(frozen=True)
class End:
    """When a delivery is given up, and as what."""

    at: datetime
    status: Status


def judged(result: Result, attempts: int, delivery: Delivery) -> Result:
    """The result, or what it means by now: a name that never resolves, a certificate that is wrong.

    A name that is the address's own ends that address; one of the integration is for its tenant to
    mend, as a certificate is.
    """
    if result.outcome is not Outcome.RETRY or attempts < _PATIENCE:
        return result
    if result.code == "name_not_found" and delivery.has_own_url:
        return replace(result, outcome=Outcome.DEAD)
    if result.code in {"name_not_found", "tls_failed"}:
        return replace(result, outcome=Outcome.CONFIG)
    return result


def after(result: Result, attempts: int, delivery: Delivery, *, now: datetime, end: End) -> Next:
    """What follows from the result of the attempt with this number (from 1)."""
    if result.outcome in _FINAL:
        return Next(_FINAL[result.outcome])
    if delivery.once:
        return Next(Status.FAILED)
    if attempts >= MAX_ATTEMPTS:
        return Next(Status.EXHAUSTED)
    wish = min(result.retry_after or 0.0, _LONGEST_WISH)
    base = max(float(DELAYS[attempts - 1]), wish)
    chance = min(max(_LEAST_CHANCE, base / 2), _MOST_CHANCE)
    return _unless_over(now, base + chance * _chance(delivery, attempts), end)


def held(delivery: Delivery, *, since: datetime, now: datetime, end: End) -> Next:
    """When to look again at the circuit that holds a delivery back since then.

    The longer it has been open, the less often: after half as long again, and within the hour.
    """
    shortest, longest = _HELD
    base = min(max(shortest, (now - since).total_seconds() / 2), longest)
    chance = base * _chance(delivery, int(now.timestamp()))
    return _unless_over(now, min(base + chance, longest), end)


def end(channel: Channel, *, accepted_at: datetime, since: datetime) -> End:
    """When a delivery that was first due then is given up."""
    over = End(since + WINDOW, Status.EXHAUSTED)
    worth = _WORTH.get(channel)
    late = End(accepted_at + worth, Status.EXPIRED) if worth else over
    return late if late.at < over.at else over


def is_too_late(channel: Channel, *, accepted_at: datetime, now: datetime) -> bool:
    """Whether it is worse to send it now than not at all."""
    worth = _WORTH.get(channel)
    return worth is not None and now >= accepted_at + worth


def _unless_over(now: datetime, delay: float, end: End) -> Next:
    at = now + timedelta(seconds=delay)
    return Next(Status.RETRYING, at) if at < end.at else Next(end.status)


def _chance(delivery: Delivery, turn: int) -> float:
    """0 to 1, evenly over deliveries, and the same whenever the same turn is repeated."""
    return int(ids.derived(delivery.id, str(turn))[:8], 16) / 0xFFFFFFFF
