"""Settings and address of chat services with incoming webhooks: the URL is the address."""

from collections.abc import Mapping
from typing import Any

from carillon.providers.settings import Strict, Url


class Settings(Strict):
    """`webhook_url` is the default for messages without an address."""

    webhook_url: Url | None = None


class Address(Strict):
    webhook_url: Url
    channel: str | None = None


def default_address(settings: Settings) -> Mapping[str, Any]:
    return {"webhook_url": settings.webhook_url}
