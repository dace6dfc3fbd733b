"""The ways to reach somebody."""

from enum import StrEnum


class Channel(StrEnum):
    """A medium of templates, a kind of address, and the queue that serves it."""

    EMAIL = "email"
    SMS = "sms"
    CHAT = "chat"
    PUSH = "push"
    WEBHOOK = "webhook"
    IN_APP = "in_app"  # a subscriber's feed, which we keep ourselves
    OTHER = "other"  # the long tail of services, which one library speaks to
