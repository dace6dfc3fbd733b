"""Integrations: a provider configured with a tenant's credentials or target."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carillon.domain.channels import Channel


@dataclass(frozen=True, kw_only=True)
class Circuit:
    """Open: the provider refuses the credential, so messages are held back.

    From `probe_at` on, one of them may go to see whether that has changed. Whoever changes the
    integration closes its circuit.
    """

    opened_at: datetime
    probe_at: datetime
    code: str
    http_status: int | None = None


@dataclass(frozen=True, kw_only=True)
class Integration:
    """`settings` are the provider's own: credentials, a sender, a target. They are secrets.

    `subscriber_field` names the subscriber's own field that is the address, such as `email`; None
    where subscribers register addresses with the provider.
    """

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
    subscriber_field: str | None = None
    circuit: Circuit | None = None

    def __repr__(self) -> str:
        return f"Integration(id={self.id!r}, provider={self.provider!r})"
