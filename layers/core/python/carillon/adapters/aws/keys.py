"""Every key of the three tables. The tenant in a key is always the authenticated one.

Ids that callers choose are escaped, so that none can reach into another partition.
"""

from datetime import date, datetime
from typing import NamedTuple

from carillon.domain.activity.feeds import FeedPosition
from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.base import ids
from carillon.domain.base.errors import Invalid
from carillon.domain.base.guards import Guarded
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import TemplateKey
from carillon.domain.delivery.invocations import TopicPage

_JOB_SHARDS = 8
_DISPATCH_SHARDS = 8
_ID_BYTES = 1020  # 255 characters of 4 bytes: the longest that a dialect accepts
_SORT_KEY_BYTES = 1024
_EMAIL_CHARACTERS = 254


LAST_MOMENT = "~"  # sorts after every time


class Key(NamedTuple):
    pk: str
    sk: str


class Listing(NamedTuple):
    """The items of a partition whose sort key starts with the prefix."""

    pk: str
    prefix: str = ""


TENANTS = Listing("TENANTS")


def tenant(id: str) -> Key:
    return Key(_tenant(id), "TENANT")


def listed_tenant(id: str) -> Key:
    return Key(TENANTS.pk, _whole(id))


def api_key(id: str) -> Key:
    return Key(f"KEY#{_part(id)}", "KEY")


def api_keys(tenant: str) -> Listing:
    return Listing(_tenant(tenant), "KEY#")


def sender(email: str) -> Key:
    return Key(f"SENDER#{_part(email)}", "SENDER")


def senders(tenant: str) -> Listing:
    return Listing(_tenant(tenant), "SENDER#")


def spending(tenant: str, month: str) -> Key:
    return Key(_tenant(tenant), f"SMS#{month}")


def event_types(tenant: str, application: str) -> Listing:
    return Listing(_tenant(tenant), f"EVENT#{_part(application)}#")


def applications(tenant: str) -> Listing:
    return Listing(_tenant(tenant), "APPLICATION#")


def application(tenant: str, path: str) -> Key:
    return within(applications(tenant), path)


def templates(tenant: str, application: str, event: str) -> Listing:
    return Listing(_tenant(tenant), f"TEMPLATE#{_part(application)}#{_part(event)}#")


def all_templates(tenant: str, application: str) -> Listing:
    return Listing(_tenant(tenant), f"TEMPLATE#{_part(application)}#")


def template(tenant: str, application: str, event: str, place: TemplateKey) -> Key:
    medium = f"{place.medium}:{place.provider}" if place.provider else str(place.medium)
    custom = "#custom" if place.custom else ""
    return within(templates(tenant, application, event), f"{medium}#{place.locale}{custom}")


def integrations(tenant: str) -> Listing:
    return Listing(_tenant(tenant), "INTEGRATION#")


def contexts(tenant: str) -> Listing:
    return Listing(_tenant(tenant), "CONTEXT#")


def subscribers(tenant: str, shard: int) -> Listing:
    return Listing(f"{_tenant(tenant)}#SUBSCRIBERS#{shard:02}")


def subscriber(tenant: str, id: str) -> Key:
    return within(subscribers(tenant, _shard(id)), id)


def guard(tenant: str, guarded: Guarded) -> Key:
    return Key(_tenant(tenant), f"GUARD#{guarded}")


def email(tenant: str, address: str) -> str:
    return f"{_tenant(tenant)}#EMAIL#{address[:_EMAIL_CHARACTERS].lower()}"


def erasures(tenant: str, shard: int) -> Listing:
    return Listing(f"{_tenant(tenant)}#ERASURES#{shard:02}")


def erasure(tenant: str, subscriber: str) -> Key:
    return within(erasures(tenant, _shard(subscriber)), subscriber)


def topics(tenant: str) -> Listing:
    return Listing(f"{_tenant(tenant)}#TOPICS")


def members(tenant: str, topic: str, shard: int) -> Listing:
    return Listing(f"{_tenant(tenant)}#TOPIC#{_part(topic)}#{shard:02}")


def member(tenant: str, topic: str, id: str) -> Key:
    return within(members(tenant, topic, _shard(id)), id)


def memberships(tenant: str, subscriber: str) -> Listing:
    return Listing(f"{_tenant(tenant)}#MEMBER#{_part(subscriber)}")


def subscriptions(tenant: str) -> Listing:
    return Listing(f"{_tenant(tenant)}#SUBSCRIPTIONS")


def subscriptions_of(tenant: str, application: str, event: str) -> Listing:
    return Listing(f"{_tenant(tenant)}#EVENT#{_part(application)}#{_part(event)}")


def jobs(tenant: str, day: date) -> list[Listing]:
    return [_jobs(tenant, day, shard) for shard in range(_JOB_SHARDS)]


def job(tenant: str, id: str, accepted_at: datetime) -> Key:
    return Key(
        _jobs(tenant, accepted_at.date(), ids.shard(id, _JOB_SHARDS)).pk, moment(accepted_at, id)
    )


def _jobs(tenant: str, day: date, shard: int) -> Listing:
    return Listing(f"{_tenant(tenant)}#DAY#{day.isoformat()}#{shard:02}")


def moment(at: datetime, id: str = "") -> str:
    """Return a sort key that begins with a time. Without an id it sorts before all of that time."""
    return f"{at.isoformat(timespec='microseconds')}#{id}"


def invocation(tenant: str, id: str) -> Key:
    return Key(f"{_tenant(tenant)}#INVOCATION#{_part(id)}", "INVOCATION")


def cancellation(tenant: str, id: str) -> Key:
    return Key(invocation(tenant, id).pk, "CANCELLED")


def all_replayed(tenant: str, invocation: str) -> Listing:
    return Listing(f"{_tenant(tenant)}#INVOCATION#{_part(invocation)}", "REPLAYED#")


def replayed(tenant: str, invocation: str, delivery: str) -> Key:
    return within(all_replayed(tenant, invocation), delivery)


def cancellations(tenant: str) -> Key:
    """Return the key of the mark that the tenant has cancelled anything at all."""
    return Key(f"{_tenant(tenant)}#CANCELLATIONS", "ANY")


def waiting(tenant: str, invocation: str, shard: int) -> Listing:
    """Return one shard: all deliveries of a large invocation may have to wait at once."""
    return Listing(f"{_tenant(tenant)}#INVOCATION#{_part(invocation)}#WAITING#{shard:02}")


def waiting_delivery(tenant: str, invocation: str, delivery: str) -> Key:
    return within(waiting(tenant, invocation, _shard(delivery)), delivery)


def due(shard: int) -> str:
    return f"DUE#{shard:02}"


def pages(tenant: str, invocation: str, shard: int) -> Listing:
    """Return one shard: a large topic has more pages than one partition can take."""
    return Listing(f"{_tenant(tenant)}#PAGES#{_part(invocation)}#{shard:02}")


def page(page: TopicPage) -> Key:
    listing = pages(page.tenant, page.invocation, page.shard)
    return Key(listing.pk, f"{_part(page.topic)}#{page.after}")


def topic_of(page: str) -> str:
    """Return the topic in the sort key of one of its pages."""
    return page.partition("#")[0].replace("%23", "#").replace("%25", "%")


def chunks(tenant: str, job: str, range: int) -> Listing:
    return Listing(f"{_tenant(tenant)}#JOB#{_part(job)}#{range:02}", "CHUNK#")


def dispatches(tenant: str) -> list[Listing]:
    """Return all shards: every event of a tenant may make a dispatch."""
    return [_dispatches(tenant, shard) for shard in range(_DISPATCH_SHARDS)]


def dispatched(tenant: str, id: str, created_at: datetime) -> Key:
    return Key(_dispatches(tenant, ids.shard(id, _DISPATCH_SHARDS)).pk, moment(created_at, id))


def _dispatches(tenant: str, shard: int) -> Listing:
    return Listing(f"{_tenant(tenant)}#DISPATCHES#{shard:02}")


def dispatch(id: str) -> Key:
    """Return a key without a tenant: an answer brings no credential but the dispatch's secret."""
    return Key(f"DISPATCH#{_part(id)}", "DISPATCH")


def history(tenant: str, subscriber: str) -> Listing:
    return Listing(f"{_tenant(tenant)}#HISTORY#{_part(subscriber)}")


def feed(tenant: str, subscriber: str) -> Listing:
    return Listing(f"{_tenant(tenant)}#FEED#{_part(subscriber)}")


def feed_message(tenant: str, place: FeedPosition) -> Key:
    return within(feed(tenant, place.subscriber), moment(place.at, place.id))


def within(listing: Listing, id: str) -> Key:
    sk = listing.prefix + _whole(id)
    if len(sk.encode()) > _SORT_KEY_BYTES:
        raise _unfit()
    return Key(listing.pk, sk)


def _shard(id: str) -> int:
    return ids.shard(_whole(id), SHARDS)


def _tenant(id: str) -> str:
    return f"TENANT#{_part(id)}"


def _part(id: str) -> str:
    """Escape an id that is followed by others in a key."""
    return _whole(id).replace("%", "%25").replace("#", "%23")


def _whole(id: str) -> str:
    """Return an id that ends a key, and needs no escaping; raise Invalid for a wrong size."""
    try:
        size = len(id.encode())
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can carry
        raise _unfit() from None
    if not 0 < size <= _ID_BYTES:
        raise _unfit()
    return id


def _unfit() -> Invalid:
    return Invalid(FieldProblem(FieldName.ID, f"must have 1 to {_ID_BYTES} bytes of UTF-8"))
