"""Translate subscribers between wire and domain."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from carillon.dialects.common import e164, path_id, problems
from carillon.dialects.novu.errors import AlreadyExists, BadRequest, message
from carillon.dialects.novu.schemas.common import PUBLISHED
from carillon.dialects.novu.schemas.subscribers import (
    BulkCreateRequest,
    BulkCreateResponse,
    ChannelCredentialsResponse,
    ChannelResponse,
    CreateSubscriberRequest,
    Failed,
    Named,
    Person,
    SearchQuery,
    SubscriberResponse,
)
from carillon.dialects.novu.translate.common import PERSON_FIELDS, person_changes
from carillon.dialects.novu.words import WORDS
from carillon.domain.audience.addresses import ChannelAddress, integration_for
from carillon.domain.audience.subscribers import Subscriber, SubscriberChanges, check_size
from carillon.domain.base.errors import CarillonError, Invalid, NotFound, Unavailable
from carillon.domain.base.terms import Noun
from carillon.domain.integrations.integrations import Integration
from carillon.usecases.audience.subscribers import SubscriberFilter, SubscriberOrder
from carillon.usecases.audience.updates import Upserted

_ORDERS: Mapping[str, SubscriberOrder] = {
    "createdAt": SubscriberOrder.CREATED_AT,
    "updatedAt": SubscriberOrder.UPDATED_AT,
}
_LOST = "Changed by another request at the same time; send it again"


def to_changes(id: str, person: Person, *, clearing: bool = False) -> SubscriberChanges:
    """Null leaves a field as it is; with `clearing`, a null that was sent empties it."""
    cleared = [
        name
        for name in PERSON_FIELDS
        if name in person.model_fields_set and getattr(person, name) is None
    ]
    return replace(
        person_changes(id, person), registers=True, clear=tuple(cleared) if clearing else ()
    )


def to_many(body: BulkCreateRequest) -> tuple[list[SubscriberChanges], list[Failed]]:
    """Return the changes that can be saved, and the errors of the others."""
    changes: list[SubscriberChanges] = []
    failed: list[Failed] = []
    for given in body.subscribers:
        try:
            one = CreateSubscriberRequest.model_validate(given)
            changed = to_changes(one.subscriber_id, one)
            check_size(changed)
            changes.append(changed)
        except ValidationError as error:
            failed.append(_failed(given, Invalid(*problems(error))))
        except Invalid as error:
            failed.append(_failed(given, error))
    return changes, failed


def bulk(
    done: Upserted, unsaved: Sequence[tuple[str, CarillonError]], failed: Sequence[Failed]
) -> BulkCreateResponse:
    """Count unchanged subscribers as updated: Novu has no third list."""
    return BulkCreateResponse(
        created=[Named(subscriber_id=id) for id in done.created],
        updated=[Named(subscriber_id=id) for id in (*done.updated, *done.unchanged)],
        failed=[*failed, *(_unsaved(id, error) for id, error in unsaved)],
    )


def to_search(query: SearchQuery) -> SubscriberFilter:
    return SubscriberFilter(
        id=query.subscriber_id,
        email=query.email,
        phone=query.phone and (e164(query.phone) or query.phone),
        name=query.name,
        order=_ORDERS.get(query.order_by or ""),
    )


def id_of(path: Mapping[str, str]) -> str:
    return path_id(path, Noun.SUBSCRIBER, "subscriberId")


def subscribers(
    people: Iterable[Subscriber], integrations: Sequence[Integration], *, tenant: str
) -> list[SubscriberResponse]:
    return [subscriber(one, integrations, tenant=tenant) for one in people]


def subscriber(
    subscriber: Subscriber, integrations: Sequence[Integration], *, tenant: str
) -> SubscriberResponse:
    return SubscriberResponse(
        id=subscriber.id,
        organization_id=tenant,
        environment_id=tenant,
        subscriber_id=subscriber.id,
        **{name: getattr(subscriber, name) for name in PERSON_FIELDS if name != "data"},
        data=None if subscriber.data is None else dict(subscriber.data),
        channels=[
            _channel(subscriber, one, integrations)
            for one in subscriber.channels
            if one.provider in PUBLISHED
        ],
        is_online=bool(subscriber.online),
        last_online_at=subscriber.last_online_at,
        created_at=subscriber.created_at,
        updated_at=subscriber.updated_at,
        version=subscriber.version,
    )


@contextmanager
def nobody() -> Iterator[None]:
    """Refuse credentials of an unknown subscriber with a 400, as Novu does."""
    try:
        yield
    except NotFound as missing:
        raise BadRequest(f"SubscriberId: {missing.id} not found") from None


def unless_it_exists(shown: SubscriberResponse, *, fails: bool) -> SubscriberResponse:
    """Raise AlreadyExists, with the subscriber, when the call is to fail."""
    if fails:
        raise AlreadyExists(f"Subscriber with id {shown.subscriber_id} already exists", shown)
    return shown


def _channel(
    subscriber: Subscriber, one: ChannelAddress, integrations: Sequence[Integration]
) -> ChannelResponse:
    """Show an address without its dead tokens, which Novu takes off a subscriber.

    The id of its integration, which older clients require, may be empty.
    """
    integration = integration_for(one, integrations)
    dead = subscriber.dead_values([integration]) if integration else frozenset()
    return ChannelResponse(
        integration_id=integration.id if integration else "",
        provider_id=one.provider,
        integration_identifier=one.integration,
        credentials=ChannelCredentialsResponse(
            webhook_url=one.webhook_url or None,
            channel=one.channel or None,
            device_tokens=[t for t in one.device_tokens if (one.provider, t) not in dead],
        ),
    )


def _unsaved(id: str, error: CarillonError) -> Failed:
    said = _LOST if isinstance(error, Unavailable) else message(error)
    return Failed(message=said, subscriber_id=id)


def _failed(given: Any, error: Invalid) -> Failed:
    id = given.get("subscriberId") if isinstance(given, dict) else None
    return Failed(message=WORDS.text(error), subscriber_id=id if isinstance(id, str) else None)
