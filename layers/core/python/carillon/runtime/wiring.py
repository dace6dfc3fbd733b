"""The process's ports: on AWS, configured by the environment, connected on first use."""

import os
from collections.abc import Mapping
from functools import cache

from carillon.adapters import assembly
from carillon.adapters.aws.clients import Clients
from carillon.adapters.catalogue.schemas import JsonSchemas
from carillon.adapters.clock import SystemClock
from carillon.adapters.egress import local_redirects
from carillon.adapters.egress.guarded import GuardedEgress, public_authorities
from carillon.adapters.filters.jsonpath import JsonPathFilters
from carillon.adapters.rendering.liquid import LiquidRenderer
from carillon.ports import Ports
from carillon.providers.registry import Providers
from carillon.runtime.limits import Limits, parse

_used: list[tuple[Ports, Limits]] = []


def ports(*, fresh: bool = False) -> Ports:
    """Return the ports: those on AWS, or the ones that a test has set.

    With `fresh`, configuration is read from the tables; otherwise it may be a minute old.
    """
    return _used[-1][0] if _used else _on_aws(fresh=fresh)


def limits() -> Limits:
    """Return the rate limits of this process."""
    return _used[-1][1] if _used else _own_limits()


def use(ports: Ports | None, limits: Limits | None = None) -> None:
    """Replace the ports, for tests; None restores those on AWS."""
    _used[:] = [(ports, limits or Limits())] if ports else []


@cache
def _own_limits() -> Limits:
    return Limits(parse(os.environ.get("RATE_LIMITS", "")))


@cache
def _clients() -> Clients:
    return Clients()


@cache
def _on_aws(*, fresh: bool) -> Ports:
    environment: Mapping[str, str] = os.environ
    clients = _clients()
    allowed = environment.get("CARILLON_EGRESS_ALLOW", "")
    return assembly.ports(
        assembly.Tables.named(clients, environment),
        clients,
        environment,
        providers=Providers(),
        egress=GuardedEgress(
            clients,
            allow=frozenset(filter(None, allowed.split(","))),
            detours=local_redirects.parse(environment.get("CARILLON_EGRESS_DETOURS", "")),
            context=lambda: public_authorities(environment.get("CARILLON_EGRESS_AUTHORITY", "")),
        ),
        renderer=LiquidRenderer(),
        schemas=JsonSchemas(),
        filters=JsonPathFilters(),
        clock=SystemClock(),
        fresh=fresh,
    )
