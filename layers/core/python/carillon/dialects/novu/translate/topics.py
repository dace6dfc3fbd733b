"""Translate topics and memberships between wire and domain."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from carillon.dialects.common import path_id
from carillon.dialects.novu.errors import AlreadyExists, BadRequest
from carillon.dialects.novu.schemas.topics import (
    AddedResponse,
    CreatedTopicResponse,
    Meta,
    PersonShown,
    RemoveSubscriptionsRequest,
    SubscriptionError,
    SubscriptionResponse,
    SubscriptionsRequest,
    SubscriptionsResponse,
    TopicResponse,
    TopicShown,
    TopicSubscriberResponse,
)
from carillon.dialects.words import WireProblem
from carillon.domain.audience.topics import Membership, Topic
from carillon.domain.base.errors import Conflict, Invalid
from carillon.domain.base.terms import Noun
from carillon.usecases.audience.memberships import Joined, TopicSubscription

_MARK = ":si="  # between topic and subscriber in our identifiers


def topic(topic: Topic, *, tenant: str, subscribers: Sequence[str] | None = None) -> TopicResponse:
    return TopicResponse(
        id=topic.key,
        key=topic.key,
        name=topic.name,
        organization_id=tenant,
        environment_id=tenant,
        subscribers=None if subscribers is None else list(subscribers),
        created_at=topic.created_at,
        updated_at=topic.updated_at,
    )


def topics(found: Iterable[tuple[Topic, Sequence[str]]], *, tenant: str) -> list[TopicResponse]:
    """Show topics with their first members."""
    return [topic(one, tenant=tenant, subscribers=ids) for one, ids in found]


def created(topic: Topic) -> CreatedTopicResponse:
    return CreatedTopicResponse(id=topic.key, key=topic.key)


def key_of(path: Mapping[str, str]) -> str:
    return path_id(path, Noun.TOPIC, "topicKey")


@contextmanager
def taken(key: str, *, tenant: str) -> Iterator[None]:
    """Word a Conflict as Novu does for a key that is taken."""
    try:
        yield
    except Conflict:
        raise Conflict(_taken(key, tenant)) from None


@contextmanager
def occupied(key: str, *, tenant: str) -> Iterator[None]:
    """Word a Conflict as Novu does for a topic with members."""
    try:
        yield
    except Conflict:
        why = "can't be deleted as it still has subscribers assigned"
        raise Conflict(f"Topic with key {key} in the environment {tenant} {why}") from None


def exists(shown: TopicResponse) -> AlreadyExists:
    return AlreadyExists(_taken(shown.key, shown.organization_id), shown)


def _taken(key: str, tenant: str) -> str:
    return f"Topic exists with key {key} in the environment {tenant} of the organization {tenant}"


def added(asked: Sequence[str], joined: Joined) -> AddedResponse:
    unknown = set(joined.unknown)
    return AddedResponse(
        succeeded=[id for id in dict.fromkeys(asked) if id not in unknown],
        failed={"notFound": list(joined.unknown)} if unknown else None,
    )


def membership(one: Membership, *, tenant: str) -> TopicSubscriberResponse:
    return TopicSubscriberResponse(
        organization_id=tenant,
        environment_id=tenant,
        subscriber_id=one.subscriber,
        topic_id=one.topic,
        topic_key=one.topic,
        external_subscriber_id=one.subscriber,
    )


def subscription(one: TopicSubscription) -> SubscriptionResponse:
    since = one.membership.created_at or one.topic.created_at
    person, id = one.subscriber, one.membership.subscriber
    return SubscriptionResponse(
        id=f"{one.topic.key}:{id}",
        identifier=f"tk={one.topic.key}{_MARK}{id}",
        topic=TopicShown(
            id=one.topic.key,
            key=one.topic.key,
            name=one.topic.name,
            created_at=one.topic.created_at,
            updated_at=one.topic.updated_at,
        ),
        subscriber=PersonShown(
            id=id,
            subscriber_id=id,
            avatar=person.avatar if person else None,
            first_name=person.first_name if person else None,
            last_name=person.last_name if person else None,
            email=person.email if person else None,
        ),
        created_at=since,
        updated_at=since,
    )


def ids_to_add(body: SubscriptionsRequest) -> list[str]:
    """Raise Invalid for no ids, and for fields that would otherwise be ignored silently."""
    listed = [one.subscriber_id for one in body.subscriptions or ()]
    ids = list(dict.fromkeys([*(body.subscriber_ids or ()), *listed]))
    if not ids:
        raise Invalid(WireProblem("subscriptions", "should not be empty"))
    for field, given in (("context", body.context), ("preferences", body.preferences)):
        if given:
            raise Invalid(WireProblem(field, "is not supported for a topic's subscriptions"))
    return ids


def ids_to_remove(body: RemoveSubscriptionsRequest, key: str) -> list[str]:
    """Raise Invalid for no ids."""
    start = f"tk={key}{_MARK}"
    listed = [
        one.subscriber_id or (one.identifier or "").removeprefix(start)
        for one in body.subscriptions or ()
    ]
    ids = list(dict.fromkeys([*(body.subscriber_ids or ()), *listed]))
    if not ids:
        raise Invalid(WireProblem("subscriptions", "should not be empty"))
    return ids


def subscribed(asked: Sequence[str], done: Iterable[TopicSubscription]) -> SubscriptionsResponse:
    reason = "Subscriber with ID '{id}' could not be found."
    return _subscriptions(asked, done, code="SUBSCRIBER_NOT_FOUND", reason=reason)


def unsubscribed(asked: Sequence[str], done: Iterable[TopicSubscription]) -> SubscriptionsResponse:
    reason = "Subscription for subscriber '{id}' could not be found."
    return _subscriptions(asked, done, code="SUBSCRIPTION_NOT_FOUND", reason=reason)


def _subscriptions(
    asked: Sequence[str], done: Iterable[TopicSubscription], *, code: str, reason: str
) -> SubscriptionsResponse:
    """Show the subscriptions that were changed, and the errors; raise BadRequest for none.

    Source: https://docs.novu.co/api-reference/topics/create-topic-subscriptions
    """
    shown = [subscription(one) for one in done]
    known = {one.subscriber.subscriber_id for one in shown}
    errors = [
        SubscriptionError(subscriber_id=id, code=code, message=reason.replace("{id}", id))
        for id in asked
        if id not in known
    ]
    if not shown:
        raise BadRequest("; ".join(f"{one.code}: {one.message}" for one in errors[:10]))
    meta = Meta(total_count=len(asked), successful=len(shown), failed=len(errors))
    return SubscriptionsResponse(data=shown, meta=meta, errors=errors or None)
