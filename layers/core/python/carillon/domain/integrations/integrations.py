"""Integrations: a provider configured with a tenant's credentials or target."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from carillon.domain.base.channels import Channel


@dataclass(frozen=True, kw_only=True)
class Circuit:
    """What has gone wrong with an integration since a message last got through.

    It opens when a credential is refused or an endpoint has failed steadily; then messages are
    held back, but for one that goes to probe from `probe_at` on. What stays broken is disabled.
    Whoever changes the integration closes its circuit.
    """

    since: datetime
    code: str
    http_status: int | None = None
    failures: int = 0  # attempts in a row that failed
    opened_at: datetime | None = None
    probe_at: datetime | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Clause:
    """The event's context is among these, or it is none of them."""

    contexts: tuple[str, ...]
    among: bool = True

    def holds(self, context: str | None) -> bool:
        return (context in self.contexts) == self.among


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Every clause holds, or one of them does."""

    clauses: tuple[Clause, ...]
    every: bool = True
    negated: bool = False

    def holds(self, context: str | None) -> bool:
        found = [clause.holds(context) for clause in self.clauses]
        return (all(found) if self.every else any(found)) != self.negated


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
    description: str = ""
    active: bool = True
    primary: bool = False
    version: int = 1
    subscriber_field: str | None = None
    circuit: Circuit | None = None
    owner: str = ""  # the subscription that it is the endpoint of, and goes with
    conditions: tuple[Condition, ...] = ()  # for which contexts it is; without any, for all
    made_by: str = ""  # derived from the request that made it, if that may come twice

    @property
    def usable(self) -> bool:
        """Whether messages go by it: its tenant left it on, and it is not disabled."""
        return self.active and not (self.circuit and self.circuit.disabled_at)

    def serves(self, context: str | None) -> bool:
        """Whether one of its conditions holds for an event of the context, if it has any."""
        return not self.conditions or any(one.holds(context) for one in self.conditions)

    def __repr__(self) -> str:
        return f"Integration(id={self.id!r}, provider={self.provider!r})"


_ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)

# Every tenant's own: the feeds need no credential, and everybody has one under their own id.
IN_APP = Integration(
    id="in_app",
    identifier="in-app",
    name="In-app feed",
    provider="in-app",
    channel=Channel.IN_APP,
    settings={},
    created_at=_ALWAYS,
    updated_at=_ALWAYS,
    primary=True,
    subscriber_field="id",
)
