"""What the chat services that take an incoming webhook have in common: its URL is the address."""

import json
from collections.abc import Mapping
from typing import Any

from carillon.domain.errors import Invalid, Problem
from carillon.domain.templates import Message
from carillon.domain.transport import HttpRequest
from carillon.providers.settings import Strict, Url, parsed


class Settings(Strict):
    """`webhook_url` is where messages go that have no address of their own."""

    webhook_url: Url | None = None


class Address(Strict):
    webhook_url: Url
    channel: str | None = None


def place(address: Mapping[str, str], settings: Mapping[str, Any]) -> Address:
    """Where to post, or Invalid."""
    own = parsed(Settings, settings, "settings")
    return parsed(Address, address or own.model_dump(exclude_none=True), "address")


def post(
    url: str, content: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> HttpRequest:
    try:
        body = json.dumps(content, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise Invalid(Problem("overrides", "are not JSON")) from error
    own = {"content-type": "application/json; charset=utf-8"}
    return HttpRequest(method="POST", url=url, headers={**own, **(headers or {})}, body=body)


def overrides(message: Message, allowed: frozenset[str]) -> dict[str, Any]:
    """What the caller may set: never where a message goes, or as whom."""
    return {name: message.overrides[name] for name in allowed & message.overrides.keys()}


def titled(message: Message, mark: str) -> str:
    """The title, between marks that make it bold, and the text; Invalid when both are empty."""
    title = f"{mark}{message.subject}{mark}" if message.subject else ""
    text = "\n".join(filter(None, (title, message.text)))
    if not text:
        raise Invalid(Problem("text", "is empty"))
    return text


def cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
