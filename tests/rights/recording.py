"""Learns which AWS calls each method of a port makes, while the adapters' tests run.

Calls are seen by botocore's own hook, on the emulator alone: on moto our adapters write otherwise.
"""

import functools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from carillon.adapters.activity.dead_letters import SqsDeadLetters
from carillon.adapters.aws.clients import Clients
from carillon.adapters.delivery.queues import SqsQueues
from carillon.adapters.integrations.senders import SesIdentities
from carillon.adapters.tenancy.operator import SecretOperator
from carillon.adapters.tenancy.tokens import JwtTokens
from carillon.domain.base.channels import Channel
from carillon.ports import Ports
from tests.rights.calls import Right, rights
from tests.rights.watching import watched

# Tests make these by themselves, so their classes tell.
_SERVICES = {
    "dead_letters": SqsDeadLetters,
    "identities": SesIdentities,
    "operator": SecretOperator,
    "queues": SqsQueues,
    "tokens": JwtTokens,
}
_SECRETS = {"operator": "OperatorKey", "tokens": "TokenKey"}
_DEAD = "-dead"


class RecordingClients(Clients):
    """Clients that note each call under the port's method that is running."""

    def __init__(self, recorded: "Recorded", **options: Any) -> None:
        super().__init__(**options)
        self._recorded = recorded

    def _make(self, service: str, *args: Any, **options: Any) -> Any:
        client = super()._make(service, *args, **options)

        def note(params: Any, model: Any, **_: Any) -> None:
            self._recorded.note(service, model.name, params)

        client.meta.events.register("provide-client-params.*", note)
        return client


class Recorded:
    """The calls seen so far. Tests run in one thread, and so do the adapters' methods."""

    def __init__(self) -> None:
        self.calls: dict[str, set[Right]] = defaultdict(set)
        self._running = ""

    def note(self, service: str, operation: str, arguments: Mapping[str, Any]) -> None:
        if self._running:
            known = _known_as(self._running.partition(".")[0])
            for right in rights(service, operation, arguments):
                self.calls[self._running].add(right._replace(resource=known(right.resource)))

    def over(self, ports: Ports) -> Ports:
        """The same ports, whose methods tell when they run."""
        return watched(ports, self._running_as)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Have those of services tell when they run, whoever made them."""
        originals: list[tuple[type, str, Any]] = []
        for port, adapter in _SERVICES.items():
            for name, method in vars(adapter).items():
                if callable(method) and not name.startswith("_"):
                    originals.append((adapter, name, method))
                    setattr(adapter, name, self._telling(f"{port}.{name}", method))
        try:
            yield
        finally:
            for adapter, name, method in originals:
                setattr(adapter, name, method)

    def _telling(self, asked: str, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def run(*args: Any, **kwargs: Any) -> Any:
            with self._running_as(asked, []):
                return method(*args, **kwargs)

        return run

    @contextmanager
    def _running_as(self, asked: str, _given: list[Any]) -> Iterator[None]:
        """What a method asks of another port is the first one's doing."""
        before, self._running = self._running, self._running or asked
        try:
            yield
        finally:
            self._running = before


def _known_as(port: str) -> Callable[[str], str]:
    """What the template calls a resource. `{queue}`, `{channel}` are what a method is given."""

    def known(resource: str) -> str:
        if port in _SECRETS:
            return _SECRETS[port]
        if port == "dead_letters":
            return "{queue}DeadLetters" if resource.endswith(_DEAD) else "{queue}Queue"
        if port == "queues":
            return (
                "{channel}Queue" if resource.rpartition("-")[2] in set(Channel) else "FanOutQueue"
            )
        return resource

    return known
