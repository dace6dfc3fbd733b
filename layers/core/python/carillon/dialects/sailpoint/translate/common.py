"""SailPoint's mediums: each a channel, and for chat one provider."""

from collections.abc import Mapping

from carillon.dialects.sailpoint.schemas.common import Medium
from carillon.domain.base.channels import Channel

CHANNELS: Mapping[Medium, tuple[Channel, str]] = {
    "EMAIL": (Channel.EMAIL, ""),
    "SLACK": (Channel.CHAT, "slack"),
    "TEAMS": (Channel.CHAT, "msteams"),
}


def medium(text: str) -> Medium | None:
    """Return the medium of that name, or None."""
    return next((known for known in CHANNELS if known == text), None)
