"""Translate users: a user is a subscriber whose id is the username."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from carillon.dialects.bitcaster.schemas.common import INVALID_EMAIL
from carillon.dialects.bitcaster.schemas.users import (
    AddressRequest,
    AddressResponse,
    Assignment,
    ChangeUserRequest,
    CreateUserRequest,
    JoinedList,
    Membership,
    RegisteredAddress,
    RegisteredResponse,
    RegisteredUser,
    RegisterRequest,
    UserResponse,
    UserWithFieldsResponse,
)
from carillon.dialects.common import NO_SEGMENT, e164, is_any_url, is_email, is_segment
from carillon.dialects.words import WireProblem
from carillon.domain.audience.addresses import ChannelChanges
from carillon.domain.audience.subscribers import Registration, Subscriber, SubscriberChanges
from carillon.domain.base import network
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.usecases.audience.people import Registered, Revision


def _username(text: str, field: str) -> str:
    """Return what other requests name in their paths."""
    if not is_segment(text):
        raise Invalid(WireProblem(field, NO_SEGMENT))
    return text


def to_new(body: CreateUserRequest) -> SubscriberChanges:
    return SubscriberChanges(
        id=_username(body.email, "email"),
        email=body.email,
        first_name=body.first_name or None,
        last_name=body.last_name or None,
        data=body.custom_fields or None,
        registers=True,
    )


def to_revision(body: ChangeUserRequest, *, whole: bool) -> Revision:
    """A PATCH ignores blank names, which the client sends for names that were not given."""
    return Revision(
        first_name=body.first_name if whole else body.first_name or None,
        last_name=body.last_name if whole else body.last_name or None,
        locked=body.locked,
        data=body.custom_fields,
        merging=body.mode,
    )


def user(subscriber: Subscriber, users: str) -> UserResponse:
    """`users` is the URL of the collection."""
    return UserResponse(**_about(subscriber, users))


def user_with_fields(subscriber: Subscriber, users: str) -> UserWithFieldsResponse:
    return UserWithFieldsResponse(
        **_about(subscriber, users), custom_fields=dict(subscriber.data or {})
    )


def addresses(subscriber: Subscriber) -> list[AddressResponse]:
    found = [
        AddressResponse(name=kind, value=value, type=kind)
        for kind, value in (("email", subscriber.email), ("phone", subscriber.phone))
        if value
    ]
    for channel in subscriber.channels:
        for address in channel.addresses():
            found += [
                AddressResponse(name=channel.provider, value=value, type=kind)
                for kind, value in address.items()
            ]
    return found


def to_address(
    username: str, body: AddressRequest, channel_of: Callable[[str], Channel | None]
) -> SubscriberChanges:
    """Read an address: of the provider in `name`, else an e-mail address or a phone number.

    `channel_of` returns a provider's channel, or None for a name that is no provider's.
    """
    name, value = body.name.lower(), body.value
    if channel := channel_of(name):
        place = _place(name, channel, value)
        return SubscriberChanges(id=username, channels=(place,), registers=True)
    if is_email(value):
        return SubscriberChanges(id=username, email=value, registers=True)
    if number := e164(value):
        return SubscriberChanges(id=username, phone=number, registers=True)
    reason = "Not an email address or a phone number with its country: name must be its provider."
    raise Invalid(WireProblem("value", reason))


def _place(provider: str, channel: Channel, value: str) -> ChannelChanges:
    """Read a device token for a push provider, else a URL or the name of a channel."""
    if channel is Channel.PUSH:
        return ChannelChanges(provider=provider, device_tokens=(value,))
    if is_any_url(value):
        if not network.is_public_url(value):
            raise Invalid(WireProblem("value", f"{network.NOT_PUBLIC}."))
        return ChannelChanges(provider=provider, webhook_url=value)
    return ChannelChanges(provider=provider, channel=value)


def to_registration(
    body: RegisterRequest, application: str
) -> tuple[SubscriberChanges, Registration]:
    if body.email and not is_email(body.email):
        raise Invalid(WireProblem("email", INVALID_EMAIL))
    person = SubscriberChanges(
        id=_username(body.username, "username"),
        email=body.email or None,
        first_name=body.first_name or None,
        last_name=body.last_name or None,
        registers=True,
    )
    known = Registration(application=application, active=body.active, data=body.custom_fields)
    return person, known


def registered(done: Registered, given: Sequence[RegisteredAddress]) -> RegisteredResponse:
    """Show the registered user; `given` are the addresses of the request."""
    # A phone number is kept in E.164.
    subscriber, values = done.subscriber, {e164(each.value) or each.value for each in given}
    shown = [each for each in addresses(subscriber) if each.value in values]
    return RegisteredResponse(
        user=RegisteredUser(
            username=subscriber.id, email=subscriber.email or "", **_names(subscriber)
        ),
        created=done.created,
        membership=Membership(
            custom_fields=dict(done.registration.data),
            active=done.registration.active,
            locked=subscriber.locked,
        ),
        addresses=shown,
        assignments=[Assignment(address=each.value, channel=each.name) for each in shown],
        distribution_list=_joined(done),
    )


def _joined(done: Registered) -> JoinedList | None:
    if done.topic is None:
        return None
    return JoinedList(name=done.topic.name, recipients_added=done.joined)


def _about(subscriber: Subscriber, users: str) -> dict[str, Any]:
    return {
        "id": subscriber.id,
        "url": f"{users}{quote(subscriber.id, safe='')}/",
        "email": subscriber.email or "",
        "username": subscriber.id,
        **_names(subscriber),
        "locked": subscriber.locked,
        "is_active": not subscriber.locked,
    }


def _names(subscriber: Subscriber) -> dict[str, str]:
    return {
        "first_name": subscriber.first_name or "",
        "last_name": subscriber.last_name or "",
    }
