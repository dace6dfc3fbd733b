"""Excerpts of providers' answers, and addresses as lists show them: without what is secret."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from carillon.domain.delivery.transport import BearerRequest, HttpRequest, Request

EXCERPT: Final = 500  # characters of an answer that are kept
_HIDDEN = "***"
_PROOFS = ("auth", "key", "secret", "signature", "token")  # in the names of headers
_SHORTEST = 5  # characters of a secret that is looked for: what is shorter is in every text
_SHOWN = 4  # last characters of a masked address


def excerpt(body: bytes, secrets: Iterable[str]) -> str:
    """Return the first characters of an answer, with `***` for each of the secrets in it.

    A secret is found as it is, and as JSON, a URL and Basic authentication write it.
    """
    text = body[: EXCERPT * 8].decode(errors="replace")
    for secret in sorted(_written(secrets), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return text[:EXCERPT]


def secrets_of(
    settings: Mapping[str, Any],
    visible: frozenset[str],
    address: Mapping[str, str],
    *,
    request: Request,
) -> Iterator[str]:
    """Yield the texts of settings, an address and a request that nobody else may read.

    A URL is one whole and in parts, as a service may repeat its path alone. Of an address, that is
    a webhook's URL and a device's token; of a request, what its headers prove it by.
    """
    for name, value in settings.items():
        if name not in visible:
            yield from _texts(value)
    names = [str(settings[name]) for name in ("user_name", "username") if settings.get(name)]
    for password in _texts(settings.get("password")):
        for user in names:
            yield base64.b64encode(f"{user}:{password}".encode()).decode()
    for name in ("webhook_url", "device_token"):
        yield from _texts(address.get(name))
    sent = request.request if isinstance(request, BearerRequest) else request
    if isinstance(sent, HttpRequest):
        for name, value in sent.headers.items():
            if any(word in name.lower() for word in _PROOFS):
                yield from (value, *value.split(), *value.split(","))


def masked(address: Mapping[str, str]) -> dict[str, str]:
    """Return the address as lists show it: enough to recognize it by, and not to use it."""
    return {name: _masked(value) for name, value in address.items()}


def _masked(value: str) -> str:
    if "://" in value:
        return f"{urlsplit(value).scheme}://{urlsplit(value).hostname or ''}/{_HIDDEN}"
    name, at, host = value.partition("@")
    if at:
        return f"{name[:1]}{_HIDDEN}@{host}"
    return f"{_HIDDEN}{value[-_SHOWN:]}" if len(value) > 2 * _SHOWN else _HIDDEN


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
            if "://" in value:
                parts = urlsplit(value)
                yield from (parts.path, f"{parts.path}?{parts.query}" if parts.query else "")
                yield from (part for part in parts.path.split("/") if len(part) > 2 * _SHOWN)
        case Mapping():
            for each in value.values():
                yield from _texts(each)
        case list() | tuple():
            for each in value:
                yield from _texts(each)


def _written(secrets: Iterable[str]) -> set[str]:
    found = {secret for secret in secrets if len(secret) >= _SHORTEST}
    return {form for one in found for form in (one, json.dumps(one)[1:-1], quote(one, safe=""))}
