"""HTTP out: urllib3's pools over guarded connections.

Without `requests` above it: its session would carry one tenant's cookies to another's call, read
proxies and passwords from the environment, follow redirects and unpack what it is sent.
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
_HOSTS = 100  # whose connections are kept alive
_CONNECTIONS = 10  # to each: as many as a worker has threads
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PORTS = frozenset({443, 8443})
_FIRST_UNPRIVILEGED = 1024
_LONGEST_HOST = 253
# Spaces, controls and backslashes, a user before the host: not everybody finds the same host then.
_READ_DIFFERENTLY = re.compile(r"[\x00-\x20\x7f\\]|^[^/?#]*//[^/?#]*@")


class Http:
    """Kept-alive connections for all threads of a process."""

    def __init__(self, guard: Guard, context: ssl.SSLContext) -> None:
        self._guard = guard
        self._pools = _pools(guard, context)

    def send(self, request: HttpRequest, budget: Budget) -> Response:
        """Raise Blocked; Unreachable when nothing was sent; TimeoutError when no answer came."""
        url = checked(request.url, self._guard)
        try:
            answer, body = self._answered(request, url, budget)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            if budget.sent:
                raise TimeoutError from error
            if isinstance(error, ValueError):  # a header that cannot be written
                raise Unreachable("invalid_request", Outcome.CONFIG) from error
            code = "tls_failed" if isinstance(error, SSLError) else "connect_failed"
            raise Unreachable(code) from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(status=answer.status, headers=headers, body=body[:MOST_BODY])

    def _answered(
        self, request: HttpRequest, url: Url, budget: Budget
    ) -> tuple[urllib3.BaseHTTPResponse, bytes]:
        """Take a connection from the pool, which forgets one that fails."""

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
            return answer, _start(answer)

        return on_live_connection(attempt, (ProtocolError, OSError), budget)

    def close(self) -> None:
        self._pools.clear()


def checked(text: str, guard: Guard) -> Url:
    """The URL, parsed once for checking and connecting alike, or Blocked."""
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


def _start(answer: urllib3.BaseHTTPResponse) -> bytes:
    """The body as sent, to its end or its limit. Only reading past the end tells it is whole."""
    body = b""
    while more := answer.read(MOST_BODY - len(body) + 1, decode_content=False):
        body += more
        if len(body) > MOST_BODY:
            answer.close()
            break
    return body


def _pools(guard: Guard, context: ssl.SSLContext) -> urllib3.PoolManager:
    """Only the way a connection is made differs, so Host, SNI and certificate stay by name."""

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
