"""The process's ports: on AWS, configured by the environment, connected on first use.

Callers ask this module by its name (`wiring.ports()`), so that tests can replace `ports` and
`limits`, and the local stack `egress`. No setting of the environment can.
"""

import os
from collections.abc import Mapping
from functools import cache

from carillon.adapters import assembly
from carillon.adapters.aws.clients import Clients
from carillon.adapters.catalogue.schemas import JsonSchemas
from carillon.adapters.clock import SystemClock
from carillon.adapters.egress.guarded import GuardedEgress
from carillon.adapters.filters.jsonpath import JsonPathFilters
from carillon.adapters.rendering.liquid import LiquidRenderer
from carillon.ports import Ports
from carillon.ports.delivery import Egress
from carillon.providers.registry import Providers
from carillon.runtime.limits import Limits, parse


def ports(*, fresh: bool = False) -> Ports:
    """Return the process's ports.

    With `fresh`, configuration is read from the tables; otherwise it may be 5 seconds old.
    """
    return _on_aws(fresh=fresh)


@cache
def limits() -> Limits:
    """Return the rate limits of the API keys that this process has met."""
    return Limits(parse(os.environ.get("RATE_LIMITS", "")))


def egress(clients: Clients) -> Egress:
    """Return a new egress, which reaches public addresses alone."""
    return GuardedEgress(clients)


@cache
def _clients() -> Clients:
    return Clients()


@cache
def _on_aws(*, fresh: bool) -> Ports:
    environment: Mapping[str, str] = os.environ
    clients = _clients()
    return assembly.ports(
        assembly.Tables.named(clients, environment),
        clients,
        environment,
        providers=Providers(),
        egress=egress(clients),
        renderer=LiquidRenderer(),
        schemas=JsonSchemas(),
        filters=JsonPathFilters(),
        clock=SystemClock(),
        fresh=fresh,
    )
