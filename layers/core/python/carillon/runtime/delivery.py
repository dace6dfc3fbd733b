"""The entry point of the delivery workers: one function for each channel's queue, all alike."""

from typing import Any

from carillon.domain.base.errors import Malformed
from carillon.domain.delivery.deliveries import Chunk
from carillon.domain.delivery.waiting import Retry
from carillon.runtime import wiring
from carillon.runtime.worker import read, worker
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.retry import retry


def _run(body: str, context: Any) -> None:
    def time_left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000

    match read(body):
        case Chunk() as chunk:
            deliver(chunk, ports=wiring.ports().of(chunk.tenant), time_left=time_left)
        case Retry() as message:
            retry(message, ports=wiring.ports().of(message.tenant), time_left=time_left)
        case _:
            raise Malformed("This queue carries chunks and retries")


handler = worker(_run)
