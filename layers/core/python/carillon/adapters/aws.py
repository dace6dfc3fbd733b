"""All ports on AWS. Making them connects to nothing."""

from collections.abc import Mapping
from typing import NamedTuple

from carillon import ports as needed
from carillon.adapters.applications import DynamoApplications
from carillon.adapters.belongings import DynamoBelongings
from carillon.adapters.bulk import BulkWrite, in_batches
from carillon.adapters.caching import (
    CachedApiKeys,
    CachedContexts,
    CachedEventTypes,
    CachedIntegrations,
    CachedSubscriptions,
    CachedTemplates,
    CachedTenants,
)
from carillon.adapters.chunks import DynamoChunks
from carillon.adapters.clients import Clients
from carillon.adapters.dead_letters import SqsDeadLetters
from carillon.adapters.dispatches import DynamoDispatches
from carillon.adapters.event_types import DynamoEventTypes, DynamoTemplates
from carillon.adapters.feeds import DynamoFeeds
from carillon.adapters.history import DynamoHistory
from carillon.adapters.integrations import DynamoContexts, DynamoIntegrations
from carillon.adapters.invocations import DynamoInvocations
from carillon.adapters.operator import SecretOperator
from carillon.adapters.queues import SqsQueues
from carillon.adapters.senders import DynamoSenders, SesIdentities
from carillon.adapters.subscribers import DynamoSubscribers
from carillon.adapters.subscriptions import DynamoSubscriptions
from carillon.adapters.table import Table
from carillon.adapters.tenants import DynamoApiKeys, DynamoTenants
from carillon.adapters.tokens import JwtTokens
from carillon.adapters.topics import DynamoTopics
from carillon.adapters.waiting import DynamoWaitingDeliveries
from carillon.domain.channels import Channel
from carillon.domain.dead_letters import FAN_OUT
from carillon.domain.quotas import Quotas
from carillon.ports import Clock, Egress, Filters, Ports, Providers, Renderer, Schemas


class Stores(NamedTuple):
    senders: needed.Senders
    tenants: needed.Tenants
    api_keys: needed.ApiKeys
    applications: needed.Applications
    event_types: needed.EventTypes
    templates: needed.Templates
    integrations: needed.Integrations
    contexts: needed.Contexts
    subscribers: needed.Subscribers
    topics: needed.Topics
    subscriptions: needed.Subscriptions
    invocations: needed.Invocations
    chunks: needed.Chunks
    waiting: needed.WaitingDeliveries
    history: needed.History
    feeds: needed.Feeds
    belongings: needed.Belongings
    dispatches: needed.Dispatches


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
        belongings=DynamoBelongings(
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
