"""The egress of a local stack: it may reach the outbox, which plays the services outside.

It replaces `carillon.runtime.wiring.egress`. Nothing in the layer reads its settings.
"""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from carillon.adapters.aws.clients import Clients
from carillon.adapters.egress.guarded import GuardedEgress, public_authorities
from carillon.domain.base import network
from carillon.domain.delivery.transport import (
    BearerRequest,
    HttpRequest,
    Request,
    Response,
    SmtpRequest,
)
from carillon.ports.delivery import Egress
from carillon.runtime import wiring

# A tenant of the stack may save URLs of the outbox. Which ports are reached, the guard decides.
_LOCAL_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


def install(*, allow: Sequence[str], stand_ins: Mapping[str, str], authority: str) -> None:
    """Have the functions of this process send by a local egress.

    `allow` holds each "host:port" of this machine that may be reached, `stand_ins` the base URL of
    the stand-in of each host (".host" for any name one level below it), `authority` the file of a
    certificate authority to trust beside the public ones.
    """

    def context() -> ssl.SSLContext:
        made = public_authorities()
        made.load_verify_locations(authority)
        return made

    def egress(clients: Clients) -> Egress:
        return LocalEgress(GuardedEgress(clients, frozenset(allow), context=context), stand_ins)

    wiring.egress = egress
    network.LOCAL_HOSTS = _LOCAL_HOSTS


class LocalEgress:
    """Sends each request for a host with a stand-in to that stand-in."""

    def __init__(self, egress: Egress, stand_ins: Mapping[str, str]) -> None:
        self._egress = egress
        self._stand_ins = stand_ins

    def send(self, request: Request, *, within: float | None = None) -> Response:
        return self._egress.send(redirected(request, self._stand_ins), within=within)


def redirected(request: Request, stand_ins: Mapping[str, str]) -> Request:
    """Return the request as it goes to the stand-in of its host; unchanged without one."""
    match request:
        case BearerRequest():
            return replace(
                request,
                request=_redirected(request.request, stand_ins),
                grant=_redirected(request.grant, stand_ins),
            )
        case HttpRequest():
            return _redirected(request, stand_ins)
        case SmtpRequest() if request.host in stand_ins:
            place = urlsplit(stand_ins[request.host])
            return replace(request, host=place.hostname or "", port=place.port or 0)
        case _:
            return request


def _redirected[R: HttpRequest](request: R, stand_ins: Mapping[str, str]) -> R:
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    base = stand_ins.get(host) or stand_ins.get("." + host.partition(".")[2])
    if base is None:
        return request
    query = f"?{parts.query}" if parts.query else ""
    return replace(request, url=f"{base}{parts.path}{query}")
