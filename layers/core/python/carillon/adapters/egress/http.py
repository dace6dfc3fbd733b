"""HTTP/1.1 by urllib3's pools over guarded connections.

A session of `requests` would send one tenant's cookies with another's call, read proxies and
passwords from the environment, follow redirects and decompress bodies.
"""

import re
import socket
import ssl
from http.client import HTTPException

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, LocationParseError, ProtocolError, SSLError
from urllib3.util import Url, parse_url

from carillon.adapters.egress.guard import Blocked, Budget, Guard, Unreachable
from carillon.adapters.egress.kept_alive import on_live_connection
from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import HttpRequest, Response

MOST_BODY = 64 * 1024
_HOSTS = 100  # with kept-alive connections
_CONNECTIONS = 10  # per host: as many as a worker has threads
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PORTS = frozenset({443, 8443})
_FIRST_UNPRIVILEGED = 1024
_LONGEST_HOST = 253
# Spaces, controls, backslashes, a user before the host: parsers disagree about the host then.
_READ_DIFFERENTLY = re.compile(r"[\x00-\x20\x7f\\]|^[^/?#]*//[^/?#]*@")


class Http:
    """Sends over kept-alive connections that all threads of a process share."""

    def __init__(self, guard: Guard, context: ssl.SSLContext) -> None:
        self._guard = guard
        self._pools = _pools(guard, context)

    def send(self, request: HttpRequest, budget: Budget) -> Response:
        """Send; raise Blocked, Unreachable if nothing was sent, TimeoutError if no answer came."""
        url = checked(request.url, self._guard)
        try:
            answer, body = self._answered(request, url, budget)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            if budget.sent:
                raise TimeoutError from error
            if isinstance(error, ValueError):  # a header that cannot be sent
                raise Unreachable("invalid_request", Outcome.CONFIG) from error
            code = "tls_failed" if isinstance(error, SSLError) else "connect_failed"
            raise Unreachable(code) from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(status=answer.status, headers=headers, body=body[: request.most])

    def _answered(
        self, request: HttpRequest, url: Url, budget: Budget
    ) -> tuple[urllib3.BaseHTTPResponse, bytes]:
        """Send on a connection of the pool, which drops one that fails."""

        def attempt() -> tuple[urllib3.BaseHTTPResponse, bytes]:
            answer = self._pools.connection_from_url(url.url).urlopen(
                request.method,
                url.request_uri,
                body=request.body,
                headers={**request.headers, "accept-encoding": "identity"},
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
            )
            return answer, _body(answer, request.most)

        return on_live_connection(attempt, (ProtocolError, OSError), budget)

    def close(self) -> None:
        self._pools.clear()


def checked(text: str, guard: Guard) -> Url:
    """Return the URL, parsed once for checking and connecting; raise Blocked if not allowed."""
    if _READ_DIFFERENTLY.search(text):
        raise Blocked
    try:
        url = parse_url(text)
    except LocationParseError:
        raise Blocked from None
    host = (url.host or "").strip("[]")
    if not host or len(host) > _LONGEST_HOST:
        raise Blocked
    port = _DEFAULT_PORTS.get(url.scheme or "", 0) if url.port is None else url.port
    if not guard.allows(host, port):
        if url.scheme != "https":
            raise Blocked
        if port not in _PORTS and port < _FIRST_UNPRIVILEGED:
            raise Blocked
    return url


def _body(answer: urllib3.BaseHTTPResponse, most: int) -> bytes:
    """Return the body up to its limit. Only reading past the end shows that it is complete."""
    body = b""
    while more := answer.read(most - len(body) + 1, decode_content=False):
        body += more
        if len(body) > most:
            answer.close()
            break
    return body


def _pools(guard: Guard, context: ssl.SSLContext) -> urllib3.PoolManager:
    """Return pools that connect by the guard. Host, SNI and certificate still use the name."""

    class Connection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self._dns_host, self.port)

    class TlsConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self._dns_host, self.port or 443)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    pools = urllib3.PoolManager(num_pools=_HOSTS, maxsize=_CONNECTIONS, ssl_context=context)
    pools.pool_classes_by_scheme = {"http": Pool, "https": TlsPool}
    return pools
