"""Ports that tell of each call, whoever's they are: those of AWS, or fakes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from carillon.ports import Ports, TenantPorts

# What answers without a call to AWS.
INSIDE = frozenset({"providers", "renderer", "schemas", "filters", "clock", "quotas", "tenant"})

type Around = Callable[[str, list[Any]], AbstractContextManager[object]]


def watched(ports: Ports, around: Around) -> Ports:
    """The same ports. Each call runs within `around(method, arguments)`, as in `topics.add`."""
    return _Watched(real=ports, around=around, **_each(ports, Ports, around))


@dataclass(frozen=True, kw_only=True)
class _Watched(Ports):
    real: Ports
    around: Around

    def of(self, tenant: str) -> TenantPorts:
        return TenantPorts(**_each(self.real.of(tenant), TenantPorts, self.around))


def _each(ports: Ports | TenantPorts, kind: type, around: Around) -> dict[str, Any]:
    found = {name: getattr(ports, name) for name in _names(kind)}
    return {
        name: port if name in INSIDE else _Port(name, port, around) for name, port in found.items()
    }


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


class _Port:
    def __init__(self, name: str, port: Any, around: Around) -> None:
        self._name, self._port, self._around = name, port, around

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._port, method)
        if not callable(found):
            return found

        def run(*args: Any, **kwargs: Any) -> Any:
            with self._around(f"{self._name}.{method}", [*args, *kwargs.values()]):
                return found(*args, **kwargs)

        self.__dict__[method] = run  # asked for thousands of times
        return run
