"""HTTP/2 out: httpcore's connections over guarded sockets, for who speaks nothing else.

httpcore is what httpx stands on. Above it httpx would keep cookies, read proxies from the
environment and follow redirects, as `requests` would.
"""

import ssl
import threading
from collections import OrderedDict
from typing import Any

import httpcore
from urllib3.util import Url

from carillon.adapters.egress.guard import Budget, Guard, Unreachable
from carillon.adapters.egress.http import MOST_BODY, checked
from carillon.domain.delivery.transport import Http2Request, Response

# Connections of a thread: each has its own, so that one's deadline never ends another's request.
_CONNECTIONS = 10
# A function may have been frozen, and its connections cut, without noticing.
_SECONDS_IDLE = 5.0

type _Place = tuple[str, str]  # whom it leads to, and the pool it belongs to


class Http2:
    """Kept-alive connections, one for each credential and thread."""

    def __init__(self, guard: Guard, context: ssl.SSLContext) -> None:
        self._backend = _Backend(guard)
        self._guard = guard
        self._context = context
        self._mine = threading.local()
        self._all: list[OrderedDict[_Place, httpcore.HTTPConnection]] = []

    def send(self, request: Http2Request, budget: Budget) -> Response:
        """Raise Blocked; Unreachable when nothing was sent; TimeoutError when no answer came."""
        url = checked(request.url, self._guard)
        try:
            return self._answered(request, url, budget)
        except (httpcore.ProtocolError, httpcore.ConnectionNotAvailable, OSError) as error:
            if budget.sent:
                raise TimeoutError from error
            code = "tls_failed" if isinstance(error, ssl.SSLError) else "connect_failed"
            raise Unreachable(code) from error

    def close(self) -> None:
        for connections in self._all:
            while connections:
                connections.popitem()[1].close()

    def _answered(self, request: Http2Request, url: Url, budget: Budget) -> Response:
        """Send on a kept-alive connection; on another one when that had gone by then.

        As in HTTP/1.1, what fails on an old connection without a byte of an answer is sent again.
        """
        wire = _wire(request, url)
        place = (str(wire.url.origin), request.pool)
        while True:
            connection = self._connection(place, wire.url.origin)
            try:
                return _response(connection.handle_request(wire))
            except (httpcore.ProtocolError, httpcore.ConnectionNotAvailable, OSError):
                self._connections.pop(place, None)
                connection.close()
                if budget.connected or budget.received:
                    raise
                budget.left()
                budget.sent = False

    def _connection(self, place: _Place, origin: httpcore.Origin) -> httpcore.HTTPConnection:
        found = self._connections.pop(place, None)
        if found and (found.has_expired() or found.is_closed() or not found.is_available()):
            found.close()
            found = None
        if found is None:
            found = httpcore.HTTPConnection(
                origin,
                ssl_context=self._context,
                keepalive_expiry=_SECONDS_IDLE,
                http1=False,
                http2=True,
                network_backend=self._backend,
            )
        self._connections[place] = found  # the most recent one last
        while len(self._connections) > _CONNECTIONS:
            self._connections.popitem(last=False)[1].close()
        return found

    @property
    def _connections(self) -> OrderedDict[_Place, httpcore.HTTPConnection]:
        if not hasattr(self._mine, "connections"):
            self._mine.connections = OrderedDict()
            self._all.append(self._mine.connections)
        own: OrderedDict[_Place, httpcore.HTTPConnection] = self._mine.connections
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
    """Connects by the guard; the timeouts are those of its sockets."""

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
