"""Metadata sent with an event to a subscription's endpoint, with the URL for its reply.

https://developer.sailpoint.com/docs/extensibility/event-triggers/responding-rr-trigger
"""

import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery import dispatches
from carillon.providers.settings import Url

type Key = Annotated[str, Field(min_length=32, max_length=100)]
type Callback = Url  # base of the callback URLs: each dispatch has one of its own


def with_key(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Add a random key, from which callback secrets are derived, if there is none."""
    return settings if "key" in settings else {**settings, "key": secrets.token_urlsafe(32)}


def metadata(message: Message, key: str, callback: str) -> Mapping[str, str]:
    id = dispatches.id_of(message.id)
    known = {"triggerId": message.event, "invocationId": id}
    if message.answer_mode is None:
        return {**known, "triggerType": "fireAndForget"}
    return {
        **known,
        "triggerType": "requestResponse",
        "responseMode": "async",
        "callbackURL": f"{callback}/{id}/complete",
        "secret": dispatches.secret_of(key, id),
    }
