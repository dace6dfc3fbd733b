"""The whole world in memory: an implementation of every port, held to the adapters' own tests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from carillon.ports import Ports, TenantPorts
from tests.fakes.attachments import Attachments
from tests.fakes.audience import Erasures, Subscribers, Subscriptions, Topics
from tests.fakes.binding import Bound, Record, SharedRecord
from tests.fakes.configuration import (
    ApiKeys,
    Applications,
    Contexts,
    EventTypes,
    Integrations,
    Templates,
    Tenants,
    WarmIntegrations,
)
from tests.fakes.dead_letters import DeadLetters
from tests.fakes.feeds import Feeds
from tests.fakes.guards import Guards
from tests.fakes.outside import START, Answer, Clock, Egress, Operator, Tokens
from tests.fakes.senders import Identities, Senders
from tests.fakes.spending import Spending
from tests.fakes.tenant_data import TenantData
from tests.fakes.traffic import (
    Chunks,
    Dispatches,
    History,
    Invocations,
    Queues,
    Replays,
    WaitingDeliveries,
)

__all__ = [
    "START",
    "Answer",
    "ApiKeys",
    "Applications",
    "Attachments",
    "Chunks",
    "Clock",
    "Contexts",
    "DeadLetters",
    "Dispatches",
    "Egress",
    "Erasures",
    "EventTypes",
    "Feeds",
    "Guards",
    "History",
    "Identities",
    "Integrations",
    "Invocations",
    "Operator",
    "Queues",
    "Replays",
    "Senders",
    "SharedRecord",
    "Spending",
    "Subscribers",
    "Subscriptions",
    "Templates",
    "TenantData",
    "Tenants",
    "Tokens",
    "Topics",
    "WaitingDeliveries",
    "WarmIntegrations",
    "World",
    "ports",
]


# The stores of a tenant, by the name that its ports give them.
_BOUND: Mapping[str, type] = {
    "tenant_data": TenantData,
    "api_keys": ApiKeys,
    "guards": Guards,
    "applications": Applications,
    "event_types": EventTypes,
    "templates": Templates,
    "integrations": Integrations,
    "senders": Senders,
    "spending": Spending,
    "contexts": Contexts,
    "subscribers": Subscribers,
    "topics": Topics,
    "erasures": Erasures,
    "subscriptions": Subscriptions,
    "invocations": Invocations,
    "attachments": Attachments,
    "chunks": Chunks,
    "waiting": WaitingDeliveries,
    "dispatches": Dispatches,
    "history": History,
    "feeds": Feeds,
    "replays": Replays,
}


@dataclass(frozen=True, kw_only=True)
class World(Ports):
    """Ports whose fakes a test can look into: here, they hold every tenant's data."""

    tenants: Tenants
    api_keys: ApiKeys
    guards: Guards
    applications: Applications
    event_types: EventTypes
    templates: Templates
    integrations: Integrations
    contexts: Contexts
    subscribers: Subscribers
    topics: Topics
    erasures: Erasures
    subscriptions: Subscriptions
    invocations: Invocations
    attachments: Attachments
    chunks: Chunks
    waiting: WaitingDeliveries
    due: WaitingDeliveries
    history: History
    feeds: Feeds
    replays: Replays
    tenant_data: TenantData
    dispatches: Dispatches
    queues: Queues
    dead_letters: DeadLetters
    egress: Egress
    clock: Clock
    operator: Operator
    tokens: Tokens
    senders: Senders
    spending: Spending
    identities: Identities

    def of(self, tenant: str) -> TenantPorts:
        bound: dict[str, Any] = {
            name: Bound(getattr(self, name), tenant, like) for name, like in _BOUND.items()
        }
        record: Any = Record(self.tenants, tenant)
        data = bound.pop("tenant_data")
        return TenantPorts(tenant=tenant, record=record, data=data, **bound, **self.services)

    def contents(self) -> str:
        """All that is in it, to be compared; of integrations, also what their `repr` hides."""
        known = {name: _filled(getattr(self, name)) for name in World.__annotations__}
        own = [vars(one) for kept in self.integrations.by_tenant.values() for one in kept.values()]
        return repr((known, own))


def _filled(port: Any) -> dict[str, Any]:
    """What a fake has; to read what it has not leaves an empty entry."""
    return {
        name: {key: one for key, one in has.items() if one} if isinstance(has, dict) else has
        for name, has in vars(port).items()
    }


def ports(**overrides: Any) -> World:
    """A fresh world; an override replaces the port of its name."""
    topics = overrides.get("topics") or Topics()
    waiting = overrides.get("waiting") or WaitingDeliveries()
    guards = overrides.get("guards") or Guards()
    applications = overrides.get("applications") or Applications(guards)
    templates = overrides.get("templates") or Templates()
    integrations = overrides.get("integrations") or Integrations(guards)
    tenants = overrides.get("tenants") or Tenants()
    parts: dict[str, Any] = {
        "tenants": tenants,
        "api_keys": ApiKeys(guards=guards),
        "applications": applications,
        "guards": guards,
        "event_types": EventTypes(applications, templates, guards),
        "templates": templates,
        "integrations": integrations,
        "contexts": Contexts(),
        "subscribers": Subscribers(topics),
        "topics": topics,
        "erasures": Erasures(tenants),
        "subscriptions": Subscriptions(integrations, guards),
        "invocations": Invocations(),
        "attachments": Attachments(),
        "chunks": Chunks(),
        "waiting": waiting,
        "due": waiting,
        "history": History(),
        "feeds": Feeds(),
        "replays": Replays(),
        "dispatches": Dispatches(),
        "queues": Queues(),
        "dead_letters": DeadLetters(),
        "providers": _OnFirstUse(_providers),
        "egress": Egress(),
        "renderer": _OnFirstUse(_renderer),
        "schemas": _OnFirstUse(_schemas),
        "filters": _OnFirstUse(_filters),
        "clock": Clock(),
        "operator": Operator(),
        "tokens": Tokens(),
        "senders": Senders(guards),
        "spending": Spending(),
        "identities": Identities(),
    }
    parts |= overrides
    return World(**({"tenant_data": TenantData(parts)} | parts))


class _OnFirstUse:
    """The real adapter, imported when a test needs it: most do not, and it costs a while."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        self.__dict__["_real"] = real = self.__dict__.get("_real") or self._make()
        return getattr(real, name)


def _providers() -> Any:
    from carillon.providers.registry import Providers  # noqa: PLC0415  # see _OnFirstUse

    return Providers()


def _renderer() -> Any:
    from carillon.adapters.rendering.liquid import LiquidRenderer  # noqa: PLC0415  # see _OnFirstUse

    return LiquidRenderer()


def _schemas() -> Any:
    from carillon.adapters.catalogue.schemas import JsonSchemas  # noqa: PLC0415  # see _OnFirstUse

    return JsonSchemas()


def _filters() -> Any:
    from carillon.adapters.filters.jsonpath import JsonPathFilters  # noqa: PLC0415  # see _OnFirstUse

    return JsonPathFilters()
