"""Ports of tenancy: tenants, their keys and tokens, and the removal of their data."""

from datetime import datetime
from typing import Protocol

from carillon.domain.base.paging import Page
from carillon.domain.delivery.invocations import JobSummary
from carillon.domain.tenancy.access import ApiKey, Tenant
from carillon.domain.tenancy.tokens import Token


class Tenants(Protocol):
    def get(self, id: str) -> Tenant: ...
    def add(self, tenant: Tenant) -> None:
        """Raise Conflict when the id is taken, or was by a tenant that is deleted."""

    def save(self, tenant: Tenant) -> None:
        """Raise Conflict when it is being deleted since it was read, NotFound when absent."""

    def list(self, cursor: str | None, limit: int) -> Page[Tenant]: ...
    def bury(self, id: str) -> None:
        """Leave of the tenant nothing but that its id is taken; repeating it does no harm."""


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


class TenantData(Protocol):
    """All that is a tenant's but its own record, to be removed."""

    def remove_some(self, since: datetime, place: int) -> int | None:
        """Remove some of it from this place on; where to go on, None once nothing is left.

        The places begin with 0; a step that is repeated does no harm. `since` is when the tenant
        was switched off. What hangs on something goes before it, so that all of it is found.
        """

    def remove_job(self, job: JobSummary) -> bool:
        """Remove what a job left that was never listed; False when some of it is left."""


class ApiKeyDirectory(Protocol):
    def find(self, id: str) -> ApiKey | None:
        """Return the key with this id, of any tenant: how a caller becomes a tenant."""


class ApiKeys(Protocol):
    def add(self, key: ApiKey) -> None: ...
    def remove(self, id: str) -> None:
        """Revoke; raise NotFound when the tenant has no such key."""

    def list(self, cursor: str | None, limit: int) -> Page[ApiKey]: ...


class Operator(Protocol):
    def key(self) -> str:
        """The installation's operator key, which creates tenants."""


class Tokens(Protocol):
    """Signed with the installation's token key."""

    def sign(self, token: Token) -> str: ...
    def read(self, text: str) -> Token:
        """What was signed, expired or not; raise Unauthenticated for what we did not sign."""
