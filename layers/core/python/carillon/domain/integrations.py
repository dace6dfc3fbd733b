"""Integrations: a provider configured with a tenant's credentials or target."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carillon.domain.channels import Channel


@dataclass(frozen=True, kw_only=True)
class Integration:
    """`settings` are the provider's own: credentials, a sender, a target. They are secrets."""

    id: str
    identifier: str
    name: str
    provider: str
    channel: Channel
    settings: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    active: bool = True
    primary: bool = False
    version: int = 1

    def __repr__(self) -> str:
        return f"Integration(id={self.id!r}, provider={self.provider!r})"
