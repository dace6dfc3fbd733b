"""Translate subscribers, topics and contexts between wire and domain."""

from collections.abc import Sequence
from datetime import datetime

from carillon.dialects.admin.schemas.audience import (
    AddedMembersResponse,
    ChangeContextRequest,
    ChannelAddressResponse,
    ContextResponse,
    CreateContextRequest,
    DeadAddressResponse,
    ErasureResponse,
    FailedSubscriber,
    PutSubscribersRequest,
    PutSubscribersResponse,
    PutTopicsRequest,
    PutTopicsResponse,
    SubscriberRequest,
    SubscriberResponse,
    TopicResponse,
)
from carillon.dialects.admin.words import WORDS
from carillon.domain.audience.addresses import ChannelAddress, ChannelChanges
from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.audience.erasures import Erasure
from carillon.domain.audience.subscribers import DeadAddress, Subscriber, SubscriberChanges
from carillon.domain.audience.topics import Topic
from carillon.domain.base.errors import CarillonError, Unavailable
from carillon.usecases.audience.memberships import Joined, TopicDraft, TopicsUpserted
from carillon.usecases.audience.updates import Upserted

_LOST = "Changed by another request at the same time; send it again"


def to_changes(body: PutSubscribersRequest) -> list[SubscriberChanges]:
    return [_changes(subscriber) for subscriber in body.subscribers]


def erasure(one: Erasure) -> ErasureResponse:
    return ErasureResponse(
        subscriber=one.subscriber,
        deleted_at=one.at,
        status="erased" if one.done_at else "erasing",
        erased_at=one.done_at,
    )


def upserted(
    done: Upserted, unsaved: Sequence[tuple[str, CarillonError]]
) -> PutSubscribersResponse:
    return PutSubscribersResponse(
        created=list(done.created),
        updated=list(done.updated),
        unchanged=list(done.unchanged),
        failed=[
            FailedSubscriber(
                id=id, message=_LOST if isinstance(error, Unavailable) else WORDS.text(error)
            )
            for id, error in unsaved
        ],
    )


def subscriber(subscriber: Subscriber) -> SubscriberResponse:
    return SubscriberResponse(
        id=subscriber.id,
        email=subscriber.email,
        phone=subscriber.phone,
        first_name=subscriber.first_name,
        last_name=subscriber.last_name,
        avatar=subscriber.avatar,
        locale=subscriber.locale,
        timezone=subscriber.timezone,
        data=None if subscriber.data is None else dict(subscriber.data),
        channels=[_address(address) for address in subscriber.channels],
        dead_addresses=[_dead(address) for address in subscriber.dead],
        created_at=subscriber.created_at,
        updated_at=subscriber.updated_at,
    )


def to_drafts(body: PutTopicsRequest) -> list[TopicDraft]:
    return [
        TopicDraft(key=topic.key, name=topic.name, members=tuple(topic.members))
        for topic in body.topics
    ]


def grouped(grouped: TopicsUpserted) -> PutTopicsResponse:
    return PutTopicsResponse(
        created=list(grouped.created),
        updated=list(grouped.updated),
        unknown={key: list(ids) for key, ids in grouped.unknown.items()},
    )


def topic(topic: Topic) -> TopicResponse:
    return TopicResponse(
        key=topic.key, name=topic.name, created_at=topic.created_at, updated_at=topic.updated_at
    )


def joined(joined: Joined) -> AddedMembersResponse:
    return AddedMembersResponse(added=joined.added, unknown=list(joined.unknown))


def to_context(body: CreateContextRequest, now: datetime) -> Context:
    return Context(
        identifier=body.identifier, name=body.name, data=body.data, created_at=now, updated_at=now
    )


def to_context_changes(identifier: str, body: ChangeContextRequest) -> ContextChanges:
    return ContextChanges(identifier=identifier, name=body.name, data=body.data)


def context(context: Context) -> ContextResponse:
    return ContextResponse(
        identifier=context.identifier,
        name=context.name,
        data=None if context.data is None else dict(context.data),
        created_at=context.created_at,
        updated_at=context.updated_at,
    )


def _changes(body: SubscriberRequest) -> SubscriberChanges:
    return SubscriberChanges(
        id=body.id,
        email=body.email,
        phone=body.phone,
        first_name=body.first_name,
        last_name=body.last_name,
        avatar=body.avatar,
        locale=body.locale,
        timezone=body.timezone,
        data=body.data,
        channels=tuple(
            ChannelChanges(
                provider=given.provider,
                integration=given.integration,
                webhook_url=given.webhook_url,
                channel=given.channel,
                device_tokens=_tokens(given.device_tokens),
            )
            for given in body.channels
        ),
        registers=True,
        revive=body.revive,
    )


def _tokens(given: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(dict.fromkeys(given))


def _address(address: ChannelAddress) -> ChannelAddressResponse:
    return ChannelAddressResponse(
        provider=address.provider,
        integration=address.integration,
        webhook_url=address.webhook_url,
        channel=address.channel,
        device_tokens=list(address.device_tokens),
    )


def _dead(address: DeadAddress) -> DeadAddressResponse:
    return DeadAddressResponse(
        integration=address.integration, hint=address.hint, code=address.code, at=address.at
    )
