"""The stores of all tenants at once, as tests of an adapter and of its fake both speak to them."""

from collections.abc import Callable
from typing import Any

from carillon.ports import Ports

_NAMES = {"tenant_data": "data"}


class Unbound:
    """Ports whose tenants' stores take the tenant first, or find it in the value they are given."""

    def __init__(self, ports: Ports, **parts: Any) -> None:
        self.ports = ports
        self.__dict__ |= parts
        self.due = ports.due
        self.tenants = ports.tenants

    def of(self, tenant: str) -> Any:
        return self.ports.of(tenant)

    def __getattr__(self, store: str) -> "_Store":
        return _Store(self.ports, store)


class _Store:
    def __init__(self, ports: Ports, name: str) -> None:
        self._ports = ports
        self._name = name

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            installed = getattr(self._ports, self._name, None)
            if hasattr(installed, method):
                return getattr(installed, method)(*given, **named)
            first, *rest = given
            tenant = first if isinstance(first, str) else _tenant_of(first)
            arguments = rest if isinstance(first, str) else given
            if tenant is None:
                return [] if method != "complete" else frozenset()
            store = getattr(self._ports.of(tenant), _NAMES.get(self._name, self._name))
            return getattr(store, method)(*arguments, **named)

        return call


def _tenant_of(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        return value[0].tenant if value else None
    tenant: str = value.tenant
    return tenant
