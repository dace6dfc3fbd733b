"""Workers: every message of a batch has its own fate."""

import json

import pytest

from carillon.adapters.delivery import messages
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.transport import Response
from functions.workers.deliver_email.app import handler as deliver_email
from functions.workers.fan_out.app import handler as fan_out
from tests import builders as a
from tests import fakes, gateway


def batch(*bodies):
    return {
        "Records": [
            {"messageId": f"m{n}", "body": body, "eventSource": "aws:sqs", "attributes": {}}
            for n, body in enumerate(bodies)
        ]
    }


def failed(response):
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        yield ports


def test_poison_goes_back_alone(ports):
    good = messages.encode(a.job(a.invocation("i1")))

    response = fan_out(batch("{", good, json.dumps({"kind": "job", "v": 2})), gateway.CONTEXT)

    assert failed(response) == ["m0", "m2"]
    assert len(ports.queues.chunks) == 1


def test_a_batch_of_nothing_but_poison_is_given_back_whole(ports):
    assert failed(fan_out(batch("{", "[]"), gateway.CONTEXT)) == ["m0", "m1"]


def test_a_message_of_another_queue_is_poison(ports):
    fan_out(batch(messages.encode(a.job())), gateway.CONTEXT)
    chunk = messages.encode(ports.queues.chunks[0])

    assert failed(fan_out(batch(chunk), gateway.CONTEXT)) == ["m0"]
    assert failed(deliver_email(batch(messages.encode(a.job())), gateway.CONTEXT)) == ["m0"]


def test_what_comes_again_says_why(ports, capsys):
    fan_out(batch(messages.encode(a.job())), gateway.CONTEXT)
    chunk = ports.queues.chunks[0]
    ports.chunks.claim(chunk, "another", ports.clock.now())

    deliver_email(batch(messages.encode(chunk)), gateway.CONTEXT)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [line] = [line for line in lines if line["message"] == "unfinished"]
    assert (line["message_id"], line["reason"]) == ("m0", "another worker holds the chunk")


def test_what_needs_another_attempt_comes_as_a_message_of_its_own():
    answers = iter([Response(status=429, body=b'{"code":"ThrottlingException"}')])
    egress = fakes.Egress(lambda _: next(answers, Response(status=200, body=b'{"MessageId":"1"}')))
    with gateway.using(a.world(egress=egress)) as ports:
        fan_out(batch(messages.encode(a.job())), gateway.CONTEXT)
        [chunk] = [c for c in ports.queues.chunks if c.channel is Channel.EMAIL]

        assert failed(deliver_email(batch(messages.encode(chunk)), gateway.CONTEXT)) == []
        [retry] = ports.queues.retries
        ports.clock.advance(retry.delay)
        assert failed(deliver_email(batch(messages.encode(retry)), gateway.CONTEXT)) == []
        assert failed(deliver_email(batch(messages.encode(retry)), gateway.CONTEXT)) == []

    assert len(egress.requests) == 2
