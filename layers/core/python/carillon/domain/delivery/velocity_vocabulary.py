"""The names that templates in Velocity may use beside those of `vocabulary`: SailPoint's.

Sources: https://developer.sailpoint.com/docs/api/v2026/get-notification-template-variables and
https://documentation.sailpoint.com/saas/help/common/emails/using_email_templates.html
"""

from collections.abc import Mapping
from typing import Any

from carillon.domain.delivery.vocabulary import OfGlobal, OfSubscriber, Root

NOW = "nowDate"
# How SailPoint's templates call the kinds of things that people can request.
_PRETTY = {"ACCESS_PROFILE": "Access Profile", "ENTITLEMENT": "Entitlement", "ROLE": "Role"}


def of_message(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a template in Velocity, made from those of all languages.

    The payload's names go before all that do not begin with `__`. What the payload has in
    `__global` holds where we know nothing: a product's URL, its colours, its logos.
    """
    payload, recipient = (_map(variables.get(name)) for name in (Root.PAYLOAD, Root.SUBSCRIBER))
    ours = _map(variables.get(Root.GLOBAL))
    person = _person(recipient)
    names = {
        NOW: _map(variables.get(Root.EVENT)).get("timestamp"),
        "objectTypeToPrettyPrint": _PRETTY,
        "PRODUCT_NAME": ours.get(OfGlobal.PRODUCT_NAME),
        "user": person,
    }
    return {
        **names,
        **variables,
        **payload,
        Root.GLOBAL: {**_map(payload.get(Root.GLOBAL)), **ours},
        "__contentJson": payload,
        "__recipient": person,
    }


def _person(subscriber: Mapping[str, Any]) -> dict[str, Any]:
    """Return a subscriber's values under the names that SailPoint has for an identity's."""
    first, last = (
        subscriber.get(name) for name in (OfSubscriber.FIRST_NAME, OfSubscriber.LAST_NAME)
    )
    id, phone = subscriber.get(OfSubscriber.ID), subscriber.get(OfSubscriber.PHONE)
    name = " ".join(filter(None, (first, last))) or id
    values = {
        **dict.fromkeys(("id", "uid", "alias"), id),
        **dict.fromkeys(("name", "displayName"), name),
        **dict.fromkeys(("firstName", "firstname", "givenName"), first),
        **dict.fromkeys(("lastName", "lastname", "familyName"), last),
        **dict.fromkeys(("phone", "workPhone"), phone),
        "email": subscriber.get(OfSubscriber.EMAIL),
        "locale": subscriber.get(OfSubscriber.LOCALE),
    }
    known = {name: value for name, value in values.items() if value is not None}
    return {**_map(subscriber.get(OfSubscriber.DATA)), **known}


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
