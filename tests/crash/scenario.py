"""Events that take every way there is, and what must be true once all has come to an end."""

import base64
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.audience.subscribers import SubscriberChanges
from carillon.domain.audience.topics import Topic
from carillon.domain.base.channels import Channel
from carillon.domain.delivery import retry_policy
from carillon.domain.delivery.deliveries import DeliveryRecord, Outcome, Result, Status
from carillon.domain.delivery.invocations import Progress
from carillon.domain.delivery.transport import (
    NoAnswer,
    Request,
    Response,
    SesRequest,
    SnsRequest,
)
from carillon.domain.intake.attachments import Attachment
from carillon.domain.intake.overrides import Override
from carillon.domain.intake.triggers import Everybody, TopicRecipient, Trigger
from carillon.domain.integrations.senders import Sender, Verification
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.access import Tenant
from carillon.usecases.activity import progress
from carillon.usecases.audience.updates import upsert
from tests import builders as a
from tests import canaries, fakes
from tests.fakes import Answer
from tests.simulation import Sent, Simulation

EVENTS = int(os.environ.get("CRASH_EVENTS", "300"))
SCHEDULES = int(os.environ.get("CRASH_SCHEDULES", "500"))
SEED = int(os.environ.get("CRASH_SEED", "0"), base=0)  # 7, or 0x1f

BULK = 100
_SOME = 10  # every tenth event's progress is followed: each look counts all deliveries
MEMBERS = 30
TENANT = a.TENANT
NEIGHBOUR = "globex"

OK = Response(status=200, body=b"ok")
TAKEN = Response(status=200, body=b'{"MessageId":"1"}')
THROTTLED = Response(status=400, body=b'{"code":"Throttling"}')
BUSY = Response(status=503)
GONE = Response(status=403, body=b"invalid_token")
TOO_LARGE = Response(status=413)
_TOPIC = TopicRecipient(topic="t")
EARS = [
    ("order", Target.INTEGRATION, "int_webhook"),
    ("order", Target.INTEGRATION, "int_down"),
    ("parcel", Target.ENDPOINT, "int_webhook"),
]
SENDER = "shop@acme.example"
CONTENT = bytes(range(256)) * 800  # more than an event has room for
FILE = Attachment(name="a.bin", content=base64.b64encode(CONTENT).decode())
_FROM = Override(place="email", channel=Channel.EMAIL, values={"from": SENDER})
PUSHER = {"webhookUrl": "https://receiver.example/push", "secretKey": canaries.WEBHOOK_SECRET}
DOWN = {"url": "https://receiver.example/down", "secret": canaries.WEBHOOK_SECRET}


class Outside:
    """Providers that take what they get, but for some addresses that are always troublesome."""

    def __init__(self) -> None:
        self._busy: dict[str, datetime] = {}

    def __call__(self, request: Request, now: datetime) -> Answer:
        if isinstance(request, SesRequest):
            return TAKEN
        if isinstance(request, SnsRequest):
            minute = timedelta(minutes=1)
            return THROTTLED if self._asked(str(request.arguments), now) < minute else TAKEN
        return self._over_http(getattr(request, "url", ""), now)

    def _asked(self, place: str, now: datetime) -> timedelta:
        """For how long it has been asked."""
        return now - self._busy.setdefault(place, now)

    def _over_http(self, url: str, now: datetime) -> Answer:
        if "gone" in url:
            return GONE
        if "large" in url:
            return TOO_LARGE
        if "busy" in url or "down" in url:
            # Busy for a minute since it was first asked; down for half a day.
            patience = timedelta(minutes=1) if "busy" in url else timedelta(hours=12)
            if self._asked(url, now) < patience:
                return BUSY
        if "silent" in url and self._asked(url, now) < timedelta(seconds=1):
            return NoAnswer(Result(outcome=Outcome.UNSURE, code="timeout"))
        return OK


def world(**overrides: object) -> fakes.World:
    """`welcome` by email and chat, `note` in the app, `order` to webhooks, one down; a topic.

    `text` goes by SMS. `notice` is pushed, to members of the topic alone: whoever else there is by
    then, who hears of it is always the same.
    """
    ports = a.world(**overrides)
    inside = {Channel.IN_APP: True}
    ports.event_types.save(TENANT, a.event_type("note", media=inside), expected=None)
    ports.templates.put(TENANT, a.template("note", Channel.IN_APP))
    ports.event_types.save(TENANT, a.event_type("order"), expected=None)
    ports.integrations.put(TENANT, a.webhook())
    ports.integrations.put(TENANT, a.webhook("int_down", settings=DOWN))
    ports.event_types.save(TENANT, a.event_type("parcel"), expected=None)
    for event, kind, target in EARS:
        heard = a.subscription(kind, target, event=event)
        ports.subscriptions.put(TENANT, replace(heard, id=f"{event}.{target}"))
    ports.senders.add(TENANT, Sender(email=SENDER, created_at=a.NOW))
    ports.identities.known[SENDER] = Verification.SUCCESS
    ports.topics.put(TENANT, Topic(key="t", name="t", created_at=a.NOW, updated_at=a.NOW))
    notice = a.event_type("notice", media={Channel.PUSH: True})
    ports.event_types.save(TENANT, notice, expected=None)
    ports.templates.put(TENANT, a.template("notice", Channel.PUSH))
    text = a.event_type("text", media={Channel.SMS: True})
    ports.event_types.save(TENANT, text, expected=None)
    ports.templates.put(TENANT, a.template("text", Channel.SMS))
    sns = a.integration("sns", Channel.SMS, subscriber_field="phone")
    ports.integrations.put(TENANT, sns)
    pusher = a.integration("push-webhook", Channel.PUSH, settings=PUSHER)
    ports.integrations.put(TENANT, pusher)
    members = [
        a.person(f"m{n}", channels=(a.slack_address(f"m{n}"), _device(f"m{n}")))
        for n in range(MEMBERS)
    ]
    upsert(members, ports=ports.of(TENANT))
    ports.topics.add_members(TENANT, "t", [member.id for member in members])
    return ports


def add_neighbour(ports: fakes.World) -> None:
    """Another tenant, whose `order` goes to a webhook of its own that always takes it."""
    ports.tenants.add(Tenant(id=NEIGHBOUR, name=NEIGHBOUR, created_at=a.NOW, senders=("*",)))
    ports.event_types.save(NEIGHBOUR, a.event_type("order"), expected=None)
    hook = {"url": f"https://{NEIGHBOUR}.example/hook", "secret": canaries.WEBHOOK_SECRET}
    ports.integrations.put(NEIGHBOUR, a.webhook(settings=hook))
    heard = a.subscription(Target.INTEGRATION, "int_webhook", event="order")
    ports.subscriptions.put(NEIGHBOUR, heard)


def sent_to_neighbour(sent: Sent) -> bool:
    return NEIGHBOUR in str(getattr(sent.request, "url", ""))


def check_deleted(sim: Simulation) -> None:
    """Nothing is left of the tenant but that its id is taken, and nothing was sent any more."""
    assert TENANT in sim.fakes.tenants.buried
    assert TENANT not in sim.fakes.tenants.by_id
    assert sim.fakes.tenant_data.left(TENANT) == []
    assert sim.queues.dead == []
    assert sim.fakes.waiting.first_sweep() is None


def events(count: int) -> Iterator[Trigger]:
    """Events of all kinds, in turn: the same for the same count."""
    for n in range(count):
        id = f"tx{n}"
        match n % 10:
            # Few: where every process dies at its first send, each probe of the circuit does, and
            # of many that wait behind it some would be given up. That they are is no loss.
            case 0 if n < BULK:
                yield a.trigger("order", transaction_id=id)
            case 0:
                yield a.trigger("parcel", transaction_id=id)
            case 1 if n < BULK:
                yield _to_many(id, broadcast=n > BULK // 2)
            case 2:
                yield a.trigger("welcome", _both(f"p{n}", "busy"), transaction_id=id)
            case 3:
                yield a.trigger("welcome", _both(f"p{n % 100}", "gone"), transaction_id=id)
            case 4:
                yield a.trigger("welcome", _chat(f"p{n}", "large"), transaction_id=id)
            case 5:
                yield a.trigger("welcome", _chat(f"p{n}", "silent"), transaction_id=id)
            case 6 if n < BULK:
                yield a.trigger("welcome", _chat(f"p{n}", "down"), transaction_id=id)
            case _:
                yield _untroubled(n, id)


def _untroubled(n: int, id: str) -> Trigger:
    if n % 10 == 8:
        return a.trigger("notice", a.person(f"q{n}"), transaction_id=id)  # who has no device
    if n % 10 == 7:
        return a.trigger("note", a.person(f"p{n % 100}"), transaction_id=id)
    if n % 20 == 19:
        return a.trigger(
            "text", a.person(f"p{n}", phone=f"+1555773{n % 10_000:04}"), transaction_id=id
        )
    files = (FILE,) if n < BULK else ()
    return a.trigger(
        "welcome", _both(f"p{n}"), transaction_id=id, overrides=(_FROM,), attachments=files
    )


def _to_many(id: str, *, broadcast: bool) -> Trigger:
    if broadcast:
        return to_everybody(id)
    return replace(a.trigger("welcome", transaction_id=id), recipients=(_TOPIC,))


def to_everybody(id: str) -> Trigger:
    """A push to all subscribers but one."""
    return replace(a.trigger("notice", transaction_id=id), recipients=(Everybody(but=("m7",)),))


def _device(name: str) -> ChannelAddress:
    return ChannelAddress(provider="push-webhook", device_tokens=(name,))


def _chat(name: str, trouble: str = "") -> SubscriberChanges:
    return a.person(name, channels=(a.slack_address(f"{trouble}{name}"),))


def _both(name: str, trouble: str = "") -> SubscriberChanges:
    return replace(_chat(name, trouble), email=f"{name}.{canaries.EMAIL}")


def play(sim: Simulation, triggers: list[Trigger]) -> None:
    """Have all accepted, by a client that asks again until it is told so, and come to an end."""
    for start in range(0, len(triggers), BULK):
        some = triggers[start : start + BULK]
        for _ in range(20):
            if sim.trigger(*some):
                break
            sim.clock.advance(1)
    sim.run()


def simulation(**options: object) -> Simulation:
    return Simulation(outside=Outside(), world=world, **options)  # type: ignore[arg-type]


@cache
def reference(count: int) -> Mapping[str, Status]:
    """What becomes of each delivery when nothing dies."""
    sim = simulation()
    play(sim, list(events(count)))
    return {id: record.status for id, record in _settled(sim).items()}


def _settled(sim: Simulation) -> Mapping[str, DeliveryRecord]:
    """All records but of whom a broadcast skips: who else there is by then is chance."""
    return {
        id: record
        for id, record in sim.records().items()
        if not (record.skip and _is_broadcast(sim.acknowledged[record.invocation]))
    }


def check(sim: Simulation, expected: Mapping[str, Status], *, slow: bool = False) -> None:
    """Nothing lost, nothing without a final state, nothing twice that was not unrecorded.

    `slow` is where so much is refused for so long that a push may be too late to be sent.
    """
    records = _settled(sim)
    assert records.keys() == expected.keys(), f"lost: {expected.keys() - records.keys()}"
    assert sim.queues.dead == []
    assert sim.fakes.waiting.first_sweep() is None
    for id, record in records.items():
        assert record.status.final, record
        excused = _dead_by_now(record, expected[id]) or (slow and _too_late(record, sim))
        assert record.status == expected[id] or excused, (expected[id], record)
        assert len(record.history) == record.attempts
        times = [attempt.at for attempt in record.history]
        assert times == sorted(times)
    taken = Counter(sent.delivery for sent in sim.sent if sent.accepted)
    for id, count in taken.items():
        assert count <= 1 + sim.forgiven[id], (id, count, sim.forgiven[id])
    fed = [one.id for feed in sim.fakes.feeds.by_subscriber.values() for one in feed.values()]
    noted = {id for id, record in records.items() if record.channel is Channel.IN_APP}
    assert Counter(fed) == Counter(id for id in noted if records[id].status is Status.SENT)
    tried = Counter(sent.delivery for sent in sim.sent)
    for id, record in records.items():
        assert tried[id] <= record.attempts + sim.forgiven[id], record
        own = record.channel is Channel.IN_APP or record.code == "invalid_message"
        assert record.attempts <= (own or tried[id]), f"an attempt that no provider saw: {record}"
    assert not any(tried[id] for id, record in sim.records().items() if record.skip)
    _check_files(sim, records)
    for id in sorted(sim.acknowledged)[::_SOME]:
        followed = progress.follow(id, ports=sim.fakes.of(TENANT))
        assert followed.progress not in {Progress.ACCEPTED, Progress.PROCESSING}, followed
        assert sum(followed.counts.values()) == followed.planned, followed


def _check_files(sim: Simulation, records: Mapping[str, DeliveryRecord]) -> None:
    """Each mail has its event's files, and the store has one for each event that brought one."""
    bringing = {id for id, trigger in sim.acknowledged.items() if trigger.attachments}
    for sent in sim.sent:
        if isinstance(sent.request, SesRequest) and sent.delivery in records:
            simple = sent.request.arguments["Content"]["Simple"]
            found = [one["RawContent"] for one in simple.get("Attachments", ())]
            brought = records[sent.delivery].invocation in bringing
            assert found == ([CONTENT] if brought else []), records[sent.delivery]
    assert len(sim.fakes.attachments.contents) == len(bringing)


def _is_broadcast(trigger: Trigger) -> bool:
    return any(isinstance(recipient, Everybody) for recipient in trigger.recipients)


def _dead_by_now(record: DeliveryRecord, expected: Status) -> bool:
    """A dead address fails once and is skipped then: which comes first is chance."""
    return {record.status, expected} == {Status.FAILED, Status.SUPPRESSED}


def _too_late(record: DeliveryRecord, sim: Simulation) -> bool:
    """Whether it expired, and rightly."""
    if record.status is not Status.EXPIRED or record.channel is None:
        return False
    accepted_at = sim.fakes.invocations.get(TENANT, record.invocation).accepted_at
    return retry_policy.is_too_late(record.channel, accepted_at=accepted_at, now=record.at)


def insist(sim: Simulation, name: str, act: Callable[[fakes.World], object]) -> None:
    """Have the operator ask again until there is an answer, and all come to an end."""
    while not sim.operate(name, act):
        sim.clock.advance(1)
    sim.settle()
