"""The delivery workers' entry point: one for each channel's queue, all alike."""

from typing import Any

from carillon.adapters import messages
from carillon.domain.deliveries import Chunk
from carillon.domain.errors import Malformed
from carillon.runtime import wiring
from carillon.runtime.worker import worker
from carillon.usecases.deliver import deliver


def _run(body: str, context: Any) -> None:
    chunk = messages.decode(body)
    if not isinstance(chunk, Chunk):
        raise Malformed("This queue carries chunks")
    deliver(
        chunk,
        ports=wiring.ports(),
        time_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )


handler = worker(_run)
