"""Mediums: a channel of ours, and for chat the one service that SailPoint means."""

from collections.abc import Mapping

from carillon.dialects.sailpoint.schemas.common import Medium
from carillon.domain.base.channels import Channel

CHANNELS: Mapping[Medium, tuple[Channel, str]] = {
    "EMAIL": (Channel.EMAIL, ""),
    "SLACK": (Channel.CHAT, "slack"),
    "TEAMS": (Channel.CHAT, "msteams"),
}


def medium(text: str) -> Medium | None:
    """The medium of that name, if there is one."""
    return next((known for known in CHANNELS if known == text), None)
