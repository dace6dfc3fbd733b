"""When a delivery is attempted again, and for how long it is worth attempting.

Twelve attempts over 74 hours, as Standard Webhooks advises. Chance only ever adds to a delay, so
that deliveries which failed together do not come back together. What somebody has to mend (CONFIG)
is tried on the same schedule: it may be mended within the three days.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import (
    Concern,
    Delivery,
    DeliveryRecord,
    Outcome,
    Result,
    Status,
)

# Seconds after the first attempt, the second, and so on: 73.7 hours in all.
DELAYS = (5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 79_200)
MAX_ATTEMPTS = len(DELAYS) + 1

# No delivery waits longer than this after it was first due, whatever holds it back.
WINDOW = timedelta(hours=76)

# Messages that are worse late than never. All others are worth having as long as they are tried.
_WORTH = {Channel.PUSH: timedelta(hours=4)}

_LEAST_CHANCE = 5.0  # seconds
_MOST_CHANCE = 900.0
_LONGEST_RETRY_AFTER = 86_400.0  # of a provider's header, in seconds
_BETWEEN_LOOKS = (60.0, 3_600.0)  # the shortest and the longest wait at an open circuit
_BETWEEN_TRIES = (5.0, 600.0)  # and for a store of our own

# Faults that rarely pass by themselves are somebody's to mend, from this attempt on.
_PATIENCE = 3
_LASTING = frozenset({"name_not_found", "tls_failed"})

# Refusals by nobody outside, which no wait can change.
_UNASKED = frozenset(
    {"address_not_allowed", "integration_inactive", "integration_missing", "invalid_request"}
)

# Seconds before a message is sent again that may have been sent, where the service does not drop
# repetitions: people would see each.
_UNSURE_DELAYS = (1_800, 7_200)


def judge(result: Result, attempts: int) -> Result:
    """Return the result, or CONFIG once a lasting fault has been met often enough.

    A host name that never resolves and a wrong certificate are for somebody to mend.
    """
    lasts = result.outcome is Outcome.RETRY and attempts >= _PATIENCE
    return replace(result, outcome=Outcome.CONFIG) if lasts and result.code in _LASTING else result


def is_final(result: Result) -> bool:
    """Whether no further attempt can succeed: a person's own choice counts for this message."""
    if result.outcome is Outcome.CONFIG:
        return result.concerns is Concern.PERSON or result.code in _UNASKED
    return result.outcome not in {Outcome.RETRY, Outcome.UNSURE}


def goes_on(result: Result, record: DeliveryRecord) -> bool:
    """Whether another integration is tried after this one's answer, and its record of it.

    It is where this one cannot send or has given up. Never if the message may have been sent: the
    other's service would not know it for a repetition.
    """
    if any(one.outcome is Outcome.UNSURE for one in record.history):
        return False
    refused = result.outcome is Outcome.CONFIG and result.concerns is not Concern.PERSON
    return refused or record.status is Status.EXHAUSTED


def next_attempt(
    result: Result, attempts: int, delivery: Delivery, *, now: datetime, unsure: int = 0
) -> datetime | None:
    """Return when to attempt again after attempt number `attempts`; None after the last one.

    `unsure` counts the attempts after which the message may have been sent, if a repetition would
    be seen; it is 0 where the service drops repetitions.
    """
    if attempts >= MAX_ATTEMPTS or unsure > len(_UNSURE_DELAYS):
        return None
    asked = min(result.retry_after or 0.0, _LONGEST_RETRY_AFTER)
    apart = _UNSURE_DELAYS[unsure - 1] if unsure else 0
    base = max(float(DELAYS[attempts - 1]), asked, apart)
    chance = min(max(_LEAST_CHANCE, base / 2), _MOST_CHANCE)
    return now + timedelta(seconds=base + chance * _chance(delivery, attempts))


def next_look(delivery: Delivery, *, since: datetime, now: datetime) -> datetime:
    """Return when to look again at the circuit that has held the delivery back since then.

    The longer it has been open, the less often: after half as long again, and within the hour.
    """
    shortest, longest = _BETWEEN_LOOKS
    base = min(max(shortest, (now - since).total_seconds() / 2), longest)
    chance = base * _chance(delivery, int(now.timestamp()))
    return now + timedelta(seconds=min(base + chance, longest))


def next_try(delivery: Delivery, *, waited: timedelta, now: datetime) -> datetime:
    """Return when to try again what a store of our own kept from being sent.

    The first wait is short, and each is half as long again as the one before, which was `waited`.
    """
    shortest, longest = _BETWEEN_TRIES
    base = min(max(shortest, waited.total_seconds() * 1.5), longest)
    chance = base / 2 * _chance(delivery, int(now.timestamp()))
    return now + timedelta(seconds=min(base + chance, longest))


def gives_up(since: datetime) -> datetime:
    """Return when a delivery first due at `since` is not attempted any more."""
    return since + WINDOW


def expires(channel: Channel, accepted_at: datetime) -> datetime | None:
    """Return when a message of the channel loses its worth; None if it never does."""
    worth = _WORTH.get(channel)
    return accepted_at + worth if worth else None


def is_too_late(channel: Channel, *, accepted_at: datetime, now: datetime) -> bool:
    """Whether sending now is worse than not sending at all."""
    end = expires(channel, accepted_at)
    return end is not None and now >= end


def _chance(delivery: Delivery, turn: int) -> float:
    """Return 0 to 1, evenly over deliveries, and the same whenever the same turn is repeated."""
    return int(ids.derived(delivery.id, str(turn))[:8], 16) / 0xFFFFFFFF
