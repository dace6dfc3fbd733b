"""Ports of integrations: providers, their configuration, and verified sender addresses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from carillon.domain.base.channels import Channel
from carillon.domain.base.guards import Seen
from carillon.domain.base.problems import FieldProblem
from carillon.domain.catalogue.markups import Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Result
from carillon.domain.delivery.transport import Request
from carillon.domain.integrations.integrations import Circuit, Integration
from carillon.domain.integrations.senders import MailFrom, Sender, Signing, Verification


class Integrations(Protocol):
    def all(self, *, now: bool = False) -> Sequence[Integration]:
        """Return all integrations; from the cache, where there is one, unless `now`."""

    def get(self, id: str) -> Integration: ...
    def save(
        self,
        integration: Integration,
        *,
        others: Sequence[Integration] = (),
        seen: Seen | None = None,
    ) -> None:
        """Write an integration and `others` with it, or none; this closes their circuits."""

    def switch(self, integration: Integration, circuit: Circuit | None) -> bool:
        """Replace the integration's circuit; None closes it.

        False, and nothing is done, when either has changed since it was read.
        """

    def remove(
        self,
        id: str,
        *,
        version: int | None = None,
        heir: Integration | None = None,
        seen: Sequence[Seen] = (),
    ) -> None:
        """Remove an integration, and save its `heir` with that.

        Raise Changed, with nothing done, when it is of another version than the given.
        """


class Provider(Protocol):
    """One outside service; `settings` are its integration's, already validated when saved."""

    @property
    def id(self) -> str: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def visible(self) -> frozenset[str]:
        """Names of the settings that are not secret and may be shown again."""

    @property
    def credentials(self) -> Mapping[str, frozenset[str]]:
        """Names of the credentials that are sent to the target in a setting, by its name."""

    @property
    def subscriber_field(self) -> str | None:
        """The subscriber's own field that is the address (`email`, `phone`), if there is one."""

    @property
    def drops_repeats(self) -> bool:
        """Whether a message that is sent again is shown once: by its id, to people or receivers."""

    @property
    def patience(self) -> float:
        """Seconds to wait for the service's response."""

    def check(self, settings: Mapping[str, Any]) -> Sequence[FieldProblem]: ...
    def prepare(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return normalized settings with defaults and new secrets; raise Invalid."""

    def build(
        self, message: Message, address: Mapping[str, str], settings: Mapping[str, Any]
    ) -> Request:
        """Build the request for a message; raise Invalid for a message that can never be sent."""

    def classify(self, status: int, headers: Mapping[str, str], body: bytes, /) -> Result: ...
    def check_overrides(self, given: Mapping[str, Any]) -> Sequence[FieldProblem]:
        """List the overrides that it does not take, or not with such values, by the names given."""

    def takes(self, overrides: Iterable[str]) -> frozenset[str]:
        """Return the names, in any spelling, of the overrides that all of its messages may have."""

    def own_overrides(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the overrides that it takes, by its own names; raise Invalid for a bad value."""

    def may_send_as(self, settings: Mapping[str, Any], sender: str) -> bool:
        """Whether the settings alone are enough to send as the sender."""

    def parts(self, message: Message, /) -> int:
        """Count the parts of the message that the installation pays for."""

    def senders_to_grant(self, settings: Mapping[str, Any]) -> Mapping[str, str]:
        """Return the senders, by setting, that the tenant needs a grant for."""

    def markups_at(self, address: Mapping[str, str], settings: Mapping[str, Any]) -> Markups:
        """Return how what is sent to an address is read."""


class Providers(Protocol):
    def get(self, id: str) -> Provider:
        """Import and return a provider; raise NotFound for an unknown id."""

    def ids(self) -> Sequence[str]: ...


class Senders(Protocol):
    """Sender addresses, each of one tenant."""

    def of_tenant(self) -> Sequence[Sender]: ...
    def add(self, sender: Sender, *, seen: Seen) -> None:
        """Raise Conflict when a tenant has the address, this one or another."""

    def remove(self, sender: Sender) -> None: ...


class Identities(Protocol):
    """Addresses known to the mail service, of all tenants and of the installation."""

    def region(self) -> str: ...
    def find(self, email: str) -> Verification | None:
        """Return the state of an address's verification; None for an unknown address."""

    def signing(self, identity: str) -> Signing | None:
        """Return how an identity's mails are signed; None for an unknown one."""

    def mail_from(self, identity: str) -> MailFrom | None:
        """Return where an identity's bounces go; None for an unknown one."""

    def set_mail_from(self, identity: str, domain: str) -> None:
        """Have bounces go to the domain; an empty one is the mail service's own."""

    def add(self, email: str) -> None:
        """Send an address a mail with a link, or make a domain's tokens.

        Raise Conflict when it is known.
        """

    def remove(self, email: str) -> None:
        """Forget an address; an unknown one is no error."""
