"""The names that templates may use, with the products that published them.

Tenants' templates are written with these names, so none can change. They are the only words of the
wire in the core: templates are rendered here, whichever API a template came by.

- `payload`, `subscriber`, `actor`, `tenant`, `context`, `workflow` and names in them are Novu's:
  https://docs.novu.co/platform/workflow/add-notification-content/personalize-content
- `__global` and the names within it are SailPoint's:
  https://developer.sailpoint.com/docs/api/v2026/get-notification-template-variables
- `event` is Carillon's own, and so is each name of the payload by itself.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from carillon.domain.audience.contexts import Context
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.catalogue.event_types import EventType, Severity
from carillon.domain.delivery.deliveries import EventDetails


class Root(StrEnum):
    """Names that stand by themselves."""

    ACTOR = "actor"  # the subscriber who caused the event
    CONTEXT = "context"  # what the event says of its surroundings, by their type
    EVENT = "event"
    GLOBAL = "__global"
    PAYLOAD = "payload"
    SUBSCRIBER = "subscriber"
    TENANT = "tenant"  # the context that the event was triggered for, as Novu calls it
    WORKFLOW = "workflow"  # the event type


class OfSubscriber(StrEnum):
    """Names within `subscriber` and `actor`."""

    ID = "subscriberId"
    FIRST_NAME = "firstName"
    LAST_NAME = "lastName"
    EMAIL = "email"
    PHONE = "phone"
    AVATAR = "avatar"
    LOCALE = "locale"
    TIMEZONE = "timezone"
    DATA = "data"
    IS_ONLINE = "isOnline"
    LAST_ONLINE_AT = "lastOnlineAt"


class OfTenant(StrEnum):
    """Names within `tenant`."""

    ID = "identifier"
    NAME = "name"
    DATA = "data"


class OfWorkflow(StrEnum):
    """Names within `workflow`."""

    ID = "workflowId"
    NAME = "name"
    DESCRIPTION = "description"
    TAGS = "tags"
    SEVERITY = "severity"


class OfGlobal(StrEnum):
    """Names within `__global`."""

    PRODUCT_NAME = "productName"
    EMAIL_FROM_ADDRESS = "emailFromAddress"


_SEVERITIES: Mapping[Severity, str] = {
    Severity.CRITICAL: "high",
    Severity.WARN: "medium",
    Severity.INFO: "none",
}


def of_subscriber(subscriber: Subscriber) -> Mapping[str, Any]:
    """Return the values within `subscriber` or `actor`, without the empty ones."""
    values = {
        OfSubscriber.ID: subscriber.id,
        OfSubscriber.FIRST_NAME: subscriber.first_name,
        OfSubscriber.LAST_NAME: subscriber.last_name,
        OfSubscriber.EMAIL: subscriber.email,
        OfSubscriber.PHONE: subscriber.phone,
        OfSubscriber.AVATAR: subscriber.avatar,
        OfSubscriber.LOCALE: subscriber.locale,
        OfSubscriber.TIMEZONE: subscriber.timezone,
        OfSubscriber.DATA: subscriber.data,
        OfSubscriber.IS_ONLINE: subscriber.online,
        OfSubscriber.LAST_ONLINE_AT: _moment(subscriber.last_online_at),
    }
    return {str(name): value for name, value in values.items() if value is not None}


def of_tenant(context: Context) -> Mapping[str, Any]:
    """Return the values within `tenant`, without the empty ones."""
    values = {
        OfTenant.ID: context.identifier,
        OfTenant.NAME: context.name or None,
        OfTenant.DATA: context.data,
    }
    return {str(name): value for name, value in values.items() if value is not None}


def of_workflow(slug: str, event: EventType | None) -> Mapping[str, Any]:
    """Return the values within `workflow`; of an event type that is gone, its slug is left."""
    if event is None:
        return {OfWorkflow.ID: slug, OfWorkflow.NAME: slug}
    return {
        OfWorkflow.ID: slug,
        OfWorkflow.NAME: event.name,
        OfWorkflow.DESCRIPTION: event.description,
        OfWorkflow.TAGS: list(event.tags),
        OfWorkflow.SEVERITY: _SEVERITIES[event.severity],
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def of_message(
    details: EventDetails,
    recipient: Mapping[str, Any],
    *,
    event: EventType | None,
    tenant_name: str,
    sender: str,
) -> dict[str, Any]:
    """Return the values of all names for a message; names of ours win over the payload's.

    `recipient` is what `of_subscriber` returned, `sender` the address that mails come from. An
    actor, a tenant or a context that the event does not have leaves its name to the payload.
    """
    return {
        Root.TENANT: {},
        **details.payload,
        **details.facts,
        Root.PAYLOAD: details.payload,
        Root.SUBSCRIBER: recipient,
        Root.WORKFLOW: of_workflow(details.event, event),
        Root.EVENT: {"name": details.event, "timestamp": details.accepted_at.isoformat()},
        Root.GLOBAL: {OfGlobal.PRODUCT_NAME: tenant_name, OfGlobal.EMAIL_FROM_ADDRESS: sender},
    }
