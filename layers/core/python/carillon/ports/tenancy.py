"""Ports of tenancy: tenants, their keys and tokens, and the removal of their data."""

from datetime import datetime
from typing import Protocol

from carillon.domain.base.guards import Seen
from carillon.domain.base.paging import Page
from carillon.domain.delivery.invocations import JobSummary
from carillon.domain.tenancy.access import ApiKey, Tenant
from carillon.domain.tenancy.tokens import Token


class Tenants(Protocol):
    def get(self, id: str) -> Tenant: ...
    def add(self, tenant: Tenant) -> None:
        """Raise Conflict when the id is taken, or was taken by a deleted tenant."""

    def save(self, tenant: Tenant) -> None:
        """Write the next version; raise Changed also when a deletion began, or none is stored."""

    def list(self, cursor: str | None, limit: int) -> Page[Tenant]: ...
    def bury(self, id: str) -> None:
        """Remove the tenant's record and keep its id taken; idempotent."""


class TenantRecord(Protocol):
    """The tenant's own record, and with it the version of its configuration."""

    def get(self) -> Tenant:
        """Return the tenant, 5 seconds old at most; raise NotFound when it was deleted."""

    def refresh(self, *, since: datetime) -> bool:
        """Forget configuration that has changed; return whether any had to be forgotten.

        Afterwards the stores of this tenant know every change that was answered before `since`.
        Costs one read, and none where the version was read after `since` and less than 5 seconds
        ago.
        """


class Spending(Protocol):
    """The parts of SMS that the tenant sent by the installation's account, by month (`2026-11`)."""

    def take(self, month: str, parts: int, *, most: int) -> bool:
        """Count the parts and return True, or return False if they would be more than `most`."""

    def give_back(self, month: str, parts: int) -> None:
        """Count the parts no more: they were not sent."""


class TenantData(Protocol):
    """All data of a tenant but its own record, to be removed."""

    def remove_some(self, since: datetime, place: int) -> int | None:
        """Delete one batch from this position on; return the next position, or None when done.

        The places begin with 0; a step that is repeated does no harm. `since` is when the tenant
        was switched off. What hangs on something goes before it, so that all of it is found.
        """

    def remove_job(self, job: JobSummary) -> bool:
        """Delete the data of a job that was never listed; return False when some is left."""


class ApiKeyDirectory(Protocol):
    def find(self, id: str) -> ApiKey | None:
        """Return the key with this id, of any tenant: how a caller becomes a tenant."""


class ApiKeys(Protocol):
    def add(self, key: ApiKey, *, seen: Seen | None = None) -> None: ...
    def remove(self, id: str) -> None:
        """Revoke; raise NotFound when the tenant has no such key."""

    def list(self, cursor: str | None, limit: int) -> Page[ApiKey]: ...


class Operator(Protocol):
    def key(self) -> str:
        """Return the installation's operator key, which creates tenants."""


class Tokens(Protocol):
    """Tokens signed with the installation's token key."""

    def sign(self, token: Token) -> str: ...
    def read(self, text: str) -> Token:
        """Return a signed token, expired or not; raise Unauthenticated for any other text."""
