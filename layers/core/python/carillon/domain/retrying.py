"""When a delivery is tried again, and when it has been tried enough."""

from carillon.domain.deliveries import Outcome, Result, Status

# Each attempt is a receive of the chunk's message, at the queue's visibility timeout apart.
# The queue itself gives up later, since a chunk that another worker holds is received too.
MAX_ATTEMPTS = 5

_FINAL = {
    Outcome.SENT: Status.SENT,
    Outcome.DEAD: Status.FAILED,
    Outcome.CONFIG: Status.FAILED,
    Outcome.BAD: Status.FAILED,
}


def status_after(result: Result, attempts: int) -> Status:
    """Where the result of the attempt with this number (from 1) leaves the delivery."""
    if result.outcome in _FINAL:
        return _FINAL[result.outcome]
    return Status.RETRYING if attempts < MAX_ATTEMPTS else Status.EXHAUSTED
