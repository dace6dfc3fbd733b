"""Each message ends with one log line: whose it was, and what came of its deliveries."""

import json

import pytest

from carillon.adapters.delivery import messages
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.transport import Response
from functions.workers.deliver_chat.app import handler as deliver_chat
from functions.workers.deliver_email.app import handler as deliver_email
from functions.workers.fan_out.app import handler as fan_out
from tests import builders as a
from tests import canaries, fakes, gateway

SENT = Response(status=200, body=b'{"MessageId":"m"}')
BUSY = Response(status=503)
BAD = Response(
    status=400, body=b'{"code":"MessageRejected","message":"%s"}' % canaries.MARK.encode()
)


@pytest.fixture
def lines(capsys):
    """The lines since it was called last."""

    def read():
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return read


@pytest.fixture
def world():
    """The ports of a tenant whose provider answers as it is told to."""
    answers: list[Response] = []
    ports = a.world(egress=fakes.Egress(lambda _: answers.pop(0) if answers else SENT))
    with gateway.using(ports):
        yield ports, answers


def run(handler, *things):
    records = [
        {"messageId": f"m{number}", "body": messages.encode(thing), "eventSource": "aws:sqs"}
        for number, thing in enumerate(things)
    ]
    return handler({"Records": records}, gateway.CONTEXT)


def people(*names):
    return [a.person(name, email=f"{name}.{canaries.MARK}@example.com") for name in names]


def chunk(ports, lines, invocation, channel=Channel.EMAIL):
    """The one that fan-out makes of an invocation."""
    run(fan_out, a.job(invocation))
    lines()
    [found] = [one for one in ports.queues.chunks if one.channel is channel]
    return found


def test_a_job_says_what_it_was_fanned_out_to(world, lines):
    run(fan_out, a.job(a.invocation("i1", *people("ana", "bob"))))

    [line] = lines()
    assert (line["message"], line["tenant"], line["kind"]) == ("done", "acme", "job")
    assert (line["message_id"], line["events"], line["deliveries"]) == ("m0", 1, 2)


def test_a_chunk_says_what_came_of_each_delivery(world, lines):
    ports, answers = world
    sent = chunk(ports, lines, a.invocation("i1", *people("ana", "bob", "zoe")))
    ports.clock.advance(2.5)
    answers += [SENT, BUSY, BAD]

    run(deliver_email, sent)

    [line] = [line for line in lines() if line["message"] == "done"]
    assert (line["tenant"], line["kind"], line["channel"]) == ("acme", "chunk", "email")
    assert line["invocations"] == ["i1"]
    assert line["integrations"] == ["int_ses"]
    assert line["outcomes"] == {
        "sent": 1,
        "retrying http_503": 1,
        "failed MessageRejected": 1,
    }
    assert (line["sent"], line["retried"], line["failed"]) == (1, 1, 1)
    assert line["latency"] == [2.5]
    assert not canaries.found(json.dumps(line))


def test_a_chunk_is_counted_by_channel(world, lines):
    ports, answers = world
    sent = chunk(ports, lines, a.invocation("i1", *people("ana", "bob", "zoe")))
    answers += [SENT, BUSY, BAD]

    run(deliver_email, sent)

    [line] = [line for line in lines() if line["message"] == "done"]
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["channel"]]
    units = {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]}
    assert units == {"sent": "Count", "failed": "Count", "retried": "Count", "latency": "Seconds"}
    assert line["tenant"] == "acme"


def test_a_retry_says_the_same_of_its_attempt(world, lines):
    ports, answers = world
    sent = chunk(ports, lines, a.invocation("i1", *people("ana")))
    answers += [BUSY]
    run(deliver_email, sent)
    [retry] = ports.queues.retries
    ports.clock.advance(retry.delay)
    lines()

    run(deliver_email, retry)

    [line] = lines()
    assert (line["kind"], line["outcomes"], line["sent"]) == ("retry", {"sent": 1}, 1)
    assert line["latency"] == [retry.delay]


def test_a_chunk_that_another_worker_holds_says_so(world, lines):
    ports, _ = world
    sent = chunk(ports, lines, a.invocation("i1", *people("ana")))
    ports.chunks.claim(sent, "another", ports.clock.now())

    run(deliver_email, sent)

    [line] = lines()
    assert (line["message"], line["reason"]) == ("unfinished", "another worker holds the chunk")
    assert line["tenant"] == "acme"


def test_what_was_sent_is_said_though_it_could_not_be_recorded(world, lines, monkeypatch):
    ports, _ = world
    sent = chunk(ports, lines, a.invocation("i1", *people("ana")))
    monkeypatch.setattr(ports.chunks, "record", lambda *_: False)

    run(deliver_email, sent)

    [line] = lines()
    assert (line["message"], line["reason"]) == ("unfinished", "the lease was lost")
    assert line["outcomes"] == {"sent": 1}


def test_a_bug_of_ours_while_sending_says_its_place_and_whose_delivery_it_was(
    world, lines, monkeypatch
):
    ports, _ = world
    sent = chunk(ports, lines, a.invocation("i1", *people("ana")))
    monkeypatch.setattr(ports.egress, "send", lambda *_, **__: {}[canaries.TEXT])

    run(deliver_email, sent)

    bug, line = lines()
    assert (bug["level"], bug["message"]) == ("ERROR", "send failed")
    assert (bug["tenant"], bug["message_id"]) == ("acme", "m0")
    [place] = bug["errors"]
    assert place.startswith("KeyError at ")
    assert place.rpartition(":")[2].isdigit()
    assert not canaries.found(json.dumps(bug))
    assert line["outcomes"] == {"retrying internal_error": 1}


def test_an_id_that_a_caller_made_of_an_address_is_not_said(world, lines):
    ports, _ = world
    sent = chunk(ports, lines, a.invocation(canaries.EMAIL, *people("ana")))

    run(deliver_email, sent)

    [line] = lines()
    [shown] = line["invocations"]
    assert shown.startswith("#")
    assert not canaries.found(json.dumps(line))


def test_each_message_of_a_batch_has_a_line_of_its_own(world, lines):
    good = [a.job(a.invocation(f"i{n}"), id=f"j{n}") for n in range(3)]

    run(fan_out, *good)

    assert [line["message_id"] for line in lines()] == ["m0", "m1", "m2"]


def test_a_message_that_is_none_of_ours_is_nobodys(world, lines):
    record = {"messageId": "m0", "body": f'{{"{canaries.TEXT}', "eventSource": "aws:sqs"}

    deliver_chat({"Records": [record]}, gateway.CONTEXT)

    [line] = lines()
    assert (line["message"], line["message_id"]) == ("failed", "m0")
    assert "tenant" not in line
