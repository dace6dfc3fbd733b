"""Puts the ports on AWS together. This connects to nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

from carillon.adapters.activity.dead_letters import SqsDeadLetters
from carillon.adapters.activity.feeds import DynamoFeeds
from carillon.adapters.activity.history import DynamoHistory
from carillon.adapters.activity.replays import DynamoReplays
from carillon.adapters.audience.contexts import DynamoContexts
from carillon.adapters.audience.erasures import DynamoErasures
from carillon.adapters.audience.subscribers import DynamoSubscribers
from carillon.adapters.audience.topics import DynamoTopics
from carillon.adapters.aws.bucket import Bucket
from carillon.adapters.aws.bulk import BulkWrite, in_batches
from carillon.adapters.aws.clients import Clients
from carillon.adapters.aws.guards import DynamoGuards
from carillon.adapters.aws.table import Table
from carillon.adapters.caching import (
    CachedApiKeyDirectory,
    CachedApiKeys,
    CachedApplications,
    CachedContexts,
    CachedEventTypes,
    CachedIntegrations,
    CachedSubscriptions,
    CachedTemplates,
    Configuration,
)
from carillon.adapters.catalogue.applications import DynamoApplications
from carillon.adapters.catalogue.event_types import DynamoEventTypes, DynamoTemplates
from carillon.adapters.delivery.chunks import DynamoChunks
from carillon.adapters.delivery.dispatches import DynamoDispatchDirectory, DynamoDispatches
from carillon.adapters.delivery.invocations import DynamoInvocations
from carillon.adapters.delivery.queues import SqsQueues
from carillon.adapters.delivery.waiting import DynamoDueDeliveries, DynamoWaitingDeliveries
from carillon.adapters.integrations.integrations import DynamoIntegrations
from carillon.adapters.integrations.senders import DynamoSenders, SesIdentities
from carillon.adapters.subscriptions.subscriptions import DynamoSubscriptions
from carillon.adapters.tenancy.operator import SecretOperator
from carillon.adapters.tenancy.spending import DynamoSpending
from carillon.adapters.tenancy.tenant_data import DynamoTenantData
from carillon.adapters.tenancy.tenants import (
    DynamoApiKeyDirectory,
    DynamoApiKeys,
    DynamoTenantRecord,
    DynamoTenants,
)
from carillon.adapters.tenancy.tokens import JwtTokens
from carillon.domain.activity.dead_letters import FAN_OUT
from carillon.domain.base.channels import Channel
from carillon.domain.tenancy.quotas import Quotas
from carillon.ports import (
    Ports,
    TenantPorts,
    activity,
    audience,
    catalogue,
    delivery,
    integrations,
    subscriptions,
    tenancy,
)
from carillon.ports.base import Clock, Guards
from carillon.ports.catalogue import Renderer, Schemas
from carillon.ports.delivery import Egress
from carillon.ports.integrations import Providers
from carillon.ports.subscriptions import Filters

# Tenants whose stores, with their caches, a process keeps.
_TENANTS = 200


class Stores(NamedTuple):
    """The stores of one tenant."""

    tenant: str
    record: tenancy.TenantRecord
    data: tenancy.TenantData
    spending: tenancy.Spending
    api_keys: tenancy.ApiKeys
    guards: Guards
    applications: catalogue.Applications
    event_types: catalogue.EventTypes
    templates: catalogue.Templates
    integrations: integrations.Integrations
    senders: integrations.Senders
    contexts: audience.Contexts
    subscribers: audience.Subscribers
    topics: audience.Topics
    erasures: audience.Erasures
    subscriptions: subscriptions.Subscriptions
    invocations: delivery.Invocations
    attachments: delivery.Attachments
    chunks: delivery.Chunks
    waiting: delivery.WaitingDeliveries
    dispatches: delivery.Dispatches
    history: activity.History
    feeds: activity.Feeds
    replays: activity.Replays


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The three tables, the bulk write, the bucket, and how long leases and items last."""

    configuration: Table
    audience: Table
    traffic: Table
    write: BulkWrite
    attachments: Callable[[str], Bucket]  # of a tenant
    retention_days: int
    lease_seconds: int

    @classmethod
    def named(
        cls, clients: Clients, environment: Mapping[str, str], *, write: BulkWrite | None = None
    ) -> "Tables":
        """Return the tables of the template's environment.

        `write` is for an emulator that cannot write in batches.
        """
        return cls(
            configuration=Table(clients, environment["TENANTS_TABLE"]),
            audience=Table(clients, environment["SUBSCRIPTIONS_TABLE"]),
            traffic=Table(clients, environment["INVOCATIONS_TABLE"]),
            write=write or in_batches(clients),
            attachments=partial(Bucket, clients, environment["ATTACHMENTS_BUCKET"]),
            retention_days=int(environment["RETENTION_DAYS"]),
            lease_seconds=int(environment["DELIVERY_LEASE"]),
        )

    def stores(
        self, tenant: str, keys: CachedApiKeyDirectory, clock: Clock, *, remembers: bool
    ) -> Stores:
        """Return a tenant's stores. Each write of its configuration renews the version of it."""
        configuration, people, traffic = self.configuration, self.audience, self.traffic
        write, days, lease = self.write, self.retention_days, self.lease_seconds
        bucket = self.attachments(tenant)
        version = Configuration(
            DynamoTenantRecord(tenant, configuration), clock, remembers=remembers
        )
        return Stores(
            tenant=tenant,
            record=version,
            data=DynamoTenantData(
                tenant, configuration, people, traffic, bucket, retention_days=days
            ),
            spending=DynamoSpending(tenant, configuration),
            api_keys=CachedApiKeys(DynamoApiKeys(tenant, configuration), keys.cache),
            guards=DynamoGuards(tenant, configuration),
            applications=CachedApplications(DynamoApplications(tenant, configuration), version),
            event_types=CachedEventTypes(DynamoEventTypes(tenant, configuration), version),
            templates=CachedTemplates(DynamoTemplates(tenant, configuration), version),
            integrations=CachedIntegrations(DynamoIntegrations(tenant, configuration), version),
            senders=DynamoSenders(tenant, configuration),
            contexts=CachedContexts(DynamoContexts(tenant, configuration), version),
            subscribers=DynamoSubscribers(tenant, people, write),
            topics=DynamoTopics(tenant, people),
            erasures=DynamoErasures(tenant, configuration, traffic, retention_days=days),
            subscriptions=CachedSubscriptions(
                DynamoSubscriptions(tenant, people, configuration), version
            ),
            invocations=DynamoInvocations(tenant, traffic, write, retention_days=days),
            attachments=bucket,
            chunks=DynamoChunks(tenant, traffic, write, retention_days=days, lease_seconds=lease),
            waiting=DynamoWaitingDeliveries(
                tenant, traffic, write, retention_days=days, lease_seconds=lease
            ),
            dispatches=DynamoDispatches(tenant, traffic),
            history=DynamoHistory(tenant, traffic, retention_days=days),
            feeds=DynamoFeeds(tenant, traffic, write, retention_days=days),
            replays=DynamoReplays(tenant, traffic, write, retention_days=days),
        )


@dataclass(frozen=True, kw_only=True)
class AwsPorts(Ports):
    """Ports on AWS. The caches of a tenant's stores hold that tenant's data alone."""

    stores: Callable[[str], Stores]

    def of(self, tenant: str) -> TenantPorts:
        return TenantPorts(**self.stores(tenant)._asdict(), **self.services)


def ports(
    tables: Tables,
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
) -> AwsPorts:
    """Return the ports as the template's environment names them; without caches if fresh."""
    keys = CachedApiKeyDirectory(DynamoApiKeyDirectory(tables.configuration), remembers=not fresh)
    fan_out = environment["FAN_OUT_QUEUE_URL"]
    channels = {channel: environment[f"{channel.upper()}_QUEUE_URL"] for channel in Channel}

    def stores(tenant: str) -> Stores:
        return tables.stores(tenant, keys, clock, remembers=not fresh)

    return AwsPorts(
        stores=lru_cache(maxsize=_TENANTS)(stores),
        tenants=DynamoTenants(tables.configuration),
        api_keys=keys,
        dispatches=DynamoDispatchDirectory(tables.traffic),
        due=DynamoDueDeliveries(tables.traffic, tables.write),
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
        quotas=_quotas(environment),
    )


def _quotas(environment: Mapping[str, str]) -> Quotas:
    return Quotas(
        integrations=int(environment["INTEGRATIONS_PER_TENANT"]),
        endpoints=int(environment["ENDPOINTS_PER_TENANT"]),
        keys=int(environment["KEYS_PER_TENANT"]),
        subscriptions=int(environment["SUBSCRIPTIONS_PER_EVENT_TYPE"]),
        templates=int(environment["TEMPLATES_PER_EVENT_TYPE"]),
        deliveries=int(environment["DELIVERIES_PER_RECIPIENT"]),
        recipients=int(environment["RECIPIENTS_PER_EVENT"]),
        sms_parts=int(environment["SMS_PARTS_PER_MONTH"]),
    )
