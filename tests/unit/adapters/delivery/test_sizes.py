"""Inputs at every limit at once make no message and no item over AWS's limits.

Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
"""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carillon.adapters.aws import codecs, job_summaries
from carillon.adapters.aws.table import size_of
from carillon.adapters.delivery import chunks, messages
from carillon.adapters.delivery.invocations import DynamoInvocations
from carillon.adapters.delivery.queues import SqsQueues
from carillon.dialects import common
from carillon.domain.audience import addresses, contexts, preferences, subscribers
from carillon.domain.audience.addresses import ChannelChanges
from carillon.domain.audience.preferences import PreferenceChanges
from carillon.domain.audience.subscribers import (
    Burial,
    DeadAddress,
    Registration,
    SubscriberChanges,
)
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.delivery import routing, vocabulary
from carillon.domain.delivery.chunking import RecipientDeliveries, cut
from carillon.domain.delivery.deliveries import (
    CHUNK_SIZE,
    Attempt,
    Chunk,
    Delivery,
    DeliveryRecord,
    EventDetails,
    Outcome,
    Status,
)
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.delivery.waiting import Waiting
from carillon.domain.intake.triggers import Accepted
from carillon.usecases.intake.checks import EVENT_LIMIT
from carillon.usecases.intake.trigger import accept
from tests import builders as a

MESSAGE_BYTES = 1024 * 1024
ITEM_BYTES = 400 * 1024
WIDE = "\N{FACE WITH TEARS OF JOY}"  # 12 bytes of JSON in ASCII


def filled(limit, character):
    """Return data of as many bytes of JSON as the limit allows."""
    one = len(json.dumps(character)) - 2
    return {"x": character * ((limit - 10) // one)}


def largest(id, character=WIDE, *, integrations=100, tokens=100):
    """Make a subscriber by the changes that the domain allows, each at its limit."""
    name = character * common.LONGEST_NAME
    changes = SubscriberChanges(
        id=id,
        email="e" * common.LONGEST_EMAIL,
        phone="1" * common.LONGEST_PHONE,
        first_name=name,
        last_name=name,
        avatar="a" * common.LONGEST_AVATAR,
        locale="l" * common.LONGEST_LOCALE,
        timezone="t" * common.LONGEST_TIME_ZONE,
        data=filled(subscribers.DATA_LIMIT, character),
    )
    made = subscribers.merge(None, changes, a.NOW)
    for number in range(integrations):
        address = ChannelChanges(
            provider="expo",
            integration=f"{number}".ljust(common.LONGEST_ID, "i"),
            webhook_url="https://" + "w" * 2_000,
            device_tokens=tuple(f"{number}.{n}".ljust(600, "t") for n in range(tokens)),
        )
        subscribers.check_size(SubscriberChanges(id=id, channels=(address,)))
        changes = SubscriberChanges(id=id, channels=(address,))
        made = subscribers.merge(made, changes, a.NOW, displacing=())
    deaths = [
        DeadAddress(
            mark=f"{n}".ljust(64, "m"), integration="i" * 36, code="c" * 64, at=a.NOW, hint="…1234"
        )
        for n in range(200)
    ]
    dead = [Burial(death=death, address={"device_token": "t"}) for death in deaths]
    return subscribers.bury(made, dead)


def with_preferences(subscriber):
    """Add choices until there may be no more."""
    chosen = subscriber.preferences
    every = dict.fromkeys(map(str, Channel), False)
    for number in range(2_000):
        event = a.event_type(f"{number}".ljust(120, "e"), application="p" * 60 + "/" + "a" * 60)
        change = PreferenceChanges(event=event, enabled=False, channels=every)
        try:
            chosen = preferences.change(chosen, change)
        except Invalid:
            break
    else:
        pytest.fail("preferences have no limit")
    return replace(subscriber, preferences=chosen)


def deliveries(people, invocation="i"):
    return tuple(
        Delivery(
            id=routing.delivery_id(invocation, one.id, "int", {"device_token": "t"}),
            invocation=invocation,
            integration="i" * 36,
            provider="p" * 40,
            address={"device_token": "t" * addresses.TOKEN_LIMIT},
            subscriber=one.id,
            locale=one.locale,
            recipient=vocabulary.of_subscriber(one),
        )
        for one in people
    )


def details(payload_bytes, character):
    return EventDetails(
        event="e" * 255,
        accepted_at=a.NOW,
        payload=filled(payload_bytes, character),
        facts={"tenant": filled(contexts.DATA_LIMIT, character)},
    )


def sent(chunk):
    """Send the chunk to a queue that refuses what SQS would; return its messages."""
    bodies = []

    def send_message(*, MessageBody, **_):  # noqa: N803 - boto3's name
        assert len(MessageBody.encode()) <= MESSAGE_BYTES
        bodies.append(MessageBody)

    def send_message_batch(*, Entries, **_):  # noqa: N803
        assert sum(len(entry["MessageBody"].encode()) for entry in Entries) <= MESSAGE_BYTES
        assert len(Entries) <= 10
        bodies.extend(entry["MessageBody"] for entry in Entries)
        return {}

    sqs = SimpleNamespace(send_message=send_message, send_message_batch=send_message_batch)
    urls = dict.fromkeys(Channel, "queue")
    SqsQueues(SimpleNamespace(sqs=sqs), fan_out="queue", channels=urls).send_chunks([chunk])
    return [messages.decode(body) for body in bodies]


@pytest.mark.parametrize("character", ["x", "é", "語", WIDE, "\u0001", '"'])
def test_a_subscriber_at_every_limit_fits_an_item(character):
    subscriber = with_preferences(largest("s" * 255, character))
    registered = Registration(application="a", data=filled(subscribers.DATA_LIMIT, character))

    item = codecs.dump(replace(subscriber, registrations=(registered,)))

    assert len(item.encode()) < ITEM_BYTES - 10_000  # its keys


@settings(max_examples=30, deadline=None)
@given(
    character=st.sampled_from(["x", "é", WIDE]),
    payload=st.integers(10, EVENT_LIMIT),
    people=st.integers(1, CHUNK_SIZE),
    invocations=st.integers(1, 3),
)
def test_every_delivery_arrives_once_in_messages_that_fit(character, payload, people, invocations):
    subscriber = largest("s", character, integrations=1, tokens=1)
    everybody = [replace(subscriber, id=f"s{n}") for n in range(people)]
    names = [f"i{n}" for n in range(invocations)]
    made = tuple(d for name in names for d in deliveries(everybody, name))[:CHUNK_SIZE]
    known = {d.invocation: details(payload // invocations, character) for d in made}
    chunk = Chunk(
        id="push.c",
        tenant=a.TENANT,
        job="j",
        channel=Channel.PUSH,
        range=0,
        details=known,
        deliveries=made,
    )

    parts = sent(chunk)

    assert [d.id for part in parts for d in part.deliveries] == [d.id for d in chunk.deliveries]
    assert len({part.id for part in parts}) == len(parts)
    assert all(set(p.details) == {d.invocation for d in p.deliveries} for p in parts)
    assert sent(chunk) == parts  # a step that repeats makes the same


def test_one_delivery_at_every_limit_fits_a_message_and_waits_in_an_item():
    subscriber = largest("s" * 255, integrations=1, tokens=1)
    [delivery] = deliveries([subscriber])
    chunk = Chunk(
        id="push.c",
        tenant="t" * 255,
        job="j",
        channel=Channel.PUSH,
        range=0,
        details={"i": details(EVENT_LIMIT, WIDE)},
        deliveries=(delivery,),
    )
    record = DeliveryRecord(
        delivery=delivery.id,
        invocation="i" * 255,
        integration=delivery.integration,
        provider=delivery.provider,
        status=Status.RETRYING,
        outcome=Outcome.RETRY,
        attempts=1,
        at=a.NOW,
        subscriber=delivery.subscriber,
        detail=WIDE * 500,
    )
    waiting = Waiting(
        tenant=chunk.tenant,
        channel=chunk.channel,
        job=chunk.job,
        accepted_at=a.NOW,
        since=a.NOW,
        delivery=delivery,
        record=record,
    )

    assert len(messages.encode(chunk)) <= MESSAGE_BYTES
    assert len(codecs.dump(waiting)) < ITEM_BYTES / 4


def test_a_payload_of_many_recipients_is_counted_once():
    people = [replace(largest("s", integrations=0), id=f"s{n}") for n in range(100)]
    reached = [RecipientDeliveries("i", [(Channel.PUSH, d)]) for d in deliveries(people)]

    made = list(
        cut(
            reached,
            {"i": details(EVENT_LIMIT, "x")},
            {"i": EVENT_LIMIT},
            tenant=a.TENANT,
            job="j",
            range=0,
            step="",
        )
    )

    assert [len(chunk.deliveries) for chunk in made] == [25] * 4


def test_the_account_of_a_chunk_fits_its_item_whatever_providers_say():
    [delivery] = deliveries([largest("s" * 255, integrations=1, tokens=1)])
    record = DeliveryRecord(
        delivery=delivery.id,
        invocation=WIDE * 255,
        integration=delivery.integration,
        provider=delivery.provider,
        status=Status.RETRYING,
        outcome=Outcome.RETRY,
        attempts=12,
        at=a.NOW,
        subscriber=WIDE * 255,
        code="c" * 64,
        detail=WIDE * 500,
        excerpt=WIDE * 500,
        warnings=(WIDE * 200,) * 10,
        address={"device_token": "t" * addresses.TOKEN_LIMIT},
        earlier=tuple(
            Attempt(at=a.NOW, outcome=Outcome.RETRY, code="c" * 64, integration="i" * 36)
            for _ in range(11)
        ),
    )
    records = {f"{delivery.id}{n:02}": replace(record, delivery=f"{n}") for n in range(CHUNK_SIZE)}

    item = chunks._written(records)

    assert len(item["data"]) + len(item["tally"]) < ITEM_BYTES - 5_000  # its keys
    stored = chunks._record(item)
    assert stored.keys() == records.keys()
    assert [one.history for one in stored.values()] == [one.history for one in records.values()]


def test_an_account_that_fits_keeps_every_word():
    record = DeliveryRecord(
        delivery="d",
        invocation="i",
        integration="i",
        provider="p",
        status=Status.FAILED,
        outcome=Outcome.BAD,
        attempts=1,
        at=a.NOW,
        detail="x" * 500,
        excerpt="y" * 500,
        warnings=("z" * 200,) * 10,
    )
    records = {f"{n}": record for n in range(CHUNK_SIZE)}

    assert chunks._record(chunks._written(records)) == records


def test_a_request_of_the_longest_ids_fits_its_messages_and_its_jobs_item():
    ports = a.world()
    ids = [f"{n:03}" + WIDE * 252 for n in range(50)]
    triggers = [
        replace(a.trigger(payload=filled(payload, "x")), transaction_id=id)
        for payload in (80_000, 10)  # the second of each is a repetition
        for id in ids
    ]

    answers = accept(triggers, ports=ports.of(a.TENANT))

    assert all(isinstance(one, Accepted) for one in answers)
    jobs = ports.queues.jobs
    assert sum(len(job.invocations) + len(job.repetitions) for job in jobs) == 100
    assert all(len(messages.encode(job)) <= MESSAGE_BYTES for job in jobs)


def test_the_summaries_of_a_job_fit_its_item_with_as_many_reasons_as_there_is_room_for():
    written = []
    table = SimpleNamespace(write=written.append)
    port = DynamoInvocations(a.TENANT, table, None, retention_days=30)
    events = [a.invocation(f"{n:03}" + WIDE * 252) for n in range(100)]
    unheard = {
        one.id: {f"{n:036}": SkipReason.INTEGRATION_INACTIVE for n in range(20)} for one in events
    }

    port.enlist(a.job(*events), {one.id: 1 for one in events}, unheard=unheard, ranges=1)

    [put] = written
    assert size_of(put.item) < ITEM_BYTES - 5_000
    heads = job_summaries.invocations(put.item["data"])
    assert [one.id for one in heads] == [one.id for one in events]
    assert heads[0].unheard == unheard[events[0].id]
