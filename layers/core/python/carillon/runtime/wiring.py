"""The ports on AWS, from the environment. Nothing is read or connected before it is needed."""

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
    """The process's ports: those of AWS, unless a test uses others.

    Who configures a tenant sees what is stored now (`fresh`); the others see what was read within
    the last minute.
    """
    return _used[-1][0] if _used else _on_aws(fresh=fresh)


def limits() -> Limits:
    """What the keys that this process has met may still ask of it."""
    return _used[-1][1] if _used else _own_limits()


def use(ports: Ports | None, limits: Limits | None = None) -> None:
    """Use these ports from now on, as tests do; None goes back to AWS."""
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
