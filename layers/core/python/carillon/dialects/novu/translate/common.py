"""Pages, cursors and channel addresses, shared by several resources."""

from collections.abc import Sequence

from carillon.dialects.novu.schemas.common import (
    Cursored,
    CursoredQuery,
    Numbered,
    SubscriberChannel,
)
from carillon.domain.audience.subscribers import ChannelAddress
from carillon.domain.base.numbering import NumberedWalk
from carillon.domain.base.paging import Look, View


def address(channel: SubscriberChannel) -> ChannelAddress:
    return ChannelAddress(
        provider=channel.provider_id,
        integration=channel.integration_identifier,
        webhook_url=channel.credentials.webhook_url,
        channel=channel.credentials.channel,
        device_tokens=tuple(channel.credentials.device_tokens or ()),
    )


def look(query: CursoredQuery) -> Look:
    """Times sort newest first by default, everything else in stored order."""
    by_time = query.order_by in {"createdAt", "updatedAt"}
    return Look(
        limit=query.limit,
        after=query.after,
        before=query.before,
        descending=(query.order_direction or ("DESC" if by_time else "ASC")) == "DESC",
        inclusive=query.include_cursor,
    )


def cursored[T, R](seen: View[T], shown: Sequence[R]) -> Cursored[R]:
    return Cursored(
        data=list(shown),
        next=seen.next,
        previous=seen.previous,
        total_count=seen.count.total,
        total_count_capped=seen.count.capped,
    )


def numbered[T, R](found: NumberedWalk[T], shown: Sequence[R]) -> Numbered[R]:
    return Numbered(
        data=list(shown),
        page=found.page,
        page_size=found.size,
        has_more=found.more,
        total_count=found.count.total,
    )
