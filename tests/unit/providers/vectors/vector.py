"""A recorded answer of a service, and what it means."""

from collections.abc import Mapping
from typing import NamedTuple

from carillon.domain.delivery.deliveries import Concern, Outcome

SENT, RETRY, DEAD = Outcome.SENT, Outcome.RETRY, Outcome.DEAD
CONFIG, BAD, UNSURE = Outcome.CONFIG, Outcome.BAD, Outcome.UNSURE
INTEGRATION, PLACE, PERSON = Concern.INTEGRATION, Concern.PLACE, Concern.PERSON


class Vector(NamedTuple):
    """`code` and `message_id` are told only where they matter; `wait` is in seconds.

    `source` says where the answer is documented, or was met; without one it is the module's `DOCS`.
    """

    status: int
    body: str | bytes
    outcome: Outcome
    code: str | None = None
    headers: Mapping[str, str] = {}
    message_id: str | None = None
    wait: float | None = None
    concerns: Concern | None = None
    source: str = ""
