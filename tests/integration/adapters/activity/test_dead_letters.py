"""Dead letters: in memory and on SQS, and on an SQS that takes or ends only part of a batch."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from carillon.adapters.activity import dead_letters
from carillon.adapters.activity.dead_letters import SqsDeadLetters
from carillon.adapters.delivery import messages
from carillon.domain.activity.dead_letters import FAN_OUT, QUEUES, Kind
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from tests import canaries, fakes
from tests.integration.adapters.delivery.test_queues import chunk_of, job_of, page_of
from tests.integration.adapters.stubs import ScriptedClients, error
from tests.integration.conftest import create_queue

POISON = f'{{"kind": "job", "ü": "{canaries.TEXT}'
ARN = "arn:aws:sqs:eu-central-1:000000000000:DeadLetters"
ATTRIBUTES = {"ApproximateReceiveCount": "6", "SentTimestamp": "1767225600000"}


class OnFake:
    def __init__(self):
        self.port = fakes.DeadLetters()

    def die(self, queue, body, group=None):
        self.port.put(queue, body, group, receives=0)

    def redriven(self, queue):
        return self.port.redriven[queue]


class OnSqs:
    """Each queue with its dead letters, of the test's own."""

    def __init__(self, clients, tenant):
        self.sqs = clients.sqs
        self.dead = {queue: create_queue(clients, f"{tenant}-{queue}-dead") for queue in QUEUES}
        self.sources = {queue: self._source(f"{tenant}-{queue}", queue) for queue in QUEUES}
        self.port = SqsDeadLetters(clients, self.sources)

    def _source(self, name, queue):
        asked = self.sqs.get_queue_attributes(
            QueueUrl=self.dead[queue], AttributeNames=["QueueArn"]
        )
        target = asked["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": 1})
        made = self.sqs.create_queue(
            QueueName=name, Attributes={"RedrivePolicy": policy, "VisibilityTimeout": "0"}
        )
        return made["QueueUrl"]

    def die(self, queue, body, group=None):
        grouped = {"MessageGroupId": group} if group else {}
        self.sqs.send_message(QueueUrl=self.dead[queue], MessageBody=body, **grouped)

    def redriven(self, queue):
        found = []
        while some := self.sqs.receive_message(
            QueueUrl=self.sources[queue],
            MaxNumberOfMessages=10,
            VisibilityTimeout=30,
            MessageSystemAttributeNames=["MessageGroupId"],
        ).get("Messages"):
            found += [(m["Body"], m.get("Attributes", {}).get("MessageGroupId")) for m in some]
        return found


@pytest.fixture(params=["fake", "moto", "ministack"])
def queues(request, tenant, monkeypatch):
    monkeypatch.setattr(dead_letters, "_WAIT", 0)
    if request.param == "fake":
        return OnFake()
    return OnSqs(request.getfixturevalue(f"{request.param}_clients"), tenant)


def scripted(**answers):
    known = {
        "get_queue_attributes": [{"Attributes": {"RedrivePolicy": policy(ARN)}}],
        "get_queue_url": [{"QueueUrl": "dead"}],
    }
    clients = ScriptedClients(**(known | answers))
    return SqsDeadLetters(clients, {FAN_OUT: "source"}), clients.calls


def policy(arn):
    return json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})


def letters_of(*bodies):
    return [
        dead_letters.read(
            FAN_OUT,
            body,
            id=f"m{n}",
            group="acme",
            receives=5,
            sent_at=fakes.START,
            receipt=f"r{n}",
        )
        for n, body in enumerate(bodies)
    ]


def answered(*ids, failed=()):
    return {
        "Successful": [{"Id": id} for id in ids],
        "Failed": [{"Id": id, "Code": "InternalError"} for id in failed],
    }


def all_of(port, queue):
    """Every letter of a queue, taken."""
    found = []
    while some := port.receive(queue):
        found += some
    return found


def test_queues_without_letters_count_none_and_give_none(queues):
    assert queues.port.counts() == dict.fromkeys(QUEUES, 0)
    assert all(list(queues.port.receive(queue)) == [] for queue in QUEUES)


def test_letters_are_counted_where_they_died_though_somebody_holds_some(queues):
    for n in range(12):
        queues.die(FAN_OUT, messages.encode(job_of(f"{n}")))
    queues.die(Channel.EMAIL, messages.encode(chunk_of("1")))

    queues.port.receive(FAN_OUT)

    assert queues.port.counts() == dict.fromkeys(QUEUES, 0) | {"fan_out": 12, "email": 1}


@pytest.mark.parametrize(
    ("queue", "work", "kind"),
    [
        (FAN_OUT, job_of("1"), Kind.JOB),
        (FAN_OUT, page_of(3), Kind.PAGE),
        (Channel.CHAT, chunk_of("1", Channel.CHAT), Kind.CHUNK),
    ],
)
def test_a_letter_is_what_was_sent(queues, queue, work, kind):
    queues.die(queue, messages.encode(work), work.tenant)

    [taken] = queues.port.receive(queue)

    assert taken.work == work
    assert (taken.letter.queue, taken.letter.kind, taken.letter.tenant) == (queue, kind, "acme")
    assert taken.letter.problem is None
    assert not canaries.found(repr(taken))


def test_a_letter_that_cannot_be_read_is_known_by_its_group(queues):
    queues.die(FAN_OUT, POISON, "acme")

    [taken] = queues.port.receive(FAN_OUT)

    assert taken.work is None
    assert (taken.letter.kind, taken.letter.tenant) == (Kind.UNKNOWN, "acme")
    assert taken.letter.problem
    assert not canaries.found(repr(taken))


def test_a_letter_of_no_group_is_nobodys(queues):
    queues.die(FAN_OUT, POISON)

    [taken] = queues.port.receive(FAN_OUT)

    assert (taken.letter.tenant, taken.group) == (None, None)


def test_a_letter_has_its_time_and_how_often_it_was_received_before(queues):
    queues.die(FAN_OUT, POISON)

    [first] = queues.port.receive(FAN_OUT)
    queues.port.give_back(FAN_OUT, [first])
    [second] = queues.port.receive(FAN_OUT)

    assert (first.letter.receives, second.letter.receives) == (0, 1)
    assert first.letter.sent_at == second.letter.sent_at
    if isinstance(queues, OnSqs):
        assert abs(first.letter.sent_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_what_is_taken_is_hidden_until_it_is_given_back(queues):
    for n in range(12):
        queues.die(FAN_OUT, messages.encode(job_of(f"{n}")))

    taken = all_of(queues.port, FAN_OUT)
    assert len({each.letter.id for each in taken}) == 12
    queues.port.give_back(FAN_OUT, taken)

    again = all_of(queues.port, FAN_OUT)
    assert {each.letter.id for each in again} == {each.letter.id for each in taken}


def test_a_redriven_letter_is_on_its_queue_as_it_was_and_a_letter_no_more(queues):
    sent = [(messages.encode(job_of(f"{n}", f"t{n % 2}")), f"t{n % 2}") for n in range(12)]
    for body, group in [*sent, (POISON, None)]:
        queues.die(FAN_OUT, body, group)
    taken = all_of(queues.port, FAN_OUT)

    moved = queues.port.redrive(FAN_OUT, taken)

    assert moved == {each.letter.id for each in taken}
    assert sorted(queues.redriven(FAN_OUT), key=str) == sorted([*sent, (POISON, None)], key=str)
    assert queues.port.counts()[FAN_OUT] == 0


def test_only_what_was_meant_is_redriven(queues):
    for n in range(3):
        queues.die(Channel.SMS, messages.encode(chunk_of(f"{n}", Channel.SMS)))
    first, *others = queues.port.receive(Channel.SMS)

    queues.port.redrive(Channel.SMS, [first])

    assert queues.redriven(Channel.SMS) == [(first.body, None)]
    queues.port.give_back(Channel.SMS, others)
    left = queues.port.receive(Channel.SMS)
    assert {each.letter.id for each in left} == {each.letter.id for each in others}


def test_a_removed_letter_is_gone(queues):
    for n in range(12):
        queues.die(FAN_OUT, messages.encode(job_of(f"{n}")))
    taken = all_of(queues.port, FAN_OUT)

    removed = queues.port.remove(FAN_OUT, taken)

    assert removed == {each.letter.id for each in taken}
    assert queues.port.counts()[FAN_OUT] == 0
    assert queues.redriven(FAN_OUT) == []


def test_nothing_to_do_is_done(queues):
    queues.port.give_back(FAN_OUT, [])

    assert queues.port.redrive(FAN_OUT, []) == frozenset()
    assert queues.port.remove(FAN_OUT, []) == frozenset()


def test_what_dies_on_a_queue_is_a_letter_with_its_group(ministack_clients, tenant):
    queues = OnSqs(ministack_clients, tenant)
    queues.sqs.send_message(
        QueueUrl=queues.sources[FAN_OUT], MessageBody=POISON, MessageGroupId="acme"
    )
    deadline = time.monotonic() + 10

    while not (taken := queues.port.receive(FAN_OUT)) and time.monotonic() < deadline:
        queues.sqs.receive_message(QueueUrl=queues.sources[FAN_OUT])

    assert [(each.body, each.group, each.letter.receives) for each in taken] == [
        (POISON, "acme", 1)
    ]


def test_the_dead_letter_queue_is_asked_for_once():
    port, calls = scripted(receive_message=[{}, {}])

    port.receive(FAN_OUT)
    port.receive(FAN_OUT)

    assert [call["QueueUrl"] for call in calls["receive_message"]] == ["dead", "dead"]
    assert calls["get_queue_url"] == [{"QueueName": "DeadLetters"}]
    assert len(calls["get_queue_attributes"]) == 1


def test_only_what_the_queue_took_is_removed(caplog):
    letters = letters_of("a", "b", "c")
    port, calls = scripted(
        send_message_batch=[answered("0", "2", failed=["1"])],
        delete_message_batch=[answered("0", "1")],
    )

    assert port.redrive(FAN_OUT, letters) == {"m0", "m2"}

    [sent] = calls["send_message_batch"]
    assert sent["QueueUrl"] == "source"
    assert [entry["MessageGroupId"] for entry in sent["Entries"]] == ["acme"] * 3
    [deleted] = calls["delete_message_batch"]
    assert deleted["QueueUrl"] == "dead"
    assert [entry["ReceiptHandle"] for entry in deleted["Entries"]] == ["r0", "r2"]
    assert "refused 1" in caplog.text


def test_a_queue_that_takes_nothing_costs_no_letter():
    port, calls = scripted(send_message_batch=[answered(failed=["0", "1"])])

    assert port.redrive(FAN_OUT, letters_of("a", "b")) == frozenset()

    assert not calls["delete_message_batch"]


@pytest.mark.parametrize("trouble", [error("InternalError", 500), error("ThrottlingException")])
def test_a_queue_that_is_not_there_costs_no_letter(trouble):
    port, calls = scripted(send_message_batch=[trouble])

    with pytest.raises(Unavailable):
        port.redrive(FAN_OUT, letters_of("a"))

    assert not calls["delete_message_batch"]


def test_batches_to_redrive_are_packed_by_the_bytes_of_their_bodies():
    third = "ü" * (1024 * 1024 // 6)
    port, calls = scripted(
        send_message_batch=[answered("0", "1", "2"), answered("3")],
        delete_message_batch=[answered("0", "1", "2"), answered("0")],
    )

    assert len(port.redrive(FAN_OUT, letters_of(*[third] * 4))) == 4

    sent = [[entry["Id"] for entry in call["Entries"]] for call in calls["send_message_batch"]]
    assert sent == [["0", "1", "2"], ["3"]]


def test_a_letter_that_was_sent_counts_though_it_could_not_be_removed(caplog):
    port, _ = scripted(
        send_message_batch=[answered("0")], delete_message_batch=[answered(failed=["0"])]
    )

    assert port.redrive(FAN_OUT, letters_of("a")) == {"m0"}

    assert "kept 1" in caplog.text


def test_what_could_not_be_removed_is_not_said_to_be_gone():
    port, _ = scripted(delete_message_batch=[answered("1", failed=["0"])])

    assert port.remove(FAN_OUT, letters_of("a", "b")) == {"m1"}


def test_giving_back_never_fails(caplog):
    port, calls = scripted(change_message_visibility_batch=[error("InternalError", 500)])

    port.give_back(FAN_OUT, letters_of(*"abcdefghijkl"))

    assert len(calls["change_message_visibility_batch"]) == 1
    assert "InternalError" in caplog.text
    assert not canaries.found(caplog.text)


def test_giving_back_never_fails_though_the_queue_cannot_be_found():
    port, _ = scripted(get_queue_attributes=[error("InternalError", 500)])

    port.give_back(FAN_OUT, letters_of("a"))


def test_a_receive_asks_every_server_and_hides_what_it_takes():
    message = {"MessageId": "m", "Body": POISON, "Attributes": ATTRIBUTES, "ReceiptHandle": "r"}
    port, calls = scripted(receive_message=[{"Messages": [message]}])

    [taken] = port.receive(FAN_OUT)

    assert (taken.letter.receives, taken.letter.sent_at) == (5, fakes.START)
    [asked] = calls["receive_message"]
    assert (asked["WaitTimeSeconds"], asked["VisibilityTimeout"]) == (1, 30)
