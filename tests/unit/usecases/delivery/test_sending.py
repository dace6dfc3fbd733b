"""Sending one delivery: rendered, handed to its provider, and no failure of ours the chunk's."""

import json
from dataclasses import replace

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Outcome, Status
from carillon.domain.delivery.transport import Response
from carillon.domain.intake.overrides import Overrides
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a
from tests import fakes
from tests.unit.usecases.delivery.chat_chunks import attempt, chat_chunk, record


def test_templates_speak_of_the_payload_and_the_subscriber_in_the_nearest_locale():
    ports = a.world()
    ports.templates.put(
        a.TENANT,
        a.template(
            medium=Channel.CHAT,
            locale="de",
            subject="",
            body="{{ subscriber.firstName }}: {{ number }} = {{ payload.number }}",
        ),
    )
    ana = a.person("ana", first_name="Ana", locale="de_CH", channels=(a.slack_address("ana"),))
    fan_out(a.job(a.invocation("i1", ana, payload={"number": 7})), ports=ports.of(a.TENANT))
    [chunk] = [chunk for chunk in ports.queues.chunks if chunk.channel is Channel.CHAT]

    attempt(chunk, ports)

    assert b"Ana: 7 = 7" in ports.egress.requests[0].body


def test_a_missing_template_or_integration_fails_the_delivery_not_the_chunk():
    ports = a.world()
    chunk = chat_chunk(ports)
    ports.integrations.remove(a.TENANT, "int_slack")

    assert attempt(chunk, ports)

    assert {o.code for o in record(chunk, ports)} == {"integration_missing"}


def test_a_bug_in_a_provider_costs_only_its_own_delivery():
    def answer(request):
        if request.url.endswith("p01"):
            raise ZeroDivisionError
        return Response(status=200, body=b"ok")

    ports = a.world(egress=fakes.Egress(answer))
    chunk = chat_chunk(ports)

    assert attempt(chunk, ports)

    assert [o.status for o in record(chunk, ports)] == [
        Status.SENT,
        Status.RETRYING,
        Status.SENT,
    ]


def test_a_text_that_cannot_be_encoded_is_no_fault_of_the_moment():
    def answer(request):
        "\ud83d".encode()
        return Response(status=200, body=b"ok")

    ports = a.world(egress=fakes.Egress(answer))
    chunk = chat_chunk(ports, 1)

    assert attempt(chunk, ports)

    [one] = record(chunk, ports)
    assert (one.status, one.code) == (Status.FAILED, "invalid_message")
    assert "encoding" in one.detail


def test_a_response_is_awaited_longer_where_people_would_see_a_repetition():
    ports = a.world()
    chunk = chat_chunk(ports, 1)
    assert attempt(chunk, ports)

    assert ports.egress.deadlines == [25.0]
    assert ports.providers.get("webhook").patience == 15.0


def test_a_sender_that_the_caller_chose_and_is_refused_holds_up_nobody_else():
    refused = Response(status=400, body=b'{"code": "MessageRejected", "message": "not verified"}')
    ports = a.world(egress=fakes.Egress(lambda _: refused))
    overrides = Overrides(channels={Channel.EMAIL: {"from": "hello@carillon.example"}})
    chosen, own = a.invocation("i1", overrides=overrides), a.invocation("i2")
    fan_out(a.job(chosen, own), ports=ports.of(a.TENANT))
    [chunk] = [chunk for chunk in ports.queues.chunks if chunk.channel is Channel.EMAIL]

    attempt(chunk, ports)

    # The second says that the integration is broken, and opens its circuit.
    by_invocation = {one.invocation: one.outcome for one in record(chunk, ports)}
    assert by_invocation == {"i1": Outcome.BAD, "i2": Outcome.CONFIG}


def test_a_sender_whose_grant_is_withdrawn_is_used_no_more_and_its_mail_waits():
    ports = a.world()
    fan_out(a.job(), ports=ports.of(a.TENANT))
    [chunk] = [chunk for chunk in ports.queues.chunks if chunk.channel is Channel.EMAIL]
    ports.tenants.put(replace(ports.tenants.get(a.TENANT), senders=()))

    attempt(chunk, ports)

    [mail] = record(chunk, ports)
    assert (mail.status, mail.code) == (Status.RETRYING, "sender_not_granted")
    assert ports.egress.requests == []


def test_what_the_data_breaks_in_a_template_is_left_out_and_on_record():
    ports = a.world()
    ports.templates.put(
        a.TENANT,
        a.template(
            medium=Channel.CHAT,
            subject="",
            body="At\n{{ number | date: '%H:%M', zone }}: {{ price }} {{ payload.of }}",
        ),
    )
    payload = {"number": 7, "zone": "Mars/Phobos", "price": 10.0, "of": {"a": [True, None]}}
    ana = a.person("ana", channels=(a.slack_address("ana"),))
    fan_out(a.job(a.invocation("i1", ana, payload=payload)), ports=ports.of(a.TENANT))
    [chunk] = [chunk for chunk in ports.queues.chunks if chunk.channel is Channel.CHAT]

    attempt(chunk, ports)

    [told] = record(chunk, ports)
    assert told.status is Status.SENT
    assert told.warnings == ('body, line 2: no time zone is called "Mars/Phobos"',)
    assert json.loads(ports.egress.requests[0].body)["text"] == 'At\n: 10 {"a":[true,null]}'
