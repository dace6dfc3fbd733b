"""JSON payloads: requests, size limits, and the fields callers may override."""

import json
from collections.abc import Mapping
from typing import Any

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
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
    """Encode as ASCII JSON; raise Invalid if it is no JSON or longer than `longest` bytes."""
    body = _json(content, ascii_only=True).encode()
    if longest is not None and len(body) > longest:
        raise _too_large(longest)
    return body


def unescaped(content: Any) -> str:
    """Encode as JSON without escapes, for JSON that is sent as a string within JSON."""
    return _json(content, ascii_only=False)


def bytes_of(text: str) -> int:
    """Return how many bytes of UTF-8 a text is."""
    return len(text.encode(errors="surrogatepass"))


def check_size(content: Any, largest: int) -> None:
    """Raise Invalid for more than `largest` bytes of UTF-8.

    Push services count the decoded message: a letter that we send as an escape of six bytes, or
    an emoji of twelve, counts two to four.
    """
    if len(unescaped(content).encode(errors="surrogatepass")) > largest:
        raise _too_large(largest)


def _json(content: Any, *, ascii_only: bool) -> str:
    try:
        return json.dumps(content, separators=(",", ":"), allow_nan=False, ensure_ascii=ascii_only)
    except (TypeError, ValueError) as error:
        raise Invalid(
            FieldProblem(FieldName.DATA, "or overrides cannot be written as JSON")
        ) from error


def _too_large(largest: int) -> Invalid:
    return Invalid(FieldProblem(FieldName.DATA, f"makes a message of more than {largest} bytes"))


def overrides(message: Message) -> dict[str, Any]:
    """Return the overrides that become fields of the message; none says where it goes."""
    return {
        name: value
        for name, value in message.overrides.items()
        if value is not None and name != "device_tokens"
    }
