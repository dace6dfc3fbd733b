"""Attachments: from the event to the mail, or refused in words."""

import base64
from email import message_from_bytes, policy

import pytest

from carillon.domain.delivery.deliveries import Outcome, Result, Status
from carillon.domain.delivery.transport import HttpRequest, NoAnswer, Response
from carillon.domain.intake.attachments import LARGEST
from carillon.domain.tenancy.access import Scope
from functions.novu.trigger.app import handler as trigger
from functions.novu.trigger_broadcast.app import handler as broadcast
from functions.novu.trigger_bulk.app import handler as bulk
from tests import builders as a
from tests import gateway
from tests.simulation import Simulation

PDF = b"%PDF-1.7 invoice"
FILE = {"name": "invoice.pdf", "mime": "application/pdf", "file": base64.b64encode(PDF).decode()}
URL = "https://files.acme.example/invoice.pdf"
ANA = {"subscriberId": "ana", "email": "ana@acme.example"}


@pytest.fixture
def outside():
    """What a GET of the file is answered with; by default the file."""
    return [Response(status=200, body=PDF)]


@pytest.fixture
def sim(outside):
    def answer(request, _now):
        if isinstance(request, HttpRequest):
            return outside.pop(0) if len(outside) > 1 else outside[0]
        return Response(status=200, headers={"smtp-command": "data"}, body=b'{"MessageId": "1"}')

    sim = Simulation(outside=answer)
    with gateway.using(sim.ports):
        yield sim


@pytest.fixture
def post(sim):
    key = gateway.issue_key(sim.fakes, a.TENANT, Scope.EVENT_TRIGGER)

    def post(attachments, handler=trigger, **fields):
        payload = {"number": "4711", "attachments": attachments}
        event = {"name": "welcome", "to": ANA, "payload": payload, **fields}
        body = {"events": [event]} if handler is bulk else event
        return gateway.call(
            handler, "POST", "/v1/events/trigger", body, authorization=f"ApiKey {key}"
        )

    return post


def mails(sim):
    return [
        sent.request.arguments["Content"]["Simple"]
        for sent in sim.sent
        if hasattr(sent.request, "arguments")
    ]


def smtp(sim):
    [sent] = [sent for sent in sim.sent if hasattr(sent.request, "message")]
    return message_from_bytes(sent.request.message, policy=policy.default)


def record(sim):
    [one] = [one for one in sim.records().values() if one.provider in {"ses", "smtp"}]
    return one


@pytest.mark.parametrize(
    "attachment",
    [
        FILE,
        {"filename": "invoice.pdf", "contentType": "application/pdf", "file": FILE["file"]},
        {**FILE, "file": FILE["file"].rstrip("=")},
        {**FILE, "file": {"type": "Buffer", "data": list(PDF)}},
        {**FILE, "file": f"data:application/pdf;base64,{FILE['file']}"},
        {"name": "invoice.pdf", "file": f"data:application/pdf;name=a;base64,{FILE['file']}"},
        {**FILE, "file": f"data:text/plain;base64,{FILE['file']}"},
        {**FILE, "file": f"data:;base64,{FILE['file']}"},
        {
            "name": "invoice.pdf",
            "contentType": "application/pdf",
            "file": f"DATA:x/y;base64,{FILE['file']}",
        },
        {**FILE, "channels": ["email"], "disposition": "attachment"},
        {"name": "invoice.pdf", "mime": "application/pdf", "url": URL},
        {"name": "invoice.pdf", "mime": "application/pdf", "path": URL},
    ],
)
@pytest.mark.parametrize("handler", [trigger, bulk])
def test_a_file_reaches_the_mail_by_ses(sim, post, attachment, handler):
    assert post([attachment], handler).status == 201
    sim.run()

    [mail] = mails(sim)
    assert mail["Attachments"] == [
        {
            "RawContent": PDF,
            "FileName": "invoice.pdf",
            "ContentType": "application/pdf",
            "ContentDisposition": "ATTACHMENT",
            "ContentTransferEncoding": "BASE64",
        }
    ]


def test_files_reach_the_mail_by_smtp_beside_its_text_and_html(sim, post):
    sim.fakes.integrations.remove(a.TENANT, "int_ses")
    sim.fakes.integrations.put(a.TENANT, a.integration("smtp"))
    logo = {"name": "logo.png", "mime": "image/png", "file": "AAEC", "cid": "logo"}
    said = {"email": {"text": "T", "html": "<img src='cid:logo'>"}}

    assert post([FILE, logo], overrides=said).status == 201
    sim.run()

    mail = smtp(sim)
    [pdf, png] = mail.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content_type()) == ("invoice.pdf", "application/pdf")
    assert pdf.get_content() == PDF
    assert (png["Content-ID"], png.get_content_disposition()) == ("<logo>", "inline")
    assert mail.get_body(("plain",)).get_content().strip() == "T"
    assert "cid:logo" in mail.get_body(("html",)).get_content()


def test_files_may_be_in_the_overrides_of_mails(sim, post):
    assert post([], overrides={"email": {"attachments": [FILE]}}).status == 201
    sim.run()

    assert mails(sim)[0]["Attachments"][0]["RawContent"] == PDF


def test_templates_and_records_know_the_file_and_not_its_content(sim, post):
    words = "{{ payload.attachments[0].name }}|{{ payload.attachments[0].file }}"
    sim.fakes.templates.put(a.TENANT, a.template(body=words))

    post([FILE])
    sim.run()

    assert mails(sim)[0]["Body"]["Text"]["Data"] == "invoice.pdf|"


def test_everybody_gets_the_file_of_a_broadcast(sim, post):
    people = [a.subscriber(f"p{n}", email=f"p{n}@acme.example") for n in range(3)]
    sim.fakes.subscribers.save(a.TENANT, people)

    assert post([{"name": "a.txt", "url": URL}], broadcast).status == 201
    sim.run()

    assert [mail["Attachments"][0]["RawContent"] for mail in mails(sim)] == [PDF] * 3


def test_a_file_that_is_asked_for_once_serves_all_mails_of_a_chunk(sim, post):
    to = [{"subscriberId": f"p{n}", "email": f"p{n}@acme.example"} for n in range(5)]

    post([{"name": "a.txt", "url": URL}], to=to)
    sim.run()

    asked = [request for request in sim.fakes.egress.requests if isinstance(request, HttpRequest)]
    assert (len(mails(sim)), len(asked)) == (5, 1)
    assert asked[0].method == "GET"


@pytest.mark.parametrize(
    ("attachment", "place"),
    [
        ("a.pdf", "payload.attachments.0"),
        ({}, "payload.attachments.0.name"),
        ({"name": "a"}, "payload.attachments.0"),
        ({**FILE, "url": URL}, "payload.attachments.0"),
        ({**FILE, "file": "no base64!"}, "payload.attachments.0.file"),
        ({**FILE, "file": {"type": "Buffer", "data": [256]}}, "payload.attachments.0.file"),
        ({**FILE, "file": "data:text/plain,hello"}, "payload.attachments.0.file"),
        ({**FILE, "file": "data:text/plain;base64,a:b"}, "payload.attachments.0.file"),
        ({"name": "a", "file": "data:multipart/mixed;base64,AA=="}, "payload.attachments.0.mime"),
        ({**FILE, "name": "../a"}, "payload.attachments.0.name"),
        ({**FILE, "name": "a\r\nBcc: b"}, "payload.attachments.0.name"),
        ({**FILE, "mime": "multipart/mixed"}, "payload.attachments.0.mime"),
        ({**FILE, "mime": "text/plain; charset=x"}, "payload.attachments.0.mime"),
        ({**FILE, "cid": "a>b"}, "payload.attachments.0.cid"),
        ({**FILE, "channels": ["sms"]}, "payload.attachments.0"),
        ({**FILE, "encoding": "hex"}, "payload.attachments.0.encoding"),
        ({"name": "a", "url": "http://a.example/a"}, "payload.attachments.0.url"),
        ({"name": "a", "path": "/etc/passwd"}, "payload.attachments.0.url"),
    ],
)
@pytest.mark.parametrize("handler", [trigger, bulk, broadcast])
def test_what_no_mail_can_bring_along_is_refused_in_its_place(
    sim, post, attachment, place, handler
):
    answer = post([attachment], handler)

    told = answer.json["data"][0]["error"] if handler is bulk else list(answer.json["errors"])
    assert answer.status == (201 if handler is bulk else 422)
    assert any(one.startswith(place.removesuffix(".url")) for one in told)
    assert not sim.queues.sent


def test_a_file_of_a_hundred_kilobytes_is_taken(sim, post):
    assert post([{**FILE, "file": "A" * 140_000}]).status == 201
    sim.run()

    assert len(mails(sim)[0]["Attachments"][0]["RawContent"]) == 105_000


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (Response(status=503), Status.SENT),
        (NoAnswer(Result(outcome=Outcome.UNSURE, code="no_answer")), Status.SENT),
        (Response(status=404), Status.FAILED),
        (Response(status=302), Status.FAILED),
        (Response(status=200, body=b"x" * (LARGEST + 1)), Status.FAILED),
        (NoAnswer(Result(outcome=Outcome.CONFIG, code="address_not_allowed")), Status.FAILED),
    ],
)
def test_a_file_that_is_not_to_be_had_holds_up_its_own_mail_alone(
    sim, post, outside, first, status
):
    outside.insert(0, first)

    post([{"name": "a.txt", "url": URL}])
    sim.run()

    assert record(sim).status is status
    assert len(mails(sim)) == (status is Status.SENT)
    assert sim.fakes.integrations.get(a.TENANT, "int_ses").circuit is None
    if status is Status.FAILED:
        assert "attachments" in record(sim).detail


def test_other_channels_do_not_fetch_what_only_mails_bring_along(sim, post):
    slack = {"providerId": "slack", "credentials": {"webhookUrl": "https://hooks.slack.com/a"}}

    post([{"name": "a.txt", "url": URL}], to={"subscriberId": "ben", "channels": [slack]})
    sim.run()

    urls = [request.url for request in sim.fakes.egress.requests]
    assert set(urls) == {"https://hooks.slack.com/a"}
