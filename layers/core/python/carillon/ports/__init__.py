"""Interfaces to the world outside the domain. Tests replace all of them by `tests.fakes`.

`Ports` are the installation's. Almost all work is one tenant's and gets that tenant's `TenantPorts`
alone, so that reaching another tenant's data is a type error: its stores take no tenant, and
another tenant's id is simply absent from them.

`get` and `remove` raise NotFound; `add` raises Conflict for what exists. `save` writes a value
whose stored version is one less than its own, and raises Changed otherwise; version 1 is for what
is absent.
Lists come in pages whose cursor is opaque; a cursor of another list raises Invalid.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields
from typing import Any

from carillon.domain.tenancy.quotas import Quotas
from carillon.ports.activity import DeadLetters, Feeds, History, Replays
from carillon.ports.audience import Contexts, Erasures, Subscribers, Topics
from carillon.ports.base import Clock, Guards
from carillon.ports.catalogue import Applications, EventTypes, Renderer, Schemas, Templates
from carillon.ports.delivery import (
    Attachments,
    Chunks,
    DispatchDirectory,
    Dispatches,
    DueDeliveries,
    Egress,
    Invocations,
    Queues,
    WaitingDeliveries,
)
from carillon.ports.integrations import Identities, Integrations, Providers, Senders
from carillon.ports.subscriptions import Filters, Subscriptions
from carillon.ports.tenancy import (
    ApiKeyDirectory,
    ApiKeys,
    Operator,
    Spending,
    TenantData,
    TenantRecord,
    Tenants,
    Tokens,
)


@dataclass(frozen=True, kw_only=True)
class Services:
    """Ports that hold no tenant's data."""

    queues: Queues
    providers: Providers
    egress: Egress
    renderer: Renderer
    schemas: Schemas
    filters: Filters
    clock: Clock
    identities: Identities
    quotas: Quotas = field(default_factory=Quotas)


@dataclass(frozen=True, kw_only=True)
class TenantPorts(Services):
    """Stores of one tenant's data, and the services that work on it needs."""

    tenant: str
    record: TenantRecord
    data: TenantData
    spending: Spending
    api_keys: ApiKeys
    guards: Guards
    applications: Applications
    event_types: EventTypes
    templates: Templates
    integrations: Integrations
    senders: Senders
    contexts: Contexts
    subscribers: Subscribers
    topics: Topics
    erasures: Erasures
    subscriptions: Subscriptions
    invocations: Invocations
    attachments: Attachments
    chunks: Chunks
    waiting: WaitingDeliveries
    dispatches: Dispatches
    history: History
    feeds: Feeds
    replays: Replays


@dataclass(frozen=True, kw_only=True)
class Ports(Services, ABC):
    """The installation: its tenants, their keys, what operates it, and the way to one tenant."""

    tenants: Tenants
    api_keys: ApiKeyDirectory
    dispatches: DispatchDirectory
    due: DueDeliveries
    dead_letters: DeadLetters
    operator: Operator
    tokens: Tokens

    @abstractmethod
    def of(self, tenant: str) -> TenantPorts:
        """Return the ports of one tenant, whether it exists or not."""

    @property
    def services(self) -> dict[str, Any]:
        """Return the services by name, as the ports of a tenant take them."""
        return {each.name: getattr(self, each.name) for each in fields(Services)}
