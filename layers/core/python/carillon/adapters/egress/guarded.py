"""The egress: every request to a service outside is sent here, within 30 seconds at most."""

import ssl
from collections.abc import Callable
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from carillon.adapters.egress import guard
from carillon.domain.delivery.deliveries import Concern, Outcome, Result
from carillon.domain.delivery.transport import (
    AppriseRequest,
    BearerRequest,
    EventBridgeRequest,
    Http2Request,
    HttpRequest,
    NoAnswer,
    Request,
    Response,
    SesRequest,
    SmtpRequest,
    SnsRequest,
)

if TYPE_CHECKING:
    from carillon.adapters.aws.clients import Clients
    from carillon.adapters.egress.bearer import Bearer
    from carillon.adapters.egress.http import Http
    from carillon.adapters.egress.http2 import Http2

DEADLINE = 30.0
_NOT_ALLOWED = "address_not_allowed"
# The same text for every reason: a difference would reveal which internal addresses listen.
_NOT_CONNECTED = "no connection could be made"


def public_authorities() -> ssl.SSLContext:
    """Return a context that trusts the public certificate authorities."""
    import certifi  # noqa: PLC0415

    return ssl.create_default_context(cafile=certifi.where())


class GuardedEgress:
    """Sends for all threads of a process, which share its kept-alive connections.

    `allow` holds each "host:port" that may be reached although it is not public, without TLS too.
    It is for tests and the local stack: what is deployed allows none.
    """

    def __init__(
        self,
        clients: "Clients",
        allow: frozenset[str] = frozenset(),
        deadline: float = DEADLINE,
        *,
        resolve: guard.Resolve = guard.resolve,
        context: Callable[[], ssl.SSLContext] = public_authorities,
    ) -> None:
        self._clients = clients
        self._deadline = deadline
        self._guard = guard.Guard(allow=allow, resolve=resolve)
        self._made = context
        self._shared: ssl.SSLContext | None = None
        self._lock = Lock()

    def send(self, request: Request, *, within: float | None = None) -> Response:
        seconds = self._deadline if within is None else min(within, self._deadline)
        try:
            with guard.budget(seconds) as budget:
                return self._sent(request, budget)
        except guard.Blocked:
            raise NoAnswer(_not_connected(Outcome.CONFIG, _NOT_ALLOWED)) from None
        except guard.Unreachable as error:
            raise NoAnswer(_not_connected(error.outcome, error.code)) from None
        except TimeoutError:
            detail = "no complete answer came in time"
            result = Result(outcome=Outcome.UNSURE, code="no_answer", detail=detail)
            raise NoAnswer(result) from None

    def close(self) -> None:
        """Close the kept-alive connections."""
        for way in ("_http", "_http2"):
            if way in self.__dict__:
                getattr(self, way).close()

    def _sent(self, request: Request, budget: guard.Budget) -> Response:
        """Send by the request's protocol, whose libraries are imported on first use."""
        match request:
            case Http2Request():
                return self._http2.send(request, budget)
            case HttpRequest():
                return self._http.send(request, budget)
            case BearerRequest():
                return self._bearer.send(request, budget)
            case AppriseRequest():
                from carillon.adapters.egress import apprise  # noqa: PLC0415

                return apprise.send(request, self._http, budget)
            case SmtpRequest():
                from carillon.adapters.egress import smtp  # noqa: PLC0415

                return smtp.send(request, guard=self._guard, context=self._context)
            case SesRequest() | SnsRequest() | EventBridgeRequest():
                from carillon.adapters.egress import aws_calls  # noqa: PLC0415

                return aws_calls.send(request, self._clients)

    @cached_property
    def _http(self) -> "Http":
        from carillon.adapters.egress.http import Http  # noqa: PLC0415

        return Http(self._guard, self._context)

    @cached_property
    def _http2(self) -> "Http2":
        from carillon.adapters.egress.http2 import Http2  # noqa: PLC0415

        # A context of its own, as offering HTTP/2 changes it.
        return Http2(self._guard, guard.tls(self._made()))

    @cached_property
    def _bearer(self) -> "Bearer":
        from carillon.adapters.egress.bearer import Bearer  # noqa: PLC0415

        return Bearer(self._http)

    @property
    def _context(self) -> ssl.SSLContext:
        """Return the shared context: loading the authorities takes longer than a delivery."""
        with self._lock:
            if self._shared is None:
                self._shared = guard.tls(self._made())
            return self._shared


def _not_connected(outcome: Outcome, code: str) -> Result:
    refused = outcome is Outcome.CONFIG and code != _NOT_ALLOWED
    concerns = Concern.INTEGRATION if refused else None
    return Result(outcome=outcome, code=code, detail=_NOT_CONNECTED, concerns=concerns)
