"""Ways to a stand-in: how a stack on one machine plays services whose address is fixed."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from carillon.domain.delivery.transport import BearerRequest, HttpRequest, Request, SmtpRequest


def parse(text: str) -> Mapping[str, str]:
    """`host=base URL` pairs between commas; a host that starts with a dot stands for its names."""
    pairs = (pair.partition("=") for pair in text.split(",") if pair)
    return {host: base for host, _, base in pairs}


def detoured(request: Request, detours: Mapping[str, str]) -> Request:
    """The same request to the stand-in, where its host has one."""
    match request:
        case BearerRequest():
            return replace(
                request,
                request=_detoured(request.request, detours),
                grant=_detoured(request.grant, detours),
            )
        case HttpRequest():
            return _detoured(request, detours)
        case SmtpRequest() if request.host in detours:
            place = urlsplit(detours[request.host])
            return replace(request, host=place.hostname or "", port=place.port or 0)
        case _:
            return request


def _detoured[R: HttpRequest](request: R, detours: Mapping[str, str]) -> R:
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    base = detours.get(host) or detours.get("." + host.partition(".")[2])
    if base is None:
        return request
    query = f"?{parts.query}" if parts.query else ""
    return replace(request, url=f"{base}{parts.path}{query}")
