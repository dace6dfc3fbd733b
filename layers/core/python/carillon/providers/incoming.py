"""What the chat services that take an incoming webhook have in common: its URL is the address."""

from collections.abc import Mapping
from typing import Any

from carillon.providers.settings import Strict, Url, parsed


class Settings(Strict):
    """`webhook_url` is where messages go that have no address of their own."""

    webhook_url: Url | None = None


class Address(Strict):
    webhook_url: Url
    channel: str | None = None


def place(address: Mapping[str, str], own: Settings) -> Address:
    """Where to post, or Invalid."""
    default = own.model_dump(include={"webhook_url"}, exclude_none=True)
    return parsed(Address, address or default, "address")


def settings(given: Mapping[str, Any]) -> Settings:
    return parsed(Settings, given, "settings")
