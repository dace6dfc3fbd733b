"""The names that templates may use, with the products that published them.

Tenants' templates are written with these names, so none can change. They are the only words of the
wire in the core: templates are rendered here, whichever API a template came by.

- `payload`, `subscriber`, `tenant` and the names within a subscriber are Novu's:
  https://docs.novu.co/api-reference/subscribers/subscriber-schema
- `__global` and the names within it are SailPoint's:
  https://developer.sailpoint.com/docs/api/v2026/get-notification-template-variables
- `event` is Carillon's own, and so is each name of the payload by itself.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.delivery.deliveries import EventDetails


class Root(StrEnum):
    """Names that stand by themselves."""

    EVENT = "event"
    GLOBAL = "__global"
    PAYLOAD = "payload"
    SUBSCRIBER = "subscriber"
    TENANT = "tenant"  # the context that the event was triggered for, as Novu calls it


class OfSubscriber(StrEnum):
    """Names within `subscriber`."""

    ID = "subscriberId"
    FIRST_NAME = "firstName"
    LAST_NAME = "lastName"
    EMAIL = "email"
    PHONE = "phone"
    AVATAR = "avatar"
    LOCALE = "locale"
    DATA = "data"


class OfGlobal(StrEnum):
    """Names within `__global`."""

    PRODUCT_NAME = "productName"
    EMAIL_FROM_ADDRESS = "emailFromAddress"


def of_subscriber(subscriber: Subscriber) -> Mapping[str, Any]:
    """Return the values within `subscriber`, without the empty ones."""
    values = {
        OfSubscriber.ID: subscriber.id,
        OfSubscriber.FIRST_NAME: subscriber.first_name,
        OfSubscriber.LAST_NAME: subscriber.last_name,
        OfSubscriber.EMAIL: subscriber.email,
        OfSubscriber.PHONE: subscriber.phone,
        OfSubscriber.AVATAR: subscriber.avatar,
        OfSubscriber.LOCALE: subscriber.locale,
        OfSubscriber.DATA: subscriber.data,
    }
    return {str(name): value for name, value in values.items() if value is not None}


def of_message(
    details: EventDetails, recipient: Mapping[str, Any], *, tenant_name: str, sender: str
) -> dict[str, Any]:
    """Return the values of all names for a message; names of ours win over the payload's.

    `recipient` is what `of_subscriber` returned, `sender` the address that mails come from.
    """
    return {
        **details.payload,
        Root.PAYLOAD: details.payload,
        Root.SUBSCRIBER: recipient,
        Root.TENANT: details.context or {},
        Root.EVENT: {"name": details.event, "timestamp": details.accepted_at.isoformat()},
        Root.GLOBAL: {OfGlobal.PRODUCT_NAME: tenant_name, OfGlobal.EMAIL_FROM_ADDRESS: sender},
    }
