"""One call of an endpoint, as the function behind it sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from carillon.domain.base import ids
from carillon.domain.base.errors import Failure
from carillon.domain.tenancy.access import Grant
from carillon.ports import Ports, TenantPorts
from carillon.runtime.request import Request

NOBODY = Grant(key="", tenant="", application="", scopes=frozenset())


@dataclass(frozen=True, kw_only=True)
class Call:
    """An authorized call: who makes it, what it works on, and its request."""

    grant: Grant  # NOBODY for the operator's calls and for anonymous ones
    installation: Ports
    request: Request

    @cached_property
    def ports(self) -> TenantPorts:
        """The ports of the caller's tenant; an operator's or an anonymous call has none."""
        if not self.tenant:
            raise Failure("This call acts for no tenant")
        return self.installation.of(self.tenant)

    @property
    def tenant(self) -> str:
        return self.grant.tenant

    @property
    def application(self) -> str:
        return self.grant.application

    @property
    def key(self) -> str:
        """The API key's id."""
        return self.grant.key

    @property
    def path(self) -> Mapping[str, str]:
        """The path's parameters."""
        return self.request.path_parameters

    @property
    def idempotency_key(self) -> str | None:
        return self.request.idempotency_key

    @property
    def fingerprint(self) -> str:
        """The same text for each repetition of a request with an idempotency key, else empty.

        Store it with the object that the request creates, and a repetition finds that object.
        """
        key, request = self.idempotency_key, self.request
        if not key:
            return ""
        body = request.body.decode(errors="replace")
        return ids.derived(key, request.method, request.path, body)
