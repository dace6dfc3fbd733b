"""When a delivery is tried again, and when it has been tried enough."""

from dataclasses import replace

from carillon.domain.deliveries import Delivery, Outcome, Result, Status

# Each attempt is a receive of the chunk's message, at the queue's visibility timeout apart.
# The queue itself gives up later, since a chunk that another worker holds is received too.
MAX_ATTEMPTS = 5

_FINAL = {
    Outcome.SENT: Status.SENT,
    Outcome.DEAD: Status.FAILED,
    Outcome.CONFIG: Status.FAILED,
    Outcome.BAD: Status.FAILED,
}


# What rarely passes by itself is believed after this many attempts.
_PATIENCE = 3


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


def status_after(result: Result, attempts: int) -> Status:
    """Where the result of the attempt with this number (from 1) leaves the delivery."""
    if result.outcome in _FINAL:
        return _FINAL[result.outcome]
    return Status.RETRYING if attempts < MAX_ATTEMPTS else Status.EXHAUSTED
