"""Faults at the ports: a call that dies before it took effect, or after, or says "not now"."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Protocol

from tests.fakes import World

# Pure, or of this process: nothing to die at.
_INSIDE = frozenset({"clock", "filters", "operator", "providers", "quotas", "renderer", "schemas"})

CALLS_OUT = frozenset(port.name for port in fields(World)) - _INSIDE


class Crash(BaseException):
    """The process is gone. No code of ours may catch it."""


class Faults(Protocol):
    def begin(self, process: object) -> None:
        """A process starts, for a request, a message or a sweep; a message may come again."""

    def before(self, call: str) -> None:
        """Raise what happens instead of the call, `port.method`."""

    def after(self, call: str) -> None:
        """Raise what happens once it took effect and before anybody knows."""


class NoFaults:
    def begin(self, process: object) -> None: ...
    def before(self, call: str) -> None: ...
    def after(self, call: str) -> None: ...


def faulty(ports: World, faults: Faults) -> World:
    """The same ports, where every call may fail."""
    wrapped = {
        port.name: _Faulty(port.name, getattr(ports, port.name), faults)
        for port in fields(World)
        if port.name in CALLS_OUT
    }
    whole: dict[str, Any] = {port.name: getattr(ports, port.name) for port in fields(World)}
    return World(**(whole | wrapped))


class _Faulty:
    def __init__(self, name: str, port: Any, faults: Faults) -> None:
        self._name, self._port, self._faults = name, port, faults

    def __getattr__(self, method: str) -> Callable[..., Any]:
        real, call = getattr(self._port, method), f"{self._name}.{method}"

        def run(*arguments: Any, **named: Any) -> Any:
            self._faults.before(call)
            answer = real(*arguments, **named)
            self._faults.after(call)
            return answer

        self.__dict__[method] = run  # asked for thousands of times
        return run
