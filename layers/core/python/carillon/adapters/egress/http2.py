"""HTTP/2 by httpcore over guarded sockets, for services that speak nothing else.

httpcore is the lower half of httpx, whose upper half would keep cookies, read proxies from the
environment and follow redirects.
"""

import ssl
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import httpcore
from cachetools import TTLCache
from urllib3.util import Url

from carillon.adapters.egress.guard import Budget, Guard, Unreachable
from carillon.adapters.egress.http import MOST_BODY, checked
from carillon.adapters.egress.kept_alive import on_live_connection
from carillon.domain.delivery.transport import Http2Request, Response

# Per thread: a shared connection would let one deadline end another thread's request.
_CONNECTIONS = 10
# The peer may have cut a connection while the function was frozen.
_SECONDS_IDLE = 5.0

type _Place = tuple[str, str]  # the origin that a connection leads to, and its pool
_LOST = (httpcore.ProtocolError, httpcore.ConnectionNotAvailable, OSError)


class _Connections(TTLCache[_Place, httpcore.HTTPConnection, float]):
    """The connections that one thread used last. Whatever leaves the cache is closed."""

    def popitem(self) -> tuple[_Place, httpcore.HTTPConnection]:
        place, connection = super().popitem()
        connection.close()
        return place, connection

    def expire(self, time: float | None = None) -> list[tuple[_Place, httpcore.HTTPConnection]]:
        expired = super().expire(time)
        for _, connection in expired:
            connection.close()
        return expired

    def close(self) -> None:
        while self:
            self.popitem()


class Http2:
    """Sends over kept-alive connections, one for each credential and thread."""

    def __init__(
        self, guard: Guard, context: ssl.SSLContext, clock: Callable[[], float] = time.time
    ) -> None:
        self._backend = _Backend(guard)
        self._guard = guard
        self._context = context
        self._clock = clock
        self._mine = threading.local()
        self._all: list[_Connections] = []

    def send(self, request: Http2Request, budget: Budget) -> Response:
        """Send; raise Blocked, Unreachable if nothing was sent, TimeoutError if no answer came."""
        url = checked(request.url, self._guard)
        try:
            answer = self._answered(request, url, budget)
            if request.renewal is None or not request.renewal.answers(answer):
                return answer
            budget.begin()
            headers = {**request.headers, **request.renewal.headers}
            return self._answered(replace(request, headers=headers), url, budget)
        except _LOST as error:
            if budget.sent:
                raise TimeoutError from error
            code = "tls_failed" if isinstance(error, ssl.SSLError) else "connect_failed"
            raise Unreachable(code) from error

    def close(self) -> None:
        for connections in self._all:
            connections.close()

    def _answered(self, request: Http2Request, url: Url, budget: Budget) -> Response:
        wire = _wire(request, url)
        place = (str(wire.url.origin), request.pool)

        def attempt() -> Response:
            connection = self._connection(place, wire.url.origin)
            with ExitStack() as failing:
                failing.callback(connection.close)
                answer = _response(connection.handle_request(wire))
                failing.pop_all()
            self._connections[place] = connection  # idle from now on
            return answer

        return on_live_connection(attempt, _LOST, budget)

    def _connection(self, place: _Place, origin: httpcore.Origin) -> httpcore.HTTPConnection:
        """Take the thread's connection to the place out of the cache, or make one."""
        found = self._connections.pop(place, None)
        if found and found.is_available() and not found.has_expired():
            return found
        if found:
            found.close()
        return httpcore.HTTPConnection(
            origin,
            ssl_context=self._context,
            http1=False,
            http2=True,
            network_backend=self._backend,
        )

    @property
    def _connections(self) -> _Connections:
        if not hasattr(self._mine, "connections"):
            self._mine.connections = _Connections(_CONNECTIONS, _SECONDS_IDLE, self._clock)
            self._all.append(self._mine.connections)
        own: _Connections = self._mine.connections
        return own


def _wire(request: Http2Request, url: Url) -> httpcore.Request:
    own = {"host": url.netloc or "", "content-length": str(len(request.body))}
    headers = [(name, value) for name, value in {**request.headers, **own}.items()]
    return httpcore.Request(request.method, url.url, headers=headers, content=request.body)


def _response(answer: httpcore.Response) -> Response:
    body = b""
    try:
        for part in answer.iter_stream():
            body += part
            if len(body) > MOST_BODY:
                break
    finally:
        answer.close()
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers
    }
    return Response(status=answer.status, headers=headers, body=body[:MOST_BODY])


class _Backend(httpcore.NetworkBackend):
    """Connects by the guard, whose sockets bound the time."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        return _Stream(self._guard.connect(host, port))


class _Stream(httpcore.NetworkStream):
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        buffer = bytearray(max_bytes)
        return bytes(buffer[: self._connection.recv_into(buffer)])

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._connection.sendall(buffer)

    def close(self) -> None:
        self._connection.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _Stream(ssl_context.wrap_socket(self._connection, server_hostname=server_hostname))

    def get_extra_info(self, info: str) -> Any:
        is_tls = isinstance(self._connection, ssl.SSLSocket)
        return self._connection if info == "ssl_object" and is_tls else None
