"""A recorded answer of a service, and what it means."""

from collections.abc import Mapping
from typing import NamedTuple

from carillon.domain.delivery.deliveries import Outcome

SENT, RETRY, DEAD = Outcome.SENT, Outcome.RETRY, Outcome.DEAD
CONFIG, BAD, UNSURE = Outcome.CONFIG, Outcome.BAD, Outcome.UNSURE


class Vector(NamedTuple):
    """`code` and `message_id` are told only where they matter; `wait` is in seconds."""

    status: int
    body: str | bytes
    outcome: Outcome
    code: str | None = None
    headers: Mapping[str, str] = {}
    message_id: str | None = None
    wait: float | None = None
