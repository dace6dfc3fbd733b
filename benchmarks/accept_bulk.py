"""What accepting a bulk costs: CPU of one warm call, for 1 to 100 events, and as a ratio.

Everything is real but the answer of SQS and the stores behind the catalogue.
Run: make benchmarks
"""

import io
import json
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from carillon.adapters.delivery import messages
from carillon.domain.delivery.invocations import Job
from carillon.domain.tenancy.access import Scope
from carillon.runtime.observability import logger
from functions.novu.trigger_bulk.app import handler
from tests import builders as a
from tests import gateway

_ROUNDS = 200


class _Queue:
    """Encodes as the real one does, and sends nothing."""

    def send_jobs(self, jobs: Sequence[Job]) -> Sequence[Job]:
        for job in jobs:
            messages.encode(job)
        return []


def main() -> None:
    lines = cast("logging.StreamHandler[io.StringIO]", logger.registered_handler)
    lines.setStream(io.StringIO())  # they are made, and not shown
    ports = a.world(queues=_Queue())
    key = gateway.issue_key(ports, a.TENANT, Scope.EVENT_TRIGGER)
    call = partial(gateway.call, handler, "POST", "/", authorization=f"ApiKey {key}")
    with gateway.using(ports):
        for count in (1, 10, 100):
            body = json.dumps({"events": [_event(number) for number in range(count)]})
            accepting = _milliseconds(partial(call, body))
            parsing = _milliseconds(partial(json.loads, body))
            print(
                f"{count:3} events, {len(body) / 1024:5.1f} KB: {accepting:6.3f} ms CPU a call,"
                f" {1000 * accepting / count:5.1f} us an event,"
                f" {accepting / parsing:4.1f} x json.loads of the body"
            )


def _event(number: int) -> dict[str, object]:
    return {
        "name": "welcome",
        "to": {"subscriberId": f"subscriber-{number}", "email": f"s{number}@example.com"},
        "payload": {"order": f"A-{number}", "carrier": "DHL", "note": "x" * 400},
        "transactionId": f"transaction-{number}",
    }


def _milliseconds(work: Callable[[], object]) -> float:
    work()
    started = time.process_time()
    for _ in range(_ROUNDS):
        work()
    return (time.process_time() - started) / _ROUNDS * 1000


if __name__ == "__main__":
    main()
