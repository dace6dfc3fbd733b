"""What the domain needs from the world. A test swaps the whole of it for `tests.fakes`.

All stores are scoped by the authenticated tenant; another tenant's id is simply absent.
`get` and `remove` raise NotFound; `save` replaces what is there unless it says otherwise.
Lists come in pages whose cursor is opaque; a cursor of another list raises Invalid.
"""

from dataclasses import dataclass, field

from carillon.domain.tenancy.quotas import Quotas
from carillon.ports.activity import DeadLetters, Feeds, History
from carillon.ports.audience import Contexts, Subscribers, Topics
from carillon.ports.base import Clock
from carillon.ports.catalogue import Applications, EventTypes, Renderer, Schemas, Templates
from carillon.ports.delivery import (
    Chunks,
    Dispatches,
    Egress,
    Invocations,
    Queues,
    WaitingDeliveries,
)
from carillon.ports.integrations import Identities, Integrations, Providers, Senders
from carillon.ports.subscriptions import Filters, Subscriptions
from carillon.ports.tenancy import ApiKeys, Operator, TenantData, Tenants, Tokens


@dataclass(frozen=True, kw_only=True)
class Ports:
    tenants: Tenants
    api_keys: ApiKeys
    applications: Applications
    event_types: EventTypes
    templates: Templates
    integrations: Integrations
    contexts: Contexts
    subscribers: Subscribers
    topics: Topics
    subscriptions: Subscriptions
    invocations: Invocations
    chunks: Chunks
    waiting: WaitingDeliveries
    history: History
    feeds: Feeds
    tenant_data: TenantData
    dispatches: Dispatches
    queues: Queues
    dead_letters: DeadLetters
    providers: Providers
    egress: Egress
    renderer: Renderer
    schemas: Schemas
    filters: Filters
    clock: Clock
    operator: Operator
    tokens: Tokens
    senders: Senders
    identities: Identities
    quotas: Quotas = field(default_factory=Quotas)
