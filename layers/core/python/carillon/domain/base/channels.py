"""Channels: the media by which messages reach people and systems."""

from enum import StrEnum


class Channel(StrEnum):
    """A channel: its templates, its addresses and its queue go by this name."""

    EMAIL = "email"
    SMS = "sms"
    CHAT = "chat"
    PUSH = "push"
    WEBHOOK = "webhook"
    IN_APP = "in_app"  # a subscriber's feed, stored by Carillon
    OTHER = "other"  # all services that the Apprise library sends to
