"""Links to resources, and pages of lists."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from carillon.dialects.common import plain
from carillon.dialects.confluent.schemas import ListMetadata, ListQuery, Metadata, Reference
from carillon.dialects.dialect import Answer
from carillon.domain.base import cursors
from carillon.domain.base.errors import Invalid, QueryInvalid

# The name of a resource in resource names, by its collection's path.
_KINDS = {
    "integrations": "integration",
    "subscriptions": "subscription",
    "notification-types": "notification-type",
}


@dataclass(frozen=True)
class Links:
    """URLs and resource names, for the base URL and the organization of the caller."""

    base_url: str
    organization: str

    def collection(self, name: str) -> str:
        return f"{self.base_url}/notifications/v1/{name}"

    def url(self, collection: str, id: str) -> str:
        return f"{self.collection(collection)}/{quote(id, safe='')}"

    def resource_name(self, collection: str, id: str) -> str:
        kind = _KINDS[collection]
        return f"crn://carillon/organization={self.organization}/{kind}={quote(id, safe='')}"

    def metadata(self, collection: str, id: str, created: datetime, updated: datetime) -> Metadata:
        return Metadata(
            url=self.url(collection, id),
            resource_name=self.resource_name(collection, id),
            created_at=created,
            updated_at=updated,
        )

    def reference(self, collection: str, id: str) -> Reference:
        return Reference(
            id=id,
            related=self.url(collection, id),
            resource_name=self.resource_name(collection, id),
        )


def page[T](found: Mapping[str, T], query: ListQuery, url: str) -> tuple[Sequence[T], ListMetadata]:
    """Return a page of the resources by id, with links to the others.

    A page token is a cursor of the last id before the page; raise QueryInvalid for another text.
    """
    ids, size = sorted(found), query.page_size
    start = bisect_right(ids, _id_before(url, query.page_token))
    end = start + size

    def at(start: int) -> str:
        token = {"page_token": cursors.encode(url, ids[start - 1])} if start > 0 else {}
        return f"{url}?{urlencode({'page_size': size, **token})}"

    return [found[id] for id in ids[start:end]], ListMetadata(
        first=at(0),
        last=at(max(len(ids) - 1, 0) // size * size),
        prev=at(max(start - size, 0)) if start else None,
        next=at(end) if end < len(ids) else None,
        total_size=len(ids),
    )


def _id_before(url: str, token: str) -> str:
    if not token:
        return ""
    try:
        return cursors.decode(url, token, 1)[0]
    except Invalid as error:
        raise QueryInvalid(*error.problems) from None


def created[R](resource: R, metadata: Metadata) -> Answer[R]:
    body = plain(resource, exclude_none=True)
    return Answer(status=201, body=body, headers={"location": metadata.url})


def shortened(text: str, longest: int) -> str:
    """Cut a text that was set through another API, and may be longer than this API allows."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
