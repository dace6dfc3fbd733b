"""What several resources' translation needs."""

from carillon.dialects.novu.schemas.common import SubscriberChannel
from carillon.domain.subscribers import ChannelAddress


def address(channel: SubscriberChannel) -> ChannelAddress:
    return ChannelAddress(
        provider=channel.provider_id,
        integration=channel.integration_identifier,
        webhook_url=channel.credentials.webhook_url,
        channel=channel.credentials.channel,
        device_tokens=tuple(channel.credentials.device_tokens or ()),
    )
