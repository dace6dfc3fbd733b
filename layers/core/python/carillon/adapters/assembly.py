"""All ports on AWS. Making them connects to nothing."""

from collections.abc import Mapping
from typing import NamedTuple

from carillon.adapters.activity.dead_letters import SqsDeadLetters
from carillon.adapters.activity.feeds import DynamoFeeds
from carillon.adapters.activity.history import DynamoHistory
from carillon.adapters.audience.subscribers import DynamoSubscribers
from carillon.adapters.audience.topics import DynamoTopics
from carillon.adapters.aws.bulk import BulkWrite, in_batches
from carillon.adapters.aws.clients import Clients
from carillon.adapters.aws.table import Table
from carillon.adapters.caching import (
    CachedApiKeys,
    CachedContexts,
    CachedEventTypes,
    CachedIntegrations,
    CachedSubscriptions,
    CachedTemplates,
    CachedTenants,
)
from carillon.adapters.catalogue.applications import DynamoApplications
from carillon.adapters.catalogue.event_types import DynamoEventTypes, DynamoTemplates
from carillon.adapters.delivery.chunks import DynamoChunks
from carillon.adapters.delivery.dispatches import DynamoDispatches
from carillon.adapters.delivery.invocations import DynamoInvocations
from carillon.adapters.delivery.queues import SqsQueues
from carillon.adapters.delivery.waiting import DynamoWaitingDeliveries
from carillon.adapters.integrations.integrations import DynamoContexts, DynamoIntegrations
from carillon.adapters.integrations.senders import DynamoSenders, SesIdentities
from carillon.adapters.subscriptions.subscriptions import DynamoSubscriptions
from carillon.adapters.tenancy.operator import SecretOperator
from carillon.adapters.tenancy.tenant_data import DynamoTenantData
from carillon.adapters.tenancy.tenants import DynamoApiKeys, DynamoTenants
from carillon.adapters.tenancy.tokens import JwtTokens
from carillon.domain.activity.dead_letters import FAN_OUT
from carillon.domain.base.channels import Channel
from carillon.domain.tenancy.quotas import Quotas
from carillon.ports import (
    Ports,
    activity,
    audience,
    catalogue,
    delivery,
    integrations,
    subscriptions,
    tenancy,
)
from carillon.ports.base import Clock
from carillon.ports.catalogue import Renderer, Schemas
from carillon.ports.delivery import Egress
from carillon.ports.integrations import Providers
from carillon.ports.subscriptions import Filters


class Stores(NamedTuple):
    senders: integrations.Senders
    tenants: tenancy.Tenants
    api_keys: tenancy.ApiKeys
    applications: catalogue.Applications
    event_types: catalogue.EventTypes
    templates: catalogue.Templates
    integrations: integrations.Integrations
    contexts: audience.Contexts
    subscribers: audience.Subscribers
    topics: audience.Topics
    subscriptions: subscriptions.Subscriptions
    invocations: delivery.Invocations
    chunks: delivery.Chunks
    waiting: delivery.WaitingDeliveries
    history: activity.History
    feeds: activity.Feeds
    tenant_data: tenancy.TenantData
    dispatches: delivery.Dispatches


def stores(
    clients: Clients,
    *,
    tenants_table: str,
    subscriptions_table: str,
    invocations_table: str,
    retention_days: int,
    lease_seconds: int,
    write: BulkWrite | None = None,
) -> Stores:
    """The stores without caches. `write` is for an emulator that cannot write in batches."""
    write = write or in_batches(clients)
    configuration = Table(clients, tenants_table)
    audience = Table(clients, subscriptions_table)
    traffic = Table(clients, invocations_table)
    return Stores(
        senders=DynamoSenders(configuration),
        tenants=DynamoTenants(configuration),
        api_keys=DynamoApiKeys(configuration),
        applications=DynamoApplications(configuration),
        event_types=DynamoEventTypes(configuration),
        templates=DynamoTemplates(configuration),
        integrations=DynamoIntegrations(configuration),
        contexts=DynamoContexts(configuration),
        subscribers=DynamoSubscribers(audience, write),
        topics=DynamoTopics(audience),
        subscriptions=DynamoSubscriptions(audience),
        invocations=DynamoInvocations(traffic, write, retention_days=retention_days),
        chunks=DynamoChunks(traffic, retention_days=retention_days, lease_seconds=lease_seconds),
        waiting=DynamoWaitingDeliveries(
            traffic, write, retention_days=retention_days, lease_seconds=lease_seconds
        ),
        history=DynamoHistory(traffic, retention_days=retention_days),
        feeds=DynamoFeeds(traffic, write, retention_days=retention_days),
        tenant_data=DynamoTenantData(
            configuration, audience, traffic, retention_days=retention_days
        ),
        dispatches=DynamoDispatches(traffic),
    )


def ports(
    clients: Clients,
    environment: Mapping[str, str],
    *,
    providers: Providers,
    egress: Egress,
    renderer: Renderer,
    schemas: Schemas,
    filters: Filters,
    clock: Clock,
    fresh: bool = False,
) -> Ports:
    """The ports as the template's environment names what they stand on; without caches if fresh."""
    plain = stores(
        clients,
        tenants_table=environment["TENANTS_TABLE"],
        subscriptions_table=environment["SUBSCRIPTIONS_TABLE"],
        invocations_table=environment["INVOCATIONS_TABLE"],
        retention_days=int(environment["RETENTION_DAYS"]),
        lease_seconds=int(environment["DELIVERY_LEASE"]),
    )
    known = plain if fresh else _remembering(plain)
    fan_out = environment["FAN_OUT_QUEUE_URL"]
    channels = {channel: environment[f"{channel.upper()}_QUEUE_URL"] for channel in Channel}
    return Ports(
        **known._asdict(),
        queues=SqsQueues(
            clients,
            fan_out=fan_out,
            channels=channels,
            grace=int(environment["DELETION_GRACE"]),
        ),
        dead_letters=SqsDeadLetters(clients, {FAN_OUT: fan_out} | dict(channels)),
        providers=providers,
        egress=egress,
        renderer=renderer,
        schemas=schemas,
        filters=filters,
        clock=clock,
        operator=SecretOperator(clients, environment["OPERATOR_KEY_SECRET"]),
        tokens=JwtTokens(clients, environment["TOKEN_KEY_SECRET"]),
        identities=SesIdentities(clients),
        quotas=Quotas(integrations=int(environment["INTEGRATIONS_PER_TENANT"])),
    )


def _remembering(plain: Stores) -> Stores:
    return plain._replace(
        tenants=CachedTenants(plain.tenants),
        api_keys=CachedApiKeys(plain.api_keys),
        event_types=CachedEventTypes(plain.event_types),
        templates=CachedTemplates(plain.templates),
        integrations=CachedIntegrations(plain.integrations),
        contexts=CachedContexts(plain.contexts),
        subscriptions=CachedSubscriptions(plain.subscriptions),
    )
