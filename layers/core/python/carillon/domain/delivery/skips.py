"""Skips: why somebody, or something, that an event was meant for is not reached by it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from carillon.domain.audience.preferences import Preferences
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import EventType


class SkipReason(StrEnum):
    """The closed list of reasons. An address that is known to be dead is `suppressed` instead."""

    # Of a recipient on one channel: there is a delivery, which is not sent.
    NO_ADDRESS = "no_address"
    NO_INTEGRATION = "no_integration"
    INTEGRATION_INACTIVE = "integration_inactive"
    INTEGRATION_CONDITIONS = "integration_conditions"
    PREFERENCE_GLOBAL = "preference_global"
    PREFERENCE_GLOBAL_CHANNEL = "preference_global_channel"
    PREFERENCE_EVENT_TYPE = "preference_event_type"
    PREFERENCE_EVENT_TYPE_CHANNEL = "preference_event_type_channel"
    PREFERENCE_DEFAULT = "preference_default"
    MUTED = "muted"
    LOCKED = "subscriber_locked"
    NARROWED = "narrowed_out"
    OVER_LIMIT = "over_limit"
    # Of a recipient as a whole: they are counted.
    UNKNOWN_SUBSCRIBER = "unknown_subscriber"
    DELETED_SUBSCRIBER = "subscriber_deleted"
    ACTOR = "actor_excluded"
    EXCLUDED = "excluded"
    EVENT_TYPE_GONE = "event_type_gone"
    EVENT_TYPE_INACTIVE = "event_type_inactive"
    EVENT_TYPE_LOCKED = "event_type_locked"
    NO_ACTIVE_TEMPLATE = "no_active_template"
    # Of the event: they are counted.
    UNKNOWN_TOPIC = "unknown_topic"
    EMPTY_TOPIC = "empty_topic"
    FILTERED = "filtered_out"
    FILTER_FAILED = "filter_failed"
    NOBODY = "nobody_to_reach"
    PAUSED = "event_type_paused"
    DUPLICATE = "duplicate_transaction"


type Skips = Mapping[SkipReason, int]

type Unheard = Mapping[str, SkipReason]  # by the ids of subscriptions

NO_SKIPS: Final[Skips] = MappingProxyType({})
ALL_HEARD: Final[Unheard] = MappingProxyType({})
DUPLICATED: Final[Skips] = MappingProxyType({SkipReason.DUPLICATE: 1})

# Each reason in a sentence, and what to do if the message was wanted.
SENTENCES: Final = {
    SkipReason.NO_ADDRESS: (
        "The subscriber has no address for this channel, or its integration was removed. "
        "Give the subscriber one."
    ),
    SkipReason.NO_INTEGRATION: (
        "The tenant has no integration for this channel. Create one and trigger the event again."
    ),
    SkipReason.INTEGRATION_INACTIVE: (
        "The integration of the address, or every one for this channel, is inactive. "
        "Activate it and trigger the event again."
    ),
    SkipReason.INTEGRATION_CONDITIONS: (
        "The conditions of the address's integration, or of every one for this channel, exclude "
        "the event's context. "
        "Change the conditions, or trigger the event with another context."
    ),
    SkipReason.PREFERENCE_GLOBAL: (
        "The subscriber has switched off all notifications. Only the subscriber should change that."
    ),
    SkipReason.PREFERENCE_GLOBAL_CHANNEL: (
        "The subscriber has switched off this channel for all event types. "
        "Only the subscriber should change that."
    ),
    SkipReason.PREFERENCE_EVENT_TYPE: (
        "The subscriber has switched off this event type. Only the subscriber should change that."
    ),
    SkipReason.PREFERENCE_EVENT_TYPE_CHANNEL: (
        "The subscriber has switched off this channel for this event type. "
        "Only the subscriber should change that."
    ),
    SkipReason.PREFERENCE_DEFAULT: (
        "The event type is off by default on this channel, and the subscriber has not switched it "
        "on. Change the event type's defaults, or have the subscriber switch it on."
    ),
    SkipReason.MUTED: (
        "The tenant has muted this channel or provider for the event type. Unmute it."
    ),
    SkipReason.LOCKED: "The subscriber is locked. Unlock the subscriber.",
    SkipReason.NARROWED: (
        "The caller's own recipient filter leaves this out. Trigger the event with a wider filter."
    ),
    SkipReason.OVER_LIMIT: (
        "The event has more recipients, or the subscriber more addresses on this channel, than one "
        "event may be delivered to; these are the ones beyond the limit. Remove addresses or "
        "integrations that nobody uses, send by a topic, or raise the installation's limits."
    ),
    SkipReason.UNKNOWN_SUBSCRIBER: (
        "There is no such subscriber. Create it, or remove it from the topic or the subscription."
    ),
    SkipReason.DELETED_SUBSCRIBER: (
        "The subscriber was deleted after the event was accepted. "
        "Whoever has the id now does not hear of it."
    ),
    SkipReason.ACTOR: (
        "The subscriber is the event's actor, who does not hear of it through a topic. "
        "Name the subscriber as a recipient."
    ),
    SkipReason.EXCLUDED: (
        "The caller excluded the subscriber. Trigger the event without the exclusion."
    ),
    SkipReason.EVENT_TYPE_GONE: (
        "The event type was removed after the event was accepted. "
        "Create it and trigger the event again."
    ),
    SkipReason.EVENT_TYPE_INACTIVE: (
        "The event type was switched off before the event was sent. "
        "Switch it on and trigger the event again."
    ),
    SkipReason.EVENT_TYPE_LOCKED: (
        "The event type was locked before the event was sent. "
        "Unlock it and trigger the event again."
    ),
    SkipReason.NO_ACTIVE_TEMPLATE: (
        "The event type has no active template. Activate one and trigger the event again."
    ),
    SkipReason.UNKNOWN_TOPIC: (
        "There is no such topic. Create it, add members and trigger the event again."
    ),
    SkipReason.EMPTY_TOPIC: ("The topic has no members. Add members and trigger the event again."),
    SkipReason.FILTERED: (
        "The subscription's filter does not match the payload. Change the filter or the payload."
    ),
    SkipReason.FILTER_FAILED: (
        "The subscription's filter takes too much work on the payload, or is no longer a filter. "
        "Make the filter simpler or the payload smaller, and trigger the event again."
    ),
    SkipReason.NOBODY: (
        "The event names no recipient, and no active subscription hears it. "
        "Name recipients, or subscribe somebody."
    ),
    SkipReason.PAUSED: (
        "The event type was paused when the event came. Resume it and trigger the event again."
    ),
    SkipReason.DUPLICATE: (
        "Another event was accepted before under this transaction id, and only that one happens. "
        "Use a new transaction id for a new event."
    ),
}


# The setting that decides each reason.
SETTINGS: Final = {
    SkipReason.NO_ADDRESS: "the subscriber's addresses",
    SkipReason.NO_INTEGRATION: "the tenant's integrations",
    SkipReason.INTEGRATION_INACTIVE: "the integration's `active`, or its circuit",
    SkipReason.INTEGRATION_CONDITIONS: "the integration's `conditions`",
    SkipReason.PREFERENCE_GLOBAL: "the subscriber's preferences: `enabled` for all event types",
    SkipReason.PREFERENCE_GLOBAL_CHANNEL: (
        "the subscriber's preferences: the channel for all event types"
    ),
    SkipReason.PREFERENCE_EVENT_TYPE: (
        "the subscriber's preferences: `enabled` for this event type"
    ),
    SkipReason.PREFERENCE_EVENT_TYPE_CHANNEL: (
        "the subscriber's preferences: the channel for this event type"
    ),
    SkipReason.PREFERENCE_DEFAULT: "the event type's default preferences",
    SkipReason.MUTED: "the event type's muted channels and providers",
    SkipReason.LOCKED: "the subscriber's `locked`",
    SkipReason.NARROWED: "the event's recipient filter, or the environments of its key",
    SkipReason.OVER_LIMIT: "`DeliveriesPerRecipient` and `RecipientsPerEvent` of the installation",
    SkipReason.UNKNOWN_SUBSCRIBER: "the tenant's subscribers",
    SkipReason.DELETED_SUBSCRIBER: "the deletion of the subscriber",
    SkipReason.ACTOR: "the event's actor",
    SkipReason.EXCLUDED: "the event's exclusions",
    SkipReason.EVENT_TYPE_GONE: "the tenant's event types",
    SkipReason.EVENT_TYPE_INACTIVE: "the event type's `active`",
    SkipReason.EVENT_TYPE_LOCKED: "the event type's `locked`, or its application's",
    SkipReason.NO_ACTIVE_TEMPLATE: "the event type's templates",
    SkipReason.UNKNOWN_TOPIC: "the tenant's topics",
    SkipReason.EMPTY_TOPIC: "the topic's members",
    SkipReason.FILTERED: "the subscription's `filter`",
    SkipReason.FILTER_FAILED: "the subscription's `filter`",
    SkipReason.NOBODY: "the event's recipients and subscriptions",
    SkipReason.PAUSED: "the event type's `paused`, or its application's",
    SkipReason.DUPLICATE: "the event's transaction id",
}


def refused_by(preferences: Preferences, event: EventType, channel: Channel) -> SkipReason | None:
    """Return the preference that keeps the event from the channel; None when it may go there."""
    if preferences.allow(event, channel):
        return None
    own, overall = preferences.of(event), preferences.overall
    said = (
        (own.channels.get(channel), SkipReason.PREFERENCE_EVENT_TYPE_CHANNEL),
        (overall.enabled, SkipReason.PREFERENCE_GLOBAL),
        (own.enabled, SkipReason.PREFERENCE_EVENT_TYPE),
        (overall.channels.get(channel), SkipReason.PREFERENCE_GLOBAL_CHANNEL),
    )
    off = (reason for allowed, reason in said if allowed is False)
    return next(off, SkipReason.PREFERENCE_DEFAULT)
