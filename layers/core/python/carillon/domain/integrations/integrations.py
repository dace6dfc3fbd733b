"""Integrations: providers with a tenant's credentials or targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from carillon.domain.base.channels import Channel

MANY_DEATHS = "many_dead_addresses"  # the code of a circuit that opened because of them


class Death(NamedTuple):
    """A subscriber's address that was called dead, by its mark."""

    subscriber: str
    mark: str


@dataclass(frozen=True, kw_only=True)
class Circuit:
    """The failures of an integration since its last success.

    The circuit opens when a credential is refused or several addresses keep failing. Messages are
    then held back, except one probe from `probe_at` on. An integration that stays broken is
    disabled; any change of the integration closes its circuit.
    """

    since: datetime
    code: str
    http_status: int | None = None
    failures: int = 0  # attempts in a row that failed
    addresses: tuple[str, ...] = ()  # hashes of the first few that they failed at
    opened_at: datetime | None = None
    probe_at: datetime | None = None
    disabled_at: datetime | None = None
    deaths: tuple[Death, ...] = ()  # in a row, until `died_at`: a group of them is not believed
    died_at: datetime | None = None

    @property
    def holds_deaths(self) -> bool:
        """Whether it is open because many addresses were called dead at once."""
        return self.opened_at is not None and self.code == MANY_DEATHS


@dataclass(frozen=True, kw_only=True)
class Clause:
    """Whether the event's context is among `contexts`; or is not, if `among` is false."""

    contexts: tuple[str, ...]
    among: bool = True

    def holds(self, context: str | None) -> bool:
        return (context in self.contexts) == self.among


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Clauses of which all must hold, or one if `every` is false; `negated` inverts the result."""

    clauses: tuple[Clause, ...]
    every: bool = True
    negated: bool = False

    def holds(self, context: str | None) -> bool:
        found = [clause.holds(context) for clause in self.clauses]
        return (all(found) if self.every else any(found)) != self.negated


@dataclass(frozen=True, kw_only=True)
class Integration:
    """A provider with its settings: credentials, a sender, a target. Settings are secrets.

    `subscriber_field` is the subscriber's field with the address, such as `email`; None where
    subscribers register addresses with the provider.
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
    fallback: int | None = None  # its place among those that are tried after the first; None: never
    version: int = 1
    subscriber_field: str | None = None
    circuit: Circuit | None = None
    owner: str = ""  # the subscription whose endpoint it is, and with which it is removed
    conditions: tuple[
        Condition, ...
    ] = ()  # one must hold for an event's context; none: it serves all
    made_by: str = ""  # derived from the creating request, if clients may repeat it

    @property
    def usable(self) -> bool:
        """Whether it may send messages: it is active, and not disabled by its circuit."""
        return self.active and not (self.circuit and self.circuit.disabled_at)

    def serves(self, context: str | None) -> bool:
        """Whether it sends events of the context: one of its conditions holds, or it has none."""
        return not self.conditions or any(one.holds(context) for one in self.conditions)

    def __repr__(self) -> str:
        return f"Integration(id={self.id!r}, provider={self.provider!r})"


_ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)

# Every tenant has this one: feeds need no credentials, and a subscriber's id is its address.
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
