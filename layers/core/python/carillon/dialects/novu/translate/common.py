"""Pages, cursors and channel addresses, shared by several resources."""

from collections.abc import Sequence

from carillon.dialects.novu.schemas.common import (
    Cursored,
    CursoredQuery,
    Numbered,
    SubscriberChannel,
)
from carillon.dialects.novu.schemas.subscribers import CredentialsRequest, Person
from carillon.domain.audience.addresses import ChannelChanges
from carillon.domain.audience.subscribers import SubscriberChanges
from carillon.domain.base.numbering import NumberedWalk
from carillon.domain.base.paging import Look, View

PERSON_FIELDS = tuple(name for name in Person.model_fields if name != "channels")


def person_changes(id: str, person: Person) -> SubscriberChanges:
    """Read what any call says of a person; null leaves a field as it is."""
    return SubscriberChanges(
        id=id,
        **{name: getattr(person, name) for name in PERSON_FIELDS},
        channels=tuple(address(channel) for channel in person.channels or ()),
    )


def address(
    channel: SubscriberChannel | CredentialsRequest, *, replaces: bool = False
) -> ChannelChanges:
    given = channel.credentials
    tokens = given.device_tokens
    return ChannelChanges(
        provider=channel.provider_id,
        integration=channel.integration_identifier,
        webhook_url=given.webhook_url,
        channel=given.channel,
        device_tokens=None if tokens is None else tuple(dict.fromkeys(tokens)),
        replaces=replaces,
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
