"""The guard of every connection to the outside: which addresses it may reach, and for how long.

A name is resolved once. If *any* of its addresses is not public the connection is refused; else it
goes to one of exactly those addresses, so that no second answer of DNS can lead elsewhere.
"""

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from carillon.domain.base.network import is_public
from carillon.domain.delivery.deliveries import Outcome

type Resolve = Callable[[str, int], Sequence[str]]

_SECONDS_TO_CONNECT = 5.0  # per address: one that drops packets leaves time for the next
_MOST_ADDRESSES = 4
_MOST_RECEIVED = 1 << 20  # bytes of one answer with its headers


class Blocked(Exception):
    """The address is not allowed, or one of its name's addresses is not."""


class Unreachable(Exception):
    """Nothing was sent. The outcome is RETRY unless the tenant has to change something."""

    def __init__(self, code: str, outcome: Outcome = Outcome.RETRY) -> None:
        super().__init__(code)
        self.code = code
        self.outcome = outcome


def resolve(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(kw_only=True)
class Budget:
    """The time left for one sending, and how far it has come."""

    ends_at: float
    connected: bool = False
    sent: bool = False
    received: int = 0

    def begin(self) -> None:
        """Start another request within the same time."""
        self.connected = self.sent = False
        self.received = 0

    def left(self) -> float:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left

    def receive(self, count: int) -> int:
        self.received += count
        if self.received > _MOST_RECEIVED:
            raise OSError("the answer is too long")
        return count


_thread = threading.local()


@contextmanager
def budget(seconds: float) -> Iterator[Budget]:
    """Bound every operation of this thread on guarded sockets, kept-alive ones too."""
    _thread.budget = own = Budget(ends_at=time.monotonic() + seconds)
    try:
        yield own
    finally:
        _thread.budget = None


def _budget() -> Budget:
    own: Budget | None = getattr(_thread, "budget", None)
    if own is None:
        raise RuntimeError("a guarded socket is used outside a budget")
    return own


class _Socket(socket.socket):
    """Gives each operation the time left in all: a plain timeout starts again with each byte."""

    def recv_into(self, *args: Any) -> int:
        own = _budget()
        self.settimeout(own.left())
        return own.receive(super().recv_into(*args))

    def sendall(self, *args: Any) -> None:
        own = _budget()
        self.settimeout(own.left())
        own.sent = True
        super().sendall(*args)


class _TlsSocket(ssl.SSLSocket):
    """Does the same within TLS, whose `sendall` calls `send`."""

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(_budget().left())
        super().do_handshake(block)

    def recv_into(self, *args: Any) -> int:
        own = _budget()
        self.settimeout(own.left())
        return own.receive(super().recv_into(*args))

    def send(self, *args: Any) -> int:
        own = _budget()
        self.settimeout(own.left())
        own.sent = True
        return super().send(*args)


def tls(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return the context, changed to make sockets that keep to the budget."""
    context.sslsocket_class = _TlsSocket
    return context


@dataclass(frozen=True, kw_only=True)
class Guard:
    """`allow` holds each "host:port" that may be reached although it is not public."""

    allow: frozenset[str]
    resolve: Resolve = resolve

    def allows(self, host: str, port: int) -> bool:
        return f"{host}:{port}" in self.allow

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a connection; raise Blocked or Unreachable."""
        own = _budget()
        own.connected = True
        try:
            addresses = self._addresses(host, port, own)
            if not self.allows(host, port) and not all(map(_is_public, addresses)):
                raise Blocked
            return _first(addresses[:_MOST_ADDRESSES], port, own)
        except socket.gaierror as error:
            temporary = error.errno in {socket.EAI_AGAIN, socket.EAI_FAIL}
            raise Unreachable("connect_failed" if temporary else "name_not_found") from None
        except OSError:
            raise Unreachable("connect_failed") from None
        except ValueError:  # a label too long for DNS, a NUL, an address that is none
            raise Unreachable("name_not_found") from None

    def _addresses(self, host: str, port: int, own: Budget) -> Sequence[str]:
        """Resolve in another thread, as the resolver cannot be interrupted when time is up."""
        answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self.resolve(host, port))
            except (OSError, ValueError) as error:
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=own.left())
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(answer, Exception):
            raise answer
        return answer


def _is_public(address: str) -> bool:
    return is_public(ipaddress.ip_address(address))


def _first(addresses: Sequence[str], port: int, own: Budget) -> socket.socket:
    """Connect to the first address that accepts."""
    failure = OSError("no address")
    for address in addresses:
        connection = _Socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        try:
            connection.settimeout(min(own.left(), _SECONDS_TO_CONNECT))
            connection.connect((address, port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _check_peer(connection, address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def _check_peer(connection: socket.socket, address: str) -> None:
    """Raise Blocked if the connection leads to any address but the one that was checked."""
    peer = connection.getpeername()[0]
    if ipaddress.ip_address(peer) != ipaddress.ip_address(address):
        connection.close()
        raise Blocked
