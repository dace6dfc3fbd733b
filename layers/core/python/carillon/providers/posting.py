"""How most services are written to: as JSON, with what fits and what the caller may set."""

import json
import re
from collections.abc import Mapping
from typing import Any

from carillon.domain.errors import Invalid, Problem
from carillon.domain.templates import Message
from carillon.domain.transport import HttpRequest


def post(
    url: str, content: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> HttpRequest:
    own = {"content-type": "application/json; charset=utf-8"}
    return HttpRequest(
        method="POST", url=url, headers={**own, **(headers or {})}, body=encoded(content)
    )


def encoded(content: Any, longest: int | None = None) -> bytes:
    """JSON in ASCII; Invalid for what is none, or has more than `longest` bytes."""
    try:
        body = json.dumps(content, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise Invalid(Problem("data", "or overrides are not JSON")) from error
    if longest is not None and len(body) > longest:
        raise Invalid(Problem("data", f"makes a message of more than {longest} bytes"))
    return body


def overrides(message: Message, allowed: frozenset[str]) -> dict[str, Any]:
    """What the caller may set: never where a message goes, or as whom."""
    return {name: message.overrides[name] for name in allowed & message.overrides.keys()}


def titled(message: Message, mark: str) -> str:
    """The title, between marks that make it bold, and the text, calling nobody.

    Invalid when both are empty.
    """
    title = f"{mark}{message.subject}{mark}" if message.subject else ""
    text = "\n".join(filter(None, (title, message.text)))
    if not text:
        raise Invalid(Problem("text", "is empty"))
    return calling_nobody(text)


# Words that call everybody of a channel, in one service or another.
_EVERYBODY = re.compile(r"@(?=\**(?:all|channel|everyone|here|stream|team|topic)\b)", re.IGNORECASE)


def calling_nobody(text: str) -> str:
    """The text with a space of no width where it would call everybody: data may not."""
    return _EVERYBODY.sub("@\u200b", text)


def cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
