"""Translate the channel, provider and outcome of a delivery."""

import json
from collections.abc import Iterable
from typing import Any, Protocol

from carillon.dialects.novu.schemas.common import SHOWN_AS
from carillon.dialects.novu.schemas.messages import ChannelName
from carillon.domain.base.channels import Channel
from carillon.domain.delivery import codes
from carillon.domain.delivery.deliveries import Attempt, DeliveryRecord, Outcome

_ROOM = 2 * 1024 * 1024  # bytes of payloads in an answer, which Lambda limits to 6 MB
# Channels that Novu does not have; its chat is the closest.
_SHOWN_AS_CHAT = frozenset({Channel.CHAT, Channel.OTHER, Channel.WEBHOOK})
_CHANNELS: dict[Channel, ChannelName] = {
    Channel.IN_APP: "in_app",
    Channel.EMAIL: "email",
    Channel.SMS: "sms",
    Channel.PUSH: "push",
    **dict.fromkeys(_SHOWN_AS_CHAT, "chat"),
}
NONE = "novu"  # the provider of what was never sent: a name that the clients know
WORDS = {
    Outcome.SENT: "Message sent",
    Outcome.RETRY: "The provider did not accept the message yet",
    Outcome.UNSURE: "The provider gave no complete answer",
    Outcome.DEAD: "The address is permanently invalid",
    Outcome.CONFIG: "The provider refused the integration's credential or configuration",
    Outcome.BAD: "The provider refused the message",
}


def to_channels(names: Iterable[ChannelName | None]) -> frozenset[Channel]:
    asked = set(names)
    return frozenset(channel for channel, name in _CHANNELS.items() if name in asked)


def told(record: DeliveryRecord) -> str:
    """Describe in a sentence why the message is not sent, and what to do."""
    sentence = codes.explained(record) or WORDS[record.outcome]
    return f"{sentence} ({record.detail})" if record.detail else sentence


def told_of(attempt: Attempt) -> str:
    """Describe what came of an earlier attempt."""
    return codes.of_code(attempt.code) or WORDS[attempt.outcome]


def channel(record: DeliveryRecord) -> ChannelName:
    return _CHANNELS[record.channel or Channel.OTHER]


def provider(record: DeliveryRecord) -> str:
    """Return Novu's name of the provider; Novu's own, where there was none to send by."""
    return SHOWN_AS.get(record.provider, record.provider) or NONE


class _Carrying(Protocol):
    payload: dict[str, Any] | None


def fitting[R: _Carrying](answers: list[R]) -> list[R]:
    """Remove the payloads of the last answers when all of them would not fit."""
    room = _ROOM
    for one in answers:
        room -= len(json.dumps(one.payload or {}))
        if room < 0:
            one.payload = None
    return answers
