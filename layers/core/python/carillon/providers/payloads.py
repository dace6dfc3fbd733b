"""How most services are written to: as JSON, with what fits and what the caller may set."""

import json
from collections.abc import Mapping
from typing import Any

from carillon.domain.base.errors import Invalid, Problem
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.transport import HttpRequest


def post(
    url: str, content: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> HttpRequest:
    own = {"content-type": "application/json; charset=utf-8"}
    return HttpRequest(
        method="POST", url=url, headers={**own, **(headers or {})}, body=encoded(content)
    )


def encoded(content: Any, longest: int | None = None) -> bytes:
    """JSON in ASCII; Invalid for what is none, or has more than `longest` bytes."""
    body = _json(content, ascii_only=True).encode()
    if longest is not None and len(body) > longest:
        raise _too_large(longest)
    return body


def unescaped(content: Any) -> str:
    """JSON with all letters as themselves, for what is text within the JSON that is sent."""
    return _json(content, ascii_only=False)


def check_size(content: Any, largest: int) -> None:
    """Raise Invalid for more than `largest` bytes of UTF-8.

    Services that pass a message on count what they read, where a letter that we send as an escape
    of six bytes, or an emoji of twelve, has two to four.
    """
    if len(unescaped(content).encode(errors="surrogatepass")) > largest:
        raise _too_large(largest)


def _json(content: Any, *, ascii_only: bool) -> str:
    try:
        return json.dumps(content, separators=(",", ":"), allow_nan=False, ensure_ascii=ascii_only)
    except (TypeError, ValueError) as error:
        raise Invalid(Problem("data", "or overrides are not JSON")) from error


def _too_large(largest: int) -> Invalid:
    return Invalid(Problem("data", f"makes a message of more than {largest} bytes"))


def overrides(message: Message, allowed: frozenset[str]) -> dict[str, Any]:
    """What the caller may set: never where a message goes, or as whom."""
    return {name: message.overrides[name] for name in allowed & message.overrides.keys()}
