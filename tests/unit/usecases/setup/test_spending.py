"""SMS that the installation pays for stay within each tenant's monthly limit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.codes import SENTENCES
from carillon.domain.delivery.deliveries import Outcome, Status
from carillon.domain.delivery.transport import Response
from carillon.domain.tenancy.quotas import Quotas
from carillon.usecases.delivery.fan_out import fan_out
from carillon.usecases.trying.send_test import send_test
from tests import builders as a
from tests import fakes
from tests.unit.usecases.delivery.chat_chunks import attempt, record

SNS = a.integration("sns", Channel.SMS, subscriber_field="phone", settings={})
TWILIO = a.integration(
    "twilio",
    Channel.SMS,
    subscriber_field="phone",
    settings={"account_sid": "AC" + "0" * 32, "auth_token": "t", "from": "+15557730100"},
)
MONTH = f"{a.NOW:%Y-%m}"
TAKEN = Response(status=200, body=b'{"MessageId": "m"}')
THROTTLED = Response(status=400, body=b'{"code": "Throttling"}')


def world(answer=TAKEN, *, most=3, own=None, integration=SNS):
    ports = a.world(egress=fakes.Egress(lambda _: answer), quotas=Quotas(sms_parts=most))
    ports.event_types.save(a.TENANT, a.event_type("code", media={Channel.SMS: True}), expected=None)
    ports.templates.put(a.TENANT, a.template("code", Channel.SMS, subject="", body="{{ text }}"))
    ports.integrations.put(a.TENANT, integration)
    ports.tenants.put(replace(ports.tenants.get(a.TENANT), sms_parts=own))
    return ports


def texted(ports, *texts):
    """Send each text to its own phone; return the records of the deliveries."""
    people = [a.person(f"p{n}", phone=f"+1555773{n:04}") for n in range(len(texts))]
    events = [
        a.invocation(f"i{n}", person, event="code", payload={"text": text})
        for n, (person, text) in enumerate(zip(people, texts, strict=True))
    ]
    fan_out(a.job(*events), ports=ports.of(a.TENANT))
    [chunk] = [chunk for chunk in ports.queues.chunks if chunk.channel is Channel.SMS]
    attempt(chunk, ports)
    return sorted(record(chunk, ports), key=lambda one: one.invocation)


def test_an_answer_is_kept_although_what_was_not_sent_cannot_be_given_back():
    def refuse(*_):
        raise Unavailable("DynamoDB is not available")

    ports = world(THROTTLED)
    ports.spending.give_back = refuse

    [one] = texted(ports, "one")

    assert (one.status, one.code, one.attempts) == (Status.RETRYING, "Throttling", 1)


def test_a_count_that_cannot_be_written_is_no_attempt():
    def refuse(*_, **__):
        raise Unavailable("DynamoDB is not available")

    ports = world()
    ports.spending.take = refuse

    [one] = texted(ports, "one")

    assert (one.status, one.code, one.attempts) == (Status.RETRYING, "store_unavailable", 0)
    assert ports.egress.requests == []


def test_what_is_over_the_limit_is_not_sent_waits_and_says_why():
    ports = world(most=3)

    first, *others = texted(ports, "one", "two", "three", "four")

    held = [one for one in (first, *others) if one.status is Status.RETRYING]
    assert len(ports.egress.requests) == 3
    assert [one.code for one in held] == ["sms_limit_reached"]
    assert "Ask the operator" in SENTENCES["sms_limit_reached"]


def test_a_long_text_counts_by_its_parts():
    ports = world(most=3)

    [delivery] = texted(ports, "long " * 40)

    assert delivery.status is Status.SENT
    assert ports.spending.parts[a.TENANT, MONTH] == 2


def test_a_tenants_own_limit_goes_before_the_installations():
    assert [one.status for one in texted(world(most=0, own=1), "one")] == [Status.SENT]
    assert [one.status for one in texted(world(most=9, own=0), "one")] == [Status.RETRYING]


def test_what_sns_refuses_is_not_counted():
    ports = world(THROTTLED)

    texted(ports, "one", "two")

    assert ports.spending.parts[a.TENANT, MONTH] == 0


def test_a_new_month_begins_anew():
    ports = world(most=1)
    texted(ports, "one")
    ports.clock.advance(timedelta(days=31).total_seconds())
    ports.queues.chunks.clear()

    events = a.invocation(
        "i9", a.person("p9", phone="+15557739999"), event="code", payload={"text": "x"}
    )
    fan_out(a.job(events, id="job9"), ports=ports.of(a.TENANT))
    attempt(ports.queues.chunks[0], ports)

    assert len(ports.egress.requests) == 2


def test_a_tenants_own_account_has_no_limit():
    ports = world(
        Response(status=201, body=b'{"sid": "SM1", "status": "queued"}'), most=0, integration=TWILIO
    )

    assert [one.status for one in texted(ports, "one")] == [Status.SENT]
    assert not ports.spending.parts


@pytest.mark.parametrize(("most", "code"), [(1, ""), (0, "sms_limit_reached")])
def test_a_test_message_counts_too(most, code):
    ports = world(most=most)
    message = Message(
        id="m", tenant=a.TENANT, event="t", occurred_at=a.NOW, attempted_at=a.NOW, text="hello"
    )

    tested = send_test(SNS, message, address={"phone": "+15557730100"}, ports=ports.of(a.TENANT))

    assert (tested.result.outcome, tested.result.code) == (
        Outcome.CONFIG if code else Outcome.SENT,
        code,
    )
