"""One tenant's view of fakes that hold every tenant's data."""

import inspect
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from typing import Any

from carillon.domain.tenancy.access import Tenant
from carillon.ports import TenantPorts


class Bound:
    """A store whose methods are given the tenant, where they take one.

    `like` is the fake that says which ones do; `store` may be something that stands before it.
    """

    def __init__(self, store: Any, tenant: str, like: type) -> None:
        self._store = store
        self._tenant = tenant
        self._like = like

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._store, name)
        return partial(method, self._tenant) if _takes_tenant(self._like, name) else method


class Record:
    """A tenant's own record."""

    def __init__(self, tenants: Any, tenant: str) -> None:
        self._tenants = tenants
        self._tenant = tenant

    def get(self) -> Any:
        return self._tenants.get(self._tenant)

    def refresh(self, *, since: datetime) -> bool:  # nothing is ever remembered
        return False


class SharedRecord:
    """A tenant's record as a store keeps it, with the version that processes renew."""

    def __init__(self, ports: TenantPorts) -> None:
        self.tenant = ports.tenant
        self._ports = ports
        self._version = 1

    def read(self) -> tuple[Tenant, str]:
        return self._ports.record.get(), str(self._version)

    def renew(self) -> None:
        self._version += 1


@cache
def _takes_tenant(like: type, name: str) -> bool:
    parameters = list(inspect.signature(getattr(like, name)).parameters)
    return parameters[1:2] == ["tenant"]
