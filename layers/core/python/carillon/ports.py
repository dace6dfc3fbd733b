"""What the domain needs from the world. A test swaps the whole of it for `tests.fakes`.

All stores are scoped by the authenticated tenant; another tenant's id is simply absent.
`get` and `remove` raise NotFound; `save` replaces what is there unless it says otherwise.
Lists come in pages whose cursor is opaque; a cursor of another list raises Invalid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from carillon.domain.access import ApiKey, Deletion, Tenant
from carillon.domain.applications import Application
from carillon.domain.channels import Channel
from carillon.domain.contexts import Context
from carillon.domain.dead_letters import Taken
from carillon.domain.deliveries import Attempted, Chunk, ChunkKey, Claim, Result, Status
from carillon.domain.dispatches import Dispatch
from carillon.domain.errors import Problem
from carillon.domain.events import EventType
from carillon.domain.feeds import FeedMessage, Place, State
from carillon.domain.history import Entry
from carillon.domain.integrations import Circuit, Integration
from carillon.domain.invocations import (
    FrozenPage,
    Head,
    Job,
    JobHead,
    JobPlace,
    Recorded,
    TopicPage,
)
from carillon.domain.paging import Count, Page, Window
from carillon.domain.quotas import Quotas
from carillon.domain.replays import Replay, ReplayRange
from carillon.domain.senders import Sender, Verification
from carillon.domain.subscribers import Subscriber
from carillon.domain.subscriptions import Subscription
from carillon.domain.templates import Message, Template
from carillon.domain.tokens import Token
from carillon.domain.topics import Membership, Topic
from carillon.domain.transport import Request, Response
from carillon.domain.waiting import DeliveryKey, Due, Retry, Waiting


class Tenants(Protocol):
    def get(self, id: str) -> Tenant: ...
    def add(self, tenant: Tenant) -> None:
        """Raise Conflict when the id is taken, or was by a tenant that is deleted."""

    def save(self, tenant: Tenant) -> None:
        """Raise Conflict when it is being deleted since it was read, NotFound when absent."""

    def list(self, cursor: str | None, limit: int) -> Page[Tenant]: ...
    def bury(self, id: str) -> None:
        """Leave of the tenant nothing but that its id is taken; repeating it does no harm."""


class Belongings(Protocol):
    """All that is a tenant's but its own record, to be removed."""

    def remove_some(self, tenant: str, since: datetime, place: int) -> int | None:
        """Remove some of it from this place on; where to go on, None once nothing is left.

        The places begin with 0; a step that is repeated does no harm. `since` is when the tenant
        was switched off. What hangs on something goes before it, so that all of it is found.
        """

    def remove_job(self, tenant: str, job: JobHead) -> bool:
        """Remove what a job left that was never listed; False when some of it is left."""


class ApiKeys(Protocol):
    def find(self, id: str) -> ApiKey | None:
        """The key with this id, whoever's it is: how a caller becomes a tenant."""

    def add(self, key: ApiKey) -> None: ...
    def remove(self, tenant: str, id: str) -> None:
        """Revoke; raise NotFound when the tenant has no such key."""

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[ApiKey]: ...


class Applications(Protocol):
    """Applications by "project/application", and projects by "project"."""

    def get(self, tenant: str, path: str) -> Application: ...
    def add(self, tenant: str, application: Application) -> None:
        """Raise Conflict when the path is taken."""

    def save(self, tenant: str, application: Application) -> None: ...
    def remove(self, tenant: str, path: str) -> None: ...
    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Application]: ...


class EventTypes(Protocol):
    def get(self, tenant: str, application: str, slug: str) -> EventType: ...
    def get_many(
        self, tenant: str, application: str, slugs: Sequence[str]
    ) -> Mapping[str, EventType]:
        """Those that exist, by slug, in as few reads as possible.

        As their application and project let them be: inactive, locked or paused with these, and
        so not to be saved.
        """

    def save(self, tenant: str, event: EventType, *, expected: int | None) -> None:
        """Write if the stored version is `expected` (None: absent); else raise Conflict."""

    def remove(self, tenant: str, application: str, slug: str) -> None: ...
    def list(
        self, tenant: str, application: str, cursor: str | None, limit: int
    ) -> Page[EventType]: ...


class Templates(Protocol):
    def for_event(self, tenant: str, event: EventType) -> Sequence[Template]:
        """All of an event type's templates; may be cached by the type's version."""

    def of_application(self, tenant: str, application: str) -> Sequence[Template]:
        """All templates of an application's event types, as they are now."""

    def save(self, tenant: str, template: Template) -> None: ...
    def remove(self, tenant: str, template: Template) -> None: ...


class Integrations(Protocol):
    def all(self, tenant: str, *, now: bool = False) -> Sequence[Integration]:
        """As they were within the last minute, where that is remembered; or as they are now."""

    def get(self, tenant: str, id: str) -> Integration: ...
    def save(self, tenant: str, integration: Integration) -> None:
        """Write all but the circuit, which is closed by it."""

    def switch(self, tenant: str, integration: Integration, circuit: Circuit | None) -> bool:
        """Put the circuit in the place of the integration's own; None closes it.

        False, and nothing is done, when either has changed since it was read.
        """

    def remove(self, tenant: str, id: str) -> None: ...


class Contexts(Protocol):
    def get_many(self, tenant: str, identifiers: Sequence[str]) -> Mapping[str, Context]: ...
    def add(self, tenant: str, context: Context) -> None:
        """Raise Conflict when the identifier is taken."""

    def save(self, tenant: str, context: Context) -> None: ...
    def remove(self, tenant: str, identifier: str) -> None: ...
    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Context]: ...


class Subscribers(Protocol):
    def get_many(self, tenant: str, ids: Sequence[str]) -> Mapping[str, Subscriber]: ...
    def save(self, tenant: str, subscribers: Sequence[Subscriber]) -> Sequence[str]:
        """Write each whose stored version is one less than its own; the ids of the others.

        A losing id was saved by somebody else since it was read: read, merge and save it again.
        """

    def remove(self, tenant: str, id: str) -> None:
        """Remove with all memberships; raise NotFound when absent."""

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Subscriber]: ...
    def walk(self, tenant: str, window: Window) -> Page[Subscriber]:
        """The same list either way, with the cursor of each item."""

    def count(self, tenant: str) -> Count: ...
    def by_email(self, tenant: str, address: str, limit: int) -> Sequence[str]:
        """Ids of subscribers with this address, as they were a moment ago."""

    def shard(self, tenant: str, shard: int, after: str, limit: int) -> Sequence[Subscriber]:
        """At most `limit` of one shard, in the order of ids, after the given one."""


class Topics(Protocol):
    def get(self, tenant: str, key: str) -> Topic: ...
    def add(self, tenant: str, topic: Topic) -> None:
        """Raise Conflict when the key is taken."""

    def save(self, tenant: str, topic: Topic) -> None: ...
    def remove(self, tenant: str, key: str) -> None:
        """Remove the topic and its memberships."""

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Topic]: ...
    def walk(self, tenant: str, window: Window) -> Page[Topic]:
        """The same list either way, with the cursor of each item."""

    def count(self, tenant: str) -> Count: ...
    def add_members(
        self, tenant: str, key: str, ids: Sequence[str], at: datetime | None = None
    ) -> None: ...
    def remove_members(self, tenant: str, key: str, ids: Sequence[str]) -> None: ...
    def members(self, tenant: str, key: str, cursor: str | None, limit: int) -> Page[str]: ...
    def shard_members(
        self, tenant: str, key: str, shard: int, after: str, limit: int
    ) -> Sequence[str]:
        """At most `limit` member ids of one shard, in order, after the given one."""

    def among(self, tenant: str, key: str, ids: Sequence[str]) -> frozenset[str]:
        """Which of the ids are members."""

    def memberships(self, tenant: str, key: str, ids: Sequence[str]) -> Mapping[str, Membership]:
        """Those of the ids that are members, by id."""

    def walk_members(self, tenant: str, key: str, window: Window) -> Page[Membership]: ...
    def count_members(self, tenant: str, key: str) -> Count: ...
    def walk_topics_of(self, tenant: str, subscriber: str, window: Window) -> Page[Membership]:
        """The topics that somebody is in, in the order of their keys."""

    def count_topics_of(self, tenant: str, subscriber: str) -> Count: ...


class Subscriptions(Protocol):
    def for_event(self, tenant: str, application: str, event: str) -> Sequence[Subscription]: ...
    def get(self, tenant: str, id: str) -> Subscription: ...
    def save(self, tenant: str, subscription: Subscription) -> None: ...
    def remove(self, tenant: str, id: str) -> None: ...
    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Subscription]: ...


class Invocations(Protocol):
    def record(
        self, job: Job, topics: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> Mapping[str, Sequence[str]]:
        """Insert the job's invocations that are absent; the topics of those that are now its own.

        An id that is missing from the answer belongs to another job: a duplicate transaction.
        Repeating the call gives the same answer, whatever topics come with it.
        """

    def enlist(self, job: Job, planned: Mapping[str, int], *, ranges: int) -> None:
        """Put the job among those that are listed, once all of it is on its way.

        `planned` is how many deliveries each of its invocations has, those to topics apart, and
        `ranges` how many of its partitions hold chunks.
        """

    def head(self, tenant: str, recorded: Recorded) -> Head | None:
        """What is listed of an invocation; None until its job is."""

    def get(self, tenant: str, id: str) -> Recorded: ...
    def get_many(self, tenant: str, ids: Sequence[str]) -> Mapping[str, Recorded]: ...
    def cancel(self, tenant: str, id: str, at: datetime) -> None:
        """Say that what has not been sent of it shall not be; known everywhere in 5 seconds."""

    def cancelled(self, tenant: str, ids: Sequence[str]) -> frozenset[str]:
        """Which of them are cancelled. Free for a tenant that has cancelled nothing of late."""

    def freeze_page(self, page: TopicPage, members: Sequence[str]) -> Sequence[str]:
        """Insert the page's member ids if absent; the ids stored first, on every call."""

    def plan_page(self, page: TopicPage, planned: int) -> None:
        """Say how many deliveries a frozen page has, once they are on their way."""

    def frozen_pages(self, tenant: str, id: str) -> Sequence[FrozenPage]: ...
    def jobs(
        self, tenant: str, *, since: datetime, upto: JobPlace, limit: int
    ) -> Sequence[JobHead]:
        """The newest first of the jobs accepted since then, from this place on, inclusive."""

    def jobs_of(self, tenant: str, ids: Sequence[str]) -> Mapping[str, str]:
        """The job that each of the invocations belongs to."""


class Chunks(Protocol):
    def claim(self, chunk: Chunk, owner: str, now: datetime) -> Claim:
        """Take the chunk's lease unless another worker holds it."""

    def record(self, chunk: Chunk, owner: str, attempted: Mapping[str, Attempted]) -> bool:
        """Store the account of all deliveries and end the lease; False if it was lost."""

    def of_invocation(
        self, tenant: str, job: str, invocation: str, cursor: str | None, limit: int
    ) -> Page[Attempted]:
        """The account of an invocation's deliveries; a page may be short before the end."""

    def of_job(
        self, tenant: str, job: str, cursor: str | None, limit: int, *, ranges: int
    ) -> Page[Attempted]:
        """The account of all deliveries in a job's first ranges; a page may be short."""

    def get_many(self, tenant: str, keys: Sequence[ChunkKey]) -> Mapping[str, Attempted]:
        """The accounts that these chunks have, by delivery id."""

    def tally(self, tenant: str, job: str, invocation: str) -> Mapping[Status, int]:
        """How many of the invocation's deliveries stand where, without reading their accounts."""


class WaitingDeliveries(Protocol):
    """Deliveries that need another attempt, and the index of when each is due."""

    def add(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        """Insert each that is absent; those that were."""

    def get_many(self, tenant: str, keys: Sequence[DeliveryKey]) -> Sequence[Waiting]: ...
    def claim(self, waiting: Sequence[Waiting], now: datetime) -> Sequence[Waiting]:
        """Take the lease of each that nobody has written since it was read; those, as leased."""

    def record(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        """Write each whose stored version is one less than its own; those that were written."""

    def due(
        self, shard: int, *, after: datetime | None, until: datetime, limit: int
    ) -> Sequence[Due]:
        """The first of a shard's to be swept between the two times, the longest overdue first."""

    def postpone(self, due: Sequence[Due], until: datetime) -> None:
        """Have each swept again then, unless it has been written since it was found."""

    def tally(self, tenant: str, invocation: str) -> Mapping[Status, int]:
        """How many of those that the invocation has here stand where."""


class History(Protocol):
    """Where to find what each subscriber was sent."""

    def add(self, tenant: str, entries: Sequence[Entry]) -> None:
        """Insert, or repeat; raise Unavailable unless all of them are stored."""

    def of_subscriber(
        self,
        tenant: str,
        subscriber: str,
        *,
        since: datetime | None,
        until: datetime | None,
        cursor: str | None,
        limit: int,
    ) -> Page[Entry]:
        """The newest first, of what was accepted from `since` on and before `until`."""


class Feeds(Protocol):
    """What subscribers are told in the application, the newest first."""

    def add(self, tenant: str, message: FeedMessage) -> None:
        """Insert if absent: what is there stays, read or not."""

    def get_many(self, tenant: str, places: Sequence[Place]) -> Mapping[Place, FeedMessage]:
        """Those that are there, of any feeds."""

    def newest(
        self, tenant: str, subscriber: str, limit: int, *, before: Place | None = None
    ) -> Sequence[FeedMessage]: ...
    def unread(
        self, tenant: str, subscriber: str, states: frozenset[State], limit: int
    ) -> Sequence[Place]:
        """The newest of those that are not read, in one of the states.

        It may be a moment behind what was written last.
        """

    def count_unread(
        self, tenant: str, subscriber: str, states: frozenset[State], limit: int
    ) -> int:
        """How many there are, `limit` at most; it may be a moment behind too."""

    def update(self, tenant: str, messages: Sequence[FeedMessage]) -> Sequence[FeedMessage]:
        """Write each whose stored version is one less than its own; those that were written."""

    def remove(self, tenant: str, places: Sequence[Place]) -> None: ...


class Dispatches(Protocol):
    """What subscriptions' own endpoints were brought, and what they answered."""

    def start(self, dispatches: Sequence[Dispatch]) -> None:
        """Insert, or repeat: one that waits for an answer stays as it is if it is there."""

    def find(self, id: str) -> Dispatch | None:
        """One that waits, or waited, for an answer, whoever's it is; none of the others."""

    def complete(self, dispatches: Sequence[Dispatch]) -> frozenset[str]:
        """Write each, unless it waited for an answer and has one; the ids of those written."""

    def newest(self, tenant: str, limit: int) -> Sequence[Dispatch]:
        """The newest first; what is to be forgotten may still be among them."""


class Queues(Protocol):
    """Every message carries its tenant as message group, so that queues stay fair."""

    def send_jobs(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """Send each job as a message of its own; the jobs that were not stored."""

    def send_pages(self, pages: Sequence[TopicPage]) -> None:
        """Raise Unavailable unless every page was stored."""

    def send_replays(self, replays: Sequence[Replay | ReplayRange]) -> None:
        """Raise Unavailable unless every one was stored."""

    def send_deletion(self, step: Deletion) -> None:
        """One that has not begun is kept back until every process knows of it.

        Raise Unavailable unless it was stored.
        """

    def send_chunks(self, chunks: Sequence[Chunk]) -> None:
        """To each chunk's channel queue. Raise Unavailable unless every chunk was stored."""

    def send_retries(self, retries: Sequence[Retry]) -> None:
        """To each channel's queue, which gives them after their delay.

        Raise Unavailable unless every one was stored.
        """


class DeadLetters(Protocol):
    """What the workers gave up, by the queue that it died on (domain.dead_letters.QUEUES)."""

    def counts(self) -> Mapping[str, int]:
        """About how many letters each queue holds, those in somebody's hands included."""

    def receive(self, queue: str) -> Sequence[Taken]:
        """Take up to ten, for 30 seconds or until they are given back; none at the end."""

    def give_back(self, queue: str, letters: Sequence[Taken]) -> None:
        """Let others see them at once. Never raises: they come back by themselves too."""

    def redrive(self, queue: str, letters: Sequence[Taken]) -> frozenset[str]:
        """Send each to the queue that it died on, then remove it; the ids of those sent.

        Only what that queue has stored is removed.
        """

    def remove(self, queue: str, letters: Sequence[Taken]) -> frozenset[str]:
        """The ids of those that are gone."""


class Provider(Protocol):
    """One outside service; `settings` are its integration's, already validated when saved."""

    channel: Channel
    visible: frozenset[str]  # names of settings that are no secrets and may be shown again
    subscriber_field: str | None  # the subscriber's own field that is the address, if one is

    def check(self, settings: Mapping[str, Any]) -> Sequence[Problem]: ...
    def prepare(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """The settings to keep: normal, with defaults and new secrets in; raise Invalid."""

    def build(
        self, message: Message, address: Mapping[str, str], settings: Mapping[str, Any]
    ) -> Request:
        """The request that brings the message; raise Invalid for what can never be sent."""

    def classify(self, status: int, headers: Mapping[str, str], body: bytes) -> Result: ...


class Providers(Protocol):
    def get(self, id: str) -> Provider:
        """Import and return a provider; raise NotFound for an unknown id."""

    def ids(self) -> Sequence[str]: ...


class Egress(Protocol):
    """The one way out."""

    def send(self, request: Request, *, within: float | None = None) -> Response:
        """Return a complete answer, or raise NoAnswer with what its absence means.

        `within` is in seconds, for who waits for less long than a worker would.
        """


class Renderer(Protocol):
    def check(self, template: Template) -> Sequence[Problem]:
        """What is wrong with the sources, with the line."""

    def render(self, template: Template, variables: Mapping[str, Any]) -> tuple[str, str, str]:
        """Subject, body and HTML; raise Invalid when a limit is passed."""

    def text(self, source: str, variables: Mapping[str, Any]) -> str:
        """One source by itself, as text."""

    def fill(self, native: Mapping[str, Any], variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """The JSON with its texts rendered; raise Invalid when a limit is passed."""


class Schemas(Protocol):
    """JSON Schema (draft 2020-12 unless it says otherwise), without remote references."""

    def check(self, schema: Mapping[str, Any]) -> Sequence[Problem]: ...
    def validate(self, schema: Mapping[str, Any], value: Any) -> Sequence[Problem]: ...


class Filters(Protocol):
    """JSONPath in Jayway's dialect: what a subscription hears of."""

    def check(self, expression: str) -> Sequence[Problem]: ...
    def matches(self, expression: str, value: Mapping[str, Any]) -> bool:
        """Whether it finds something; never raises, and is no for what takes too long."""

    def exists(self, expression: str, value: Mapping[str, Any]) -> bool:
        """Whether the paths in it lead anywhere, whatever its conditions make of that."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, in UTC."""


class Operator(Protocol):
    def key(self) -> str:
        """The installation's operator key, which creates tenants."""


class Senders(Protocol):
    """Whose an address is that mails are sent from."""

    def of_tenant(self, tenant: str) -> Sequence[Sender]: ...
    def add(self, tenant: str, sender: Sender) -> None:
        """Raise Conflict when somebody has the address, the tenant itself or another."""

    def remove(self, tenant: str, sender: Sender) -> None: ...


class Identities(Protocol):
    """The addresses that the mail service knows, of all tenants and of the installation."""

    def region(self) -> str: ...
    def find(self, email: str) -> Verification | None:
        """How far its verification is; None for an address that it does not know."""

    def add(self, email: str) -> None:
        """Have a mail with a link sent to it; raise Conflict when it is known."""

    def remove(self, email: str) -> None:
        """Forget it; one that is not known is no error."""


class Tokens(Protocol):
    """Signed with the installation's token key."""

    def sign(self, token: Token) -> str: ...
    def read(self, text: str) -> Token:
        """What was signed, expired or not; raise Unauthenticated for what we did not sign."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    tenants: Tenants
    api_keys: ApiKeys
    applications: Applications
    event_types: EventTypes
    templates: Templates
    integrations: Integrations
    contexts: Contexts
    subscribers: Subscribers
    topics: Topics
    subscriptions: Subscriptions
    invocations: Invocations
    chunks: Chunks
    waiting: WaitingDeliveries
    history: History
    feeds: Feeds
    belongings: Belongings
    dispatches: Dispatches
    queues: Queues
    dead_letters: DeadLetters
    providers: Providers
    egress: Egress
    renderer: Renderer
    schemas: Schemas
    filters: Filters
    clock: Clock
    operator: Operator
    tokens: Tokens
    senders: Senders
    identities: Identities
    quotas: Quotas = field(default_factory=Quotas)
