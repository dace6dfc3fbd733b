"""POST /send-test-notification, by every status code that its specification lists."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.dialects.sailpoint.oauth import LASTING
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import NoAnswer, Response, SesRequest
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime import limits
from carillon.usecases.tenancy import tokens
from functions.sailpoint.send_test_notification.app import handler
from tests import builders as a
from tests import fakes, gateway

PATH = "/beta/send-test-notification"
KEY = "cloud_manual_work_item_summary"
SLACK = {"webhook_url": "https://hooks.slack.com/services/T0/B0/own"}
TEAMS = {"webhook_url": "https://example.webhook.office.com/own"}
# As the specification prints it.
SEED = {
    "key": KEY,
    "medium": "EMAIL",
    "context": {"numberOfPendingTasks": "4", "ownerId": "201327fda1c44704ac01181e963d463c"},
}
SCHEMA = {
    "type": "object",
    "properties": {"numberOfPendingTasks": {"type": "string"}},
    "required": ["numberOfPendingTasks"],
}


@pytest.fixture
def egress():
    return fakes.Egress(taken)


def taken(request):
    """What each service says of a message that it took."""
    if isinstance(request, SesRequest):
        return Response(status=200, body=b'{"MessageId": "m-1"}')
    return Response(status=200, body=b"ok" if "slack" in request.url else b"1")


@pytest.fixture
def ports(egress):
    world = a.world(egress=egress)
    both = {Channel.EMAIL: True, Channel.CHAT: True}
    event = a.event_type(KEY, media=both, input_schema=SCHEMA, sample={"numberOfPendingTasks": "1"})
    world.event_types.save(a.TENANT, event, expected=None)
    body = "{{ numberOfPendingTasks }} tasks wait, {{ ownerId }}"
    for medium in both:
        world.templates.put(a.TENANT, a.template(KEY, medium, body=body, subject="Tasks"))
    world.integrations.put(a.TENANT, a.integration("slack", Channel.CHAT, settings=SLACK))
    world.integrations.put(a.TENANT, a.integration("msteams", Channel.CHAT, settings=TEAMS))
    with gateway.using(world):
        yield world


@pytest.fixture
def ask(ports):
    key = ports.api_keys.find(gateway.issue_key(ports, a.TENANT, *Scope).split("_")[1])
    _, token = tokens.issue(key, lasting=LASTING, ports=ports)

    def asked(body=SEED, method="POST", **headers):
        sent = {"authorization": f"Bearer {token}"} | headers
        return gateway.call(
            handler, method, PATH, body, path_parameters={"version": "beta"}, **sent
        )

    return asked


def mail(ports):
    [request] = ports.egress.requests
    return request.arguments


def causes(answer):
    return [cause["text"] for cause in answer.json["causes"]]


def test_the_example_of_the_specification_is_sent_and_answered_with_nothing(ask, ports):
    answer = ask()

    assert (answer.status, answer.text) == (204, "")
    content = mail(ports)["Content"]["Simple"]
    assert content["Subject"]["Data"] == "Tasks"
    text = content["Body"]["Text"]["Data"]
    assert text == "4 tasks wait, 201327fda1c44704ac01181e963d463c"


def test_a_mail_without_recipients_goes_to_the_integrations_own_sender(ask, ports):
    ask()

    assert mail(ports)["Destination"] == {"ToAddresses": ["hello@carillon.example"]}


def test_a_mail_goes_to_whom_one_says_with_copies(ask, ports):
    lists = {
        "recipientEmailList": ["ana@example.com", "bo@example.com"],
        "carbonCopy": ["cy@example.com"],
        "blindCarbonCopy": ["di@example.com"],
    }

    assert ask(SEED | lists).status == 204

    assert mail(ports)["Destination"] == {
        "ToAddresses": ["ana@example.com", "bo@example.com"],
        "CcAddresses": ["cy@example.com"],
        "BccAddresses": ["di@example.com"],
    }


@pytest.mark.parametrize(("medium", "own"), [("SLACK", SLACK), ("TEAMS", TEAMS)])
def test_chat_goes_to_the_services_own_integration(ask, ports, medium, own):
    assert ask(SEED | {"medium": medium}).status == 204

    [request] = ports.egress.requests
    assert request.url == own["webhook_url"]
    assert "4 tasks wait" in request.body.decode()


def test_the_locale_is_the_one_asked_for(ask, ports):
    german = a.template(KEY, body="{{ numberOfPendingTasks }} Aufgaben", locale="de")
    ports.templates.put(a.TENANT, german)

    ask(SEED | {"locale": "de_CH"})

    assert mail(ports)["Content"]["Simple"]["Body"]["Text"]["Data"] == "4 Aufgaben"


@pytest.mark.parametrize("context", [None, {}])
def test_without_a_context_the_sample_is_sent(ask, ports, context):
    assert ask(SEED | {"context": context}).status == 204

    assert "1 tasks" in mail(ports)["Content"]["Simple"]["Body"]["Text"]["Data"]


def test_a_notification_that_is_switched_off_can_be_tested(ask, ports):
    event = ports.event_types.get(a.TENANT, "default/default", KEY)
    off = a.event_type(KEY, media=event.media, active=False, locked=True, version=2)
    ports.event_types.save(a.TENANT, off, expected=1)

    assert ask().status == 204


def test_a_test_can_be_repeated_at_once_and_is_no_traffic(ask, ports):
    assert [ask().status for _ in range(3)] == [204] * 3

    assert len(ports.egress.requests) == 3
    assert not ports.queues.jobs
    assert not ports.queues.chunks


def test_without_context_and_sample_one_is_derived_from_the_schema(ask, ports):
    stored = ports.event_types.get(a.TENANT, "default/default", KEY)
    derived = replace(stored, sample=None, version=stored.version + 1)
    ports.event_types.save(a.TENANT, derived, expected=stored.version)

    assert ask({"key": KEY, "medium": "EMAIL"}).status == 204
    assert mail(ports)["Content"]["Simple"]["Body"]["Text"]["Data"].startswith(
        "numberOfPendingTasks"
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"medium": "PHONE"}, "400.1.3 Illegal value"),
        ({"medium": "email"}, "400.1.3 Illegal value"),
        ({"medium": None}, "400.1.3 Illegal value"),
        ({"key": 7}, "400.1 Bad Request Content"),
        ({"context": []}, "400.1 Bad Request Content"),
        ({"context": {"numberOfPendingTasks": 4}}, "400.1 Bad Request Content"),
        ({"context": {"other": 4}}, "400.1 Bad Request Content"),
        ({"recipientEmailList": ["nobody"]}, "400.1 Bad Request Content"),
        ({"recipientEmailList": "a@b.example"}, "400.1 Bad Request Content"),
        ({"carbonCopy": ["a@b.example\r\nBcc: x@y.example"]}, "400.1 Bad Request Content"),
        ({"carbonCopy": ["a@b.example"] * 51}, "400.1.4 Limit violation"),
        ({"locale": "../de"}, "400.1 Bad Request Content"),
        ({"medium": "SLACK", "carbonCopy": ["a@b.example"]}, "400.1 Bad Request Content"),
    ],
)
def test_a_bad_request_says_why_and_sends_nothing(ask, ports, changes, code):
    answer = ask(SEED | changes)

    assert answer.status == 400
    assert answer.json["detailCode"] == code
    assert causes(answer)
    assert not ports.egress.requests


@pytest.mark.parametrize("missing", ["key", "medium"])
def test_what_is_missing_is_named(ask, missing):
    answer = ask({name: value for name, value in SEED.items() if name != missing})

    assert answer.json["detailCode"] == "400.1.0 Required data missing or empty"
    assert missing in causes(answer)[0]


@pytest.mark.parametrize("body", ["{", "[]", "", "null", '{"key": NaN}'])
def test_what_is_no_json_object_is_a_bad_request(ask, body):
    assert ask(body).status == 400


def test_a_medium_without_an_integration_or_a_template_is_a_bad_request(ask, ports):
    ports.integrations.remove(a.TENANT, "int_msteams")
    without = ask(SEED | {"medium": "TEAMS"})
    ports.templates.remove(a.TENANT, a.template(KEY, Channel.CHAT))
    wordless = ask(SEED | {"medium": "SLACK"})

    assert (without.status, wordless.status) == (400, 400)
    assert "msteams" in causes(without)[0]
    assert "template" in causes(wordless)[0]


def test_what_the_target_refuses_is_said_with_its_status(ask, ports, egress):
    egress._answer = lambda _: Response(status=404, body=b"no_service")

    answer = ask(SEED | {"medium": "SLACK"})

    assert answer.status == 400
    [cause] = causes(answer)
    assert "404" in cause
    assert "no_service" in cause
    assert len(egress.requests) == 1


def test_a_target_that_does_not_answer_is_a_bad_request_too(ask, egress):
    egress._answer = lambda _: NoAnswer(Result(outcome=Outcome.RETRY, code="timeout"))

    answer = ask(SEED | {"medium": "SLACK"})

    assert answer.status == 400
    assert "timeout" in causes(answer)[0]


def test_without_a_token_or_after_its_time_it_is_401(ask, ports):
    assert ask(authorization="").json == {"error": "JWT validation failed: JWT is missing"}

    ports.clock.advance(LASTING / timedelta(seconds=1))

    assert ask().status == 401
    assert ask().json == {"error": "JWT validation failed: JWT is expired"}


def test_without_the_scope_it_is_403(ask, ports):
    key = gateway.issue_key(ports, a.TENANT, Scope.EVENT_TRIGGER)

    answer = ask(authorization=f"Bearer {key}")

    assert answer.status == 403
    assert answer.json["detailCode"] == "403 Forbidden"


def test_an_unknown_key_is_404_and_so_is_another_tenants(ask, ports):
    ports.event_types.save("globex", a.event_type("theirs"), expected=None)

    answers = [ask(SEED | {"key": key}) for key in ("no-such", "theirs", "../" + KEY)]

    assert [answer.status for answer in answers] == [404] * 3
    assert answers[0].json["detailCode"] == "404 Not found"
    assert causes(answers[1])[0].replace("theirs", "no-such") == causes(answers[0])[0]


def test_too_many_are_429_with_the_time_to_wait(ask, ports):
    with gateway.using(ports, limits.Limits({Category.GLOBAL: 1}, clock=lambda: 0.0)):
        while (answer := ask()).status == 204:
            pass

    assert answer.status == 429
    assert answer.json == {"message": " Rate Limit Exceeded "}
    assert int(answer.headers["retry-after"]) > 0


def test_our_own_fault_is_500(ask, ports, monkeypatch):
    monkeypatch.setattr(ports.event_types, "get", lambda *_: 1 / 0)

    answer = ask()

    assert answer.status == 500
    assert answer.json["detailCode"] == "500.0 Internal Fault"


def test_the_words_are_those_of_a_delivery(ask, ports):
    """But for what tells one message from another, and says that it is a test."""
    from carillon.usecases.delivery.deliver import deliver  # noqa: PLC0415 - beside what it is compared to
    from carillon.usecases.delivery.fan_out import fan_out  # noqa: PLC0415

    ask(SEED | {"recipientEmailList": ["ana@example.com"]})
    person = a.person("ana", email="ana@example.com")
    fan_out(
        a.job(a.invocation("i1", person, event=KEY, payload=SEED["context"])),
        ports=ports.of(a.TENANT),
    )
    for chunk in ports.queues.chunks:
        deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: 60.0)

    test, real = (json.loads(json.dumps(r.arguments)) for r in ports.egress.requests[:2])
    assert test["EmailTags"][0]["Value"].startswith("test-")
    del test["EmailTags"], real["EmailTags"]
    assert test == real
