"""The CPU of one webhook over a kept-alive connection: built, signed, sent and sorted.

Run: make benchmarks. The receiver is
another process. Compare the ratio: the milliseconds are this machine's.
"""

import multiprocessing
import socket
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import requests

from carillon.adapters.aws.clients import Clients
from carillon.adapters.egress.guarded import GuardedEgress
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers.webhook import PROVIDER

_ROUNDS = 7
_DELIVERIES = 300
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def _receive(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        with connection:
            while piece := connection.recv(65536):
                if piece.endswith(b"}"):  # head and body may come apart
                    connection.sendall(_ANSWER)


def _milliseconds(deliver: Callable[[], object]) -> float:
    """The CPU of one delivery, the median of the rounds."""
    rounds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(_DELIVERIES):
            deliver()
        rounds.append((time.process_time() - began) / _DELIVERIES * 1_000)
    return statistics.median(rounds)


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    receiver = multiprocessing.get_context("fork").Process(
        target=_receive, args=(listener,), daemon=True
    )
    receiver.start()
    place = f"127.0.0.1:{listener.getsockname()[1]}"
    egress = GuardedEgress(Clients(), frozenset({place}))
    settings = PROVIDER.prepare({"url": f"http://{place}/hook"})
    now = datetime.now(UTC)
    data = {"order": 7, "lines": [{"sku": f"sku-{n}", "quantity": n} for n in range(10)]}
    message = Message(
        tenant="acme",
        id="dlv_1",
        event="order-shipped",
        occurred_at=now,
        attempted_at=now,
        data=data,
    )

    def ours() -> None:
        response = egress.send(PROVIDER.build(message, {}, settings))
        PROVIDER.classify(response.status, response.headers, response.body)

    ours()
    ours_takes = _milliseconds(ours)
    egress.close()  # the receiver serves one connection at a time

    with requests.Session() as session:
        request = PROVIDER.build(message, {}, settings)
        if not isinstance(request, HttpRequest):
            raise TypeError(request)
        bare_takes = _milliseconds(lambda: session.post(request.url, data=request.body))

    print(f"ours               {ours_takes:.3f} ms CPU a delivery")
    print(f"requests.Session   {bare_takes:.3f} ms CPU a post")
    print(f"ratio              {ours_takes / bare_takes:.2f}")
    receiver.terminate()


if __name__ == "__main__":
    main()
