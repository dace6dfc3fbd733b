"""Overrides: from the request to what the provider is sent, or refused by name."""

import json
from email import message_from_bytes, policy
from urllib.parse import parse_qs

import pytest

from carillon.dialects.novu.schemas import common as schemas
from carillon.dialects.novu.schemas import events, overrides, subscribers
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.transport import BearerRequest, Response, SesRequest, SmtpRequest
from carillon.domain.integrations.senders import Sender, Verification
from carillon.domain.tenancy.access import Scope
from functions.novu.trigger.app import handler as trigger
from functions.novu.trigger_broadcast.app import handler as broadcast
from functions.novu.trigger_bulk.app import handler as bulk
from tests import builders as a
from tests import canaries, gateway
from tests.simulation import Simulation
from tests.unit.novu.override_tables import ARRIVES, RECORDED, REFUSED, published
from tests.unit.providers.test_mobile import APNS, DEVICE, FCM

PATH = "/v1/events/trigger"
TWILIO = {"account_sid": "AC" + "0" * 32, "auth_token": "t", "from": "+15557730100"}
ANA = {
    "subscriberId": "ana",
    "email": "ana@acme.example",
    "phone": canaries.PHONE,
    "channels": [
        {"providerId": "fcm", "credentials": {"deviceTokens": ["t1", "t2"]}},
        {"providerId": "apns", "credentials": {"deviceTokens": [DEVICE]}},
        {"providerId": "expo", "credentials": {"deviceTokens": ["ExponentPushToken[1]"]}},
        {"providerId": "slack", "credentials": {"webhookUrl": canaries.SLACK_URL}},
    ],
}
SES_CC = {"ses": {"cc": "cc@acme.example"}}
EACH = [(provider, name) for provider, names in ARRIVES.items() for name in names]
EACH_REFUSED = [(provider, name) for provider, names in REFUSED.items() for name in sorted(names)]
BY = {"ses": "ses", "nodemailer": "smtp"}  # our ids, where Novu has another


def world(**parts):
    ports = a.world(**parts)
    media = [Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.CHAT]
    event = a.event_type(media=dict.fromkeys(media, True))
    ports.event_types.save(a.TENANT, event, expected=event.version)
    for medium in media:
        ports.templates.put(
            a.TENANT, a.template(medium=medium, subject="Hello", body="Yours is {{ number }}")
        )
    for one in (
        a.integration("smtp"),
        a.integration("twilio", Channel.SMS, settings=TWILIO, subscriber_field="phone"),
        a.integration("fcm", Channel.PUSH, settings=FCM),
        a.integration("apns", Channel.PUSH, settings=APNS),
        a.integration("expo", Channel.PUSH),
        a.integration("slack-off", Channel.CHAT, active=False),
    ):
        ports.integrations.put(a.TENANT, one)
    return ports


def taken(request, _now):
    """Each provider's own word for a message that it took."""
    if isinstance(request, SmtpRequest):
        return Response(status=250, headers={"smtp-command": "data"}, body=b"queued as 1")
    url = getattr(getattr(request, "request", request), "url", "")
    own = {"twilio": b'{"sid": "SM1"}', "fcm": b'{"name": "1"}', "slack": b"ok"}
    ticket = b'{"MessageId": "1", "data": {"status": "ok", "id": "1"}}'
    body = next((words for host, words in own.items() if host in url), ticket)
    return Response(status=200, headers={"apns-id": "1"}, body=body)


@pytest.fixture
def sim():
    sim = Simulation(outside=taken, world=world)
    with gateway.using(sim.ports):
        yield sim


@pytest.fixture
def post(sim):
    key = gateway.issue_key(sim.fakes, a.TENANT, Scope.EVENT_TRIGGER)

    def post(said, handler=trigger, **fields):
        body = {
            "name": "welcome",
            "payload": {"number": "4711"},
            "overrides": said,
            **({} if handler is broadcast else {"to": ANA}),
            **fields,
        }
        body = {"events": [body]} if handler is bulk else body
        return gateway.call(handler, "POST", PATH, body, authorization=f"ApiKey {key}")

    return post


def sent(sim, provider):
    """What the provider was sent, as one text for each request."""
    integration = f"int_{BY.get(provider, provider)}"
    records = sim.records()
    return [
        written(each.request)
        for each in sim.sent
        if records[each.delivery].integration == integration
    ]


def written(request):
    match request:
        case SesRequest(arguments=arguments):
            return json.dumps(arguments)
        case SmtpRequest(message=content, copies=copies):
            mail = message_from_bytes(content, policy=policy.default)
            headers = [f"{name}: {value}" for name, value in mail.items()]
            bodies = [part.get_content() for part in mail.walk() if not part.is_multipart()]
            return "\n".join([*headers, *bodies, *copies])
        case BearerRequest(request=inner):
            return written(inner)
        case _:
            head = f"{request.url} {json.dumps(dict(request.headers))}"
            if "form-urlencoded" in head:
                return f"{head} {json.dumps(parse_qs(request.body.decode()))}"
            return f"{head} {json.dumps(json.loads(request.body))}"


def said_by(provider, table):
    """The overrides, and for a mail by SMTP the integration, as SES would be the first."""
    email = {"email": {"integrationIdentifier": "smtp"}} if provider == "nodemailer" else {}
    return {"providers": {provider: table}, **email}


# ------------------------------------------------------------------------- name by name


@pytest.mark.parametrize("provider", ARRIVES)
def test_each_name_that_novu_publishes_is_applied_or_refused(provider):
    assert published(provider) == ARRIVES[provider].keys() | REFUSED[provider]


@pytest.mark.parametrize(("provider", "name"), EACH)
def test_an_override_arrives(sim, post, provider, name):
    value, seen = ARRIVES[provider][name]

    answer = post(said_by(provider, {name: value}))
    sim.run()

    assert answer.status == 201, answer.text
    assert sent(sim, provider)
    assert all(seen in text for text in sent(sim, provider))


@pytest.mark.parametrize(("provider", "name"), EACH_REFUSED)
def test_an_override_is_refused_by_name(sim, post, provider, name):
    answer = post(said_by(provider, {name: "x"}))

    assert answer.status == 422
    assert list(answer.json["errors"]) == [f"overrides.providers.{provider}.{name}"]
    assert not sim.queues.sent


@pytest.mark.parametrize(
    ("table", "models"),
    [
        ("trigger", [events.TriggerEventRequest]),
        ("broadcast", [events.BroadcastRequest]),
        ("overrides", [overrides.OverridesPayload]),
        ("overrides.channels", [overrides.ChannelTables]),
        ("overrides.steps", [overrides.StepTables]),
        ("subscriber", [events.SubscriberPayload, subscribers.Person]),
        ("topic", [events.TopicPayload]),
        ("tenant", [events.TenantPayload]),
        ("channel", [schemas.SubscriberChannel]),
        ("credentials", [schemas.ChannelCredentials]),
    ],
)
def test_each_field_that_novu_publishes_is_read(table, models):
    """A field that is not read would be dropped in silence."""
    read = {field.alias or name for model in models for name, field in model.model_fields.items()}

    assert set(RECORDED["fields"][table]) - read == set()


# -------------------------------------------------------------------------- the tables


def test_channels_come_before_providers_and_steps_before_both(sim, post):
    def subject(**said):
        answer = post({"email": {"subject": "channel"}, **said}, transactionId=str(said))
        assert answer.status == 201, answer.text
        sim.run()
        return json.loads(sent(sim, "ses")[-1])["Content"]["Simple"]["Subject"]["Data"]

    steps = {"email": {"providers": {"ses": {"subject": "step"}}}}
    assert subject() == "channel"
    assert subject(channels={"email": {"subject": "channels"}}) == "channels"
    assert subject(ses={"subject": "old"}) == "old"
    assert subject(ses={"subject": "old"}, providers={"ses": {"subject": "new"}}) == "new"
    assert subject(providers={"ses": {"subject": "new"}}, steps=steps) == "step"


def test_tables_are_merged_field_by_field(sim, post):
    post(
        {
            "email": {"cc": "cc@acme.example", "headers": {"X-A": "1"}},
            "providers": {"ses": {"replyTo": "help@acme.example", "headers": {"X-B": "2"}}},
        }
    )
    sim.run()

    [text] = sent(sim, "ses")
    said = json.loads(text)
    assert said["Destination"]["CcAddresses"] == ["cc@acme.example"]
    assert said["ReplyToAddresses"] == ["help@acme.example"]
    assert [h["Value"] for h in said["Content"]["Simple"]["Headers"]] == [
        "auto-generated",
        "1",
        "2",
    ]


def test_a_whole_table_of_email_and_of_sms_arrives(sim, post):
    answer = post(
        {
            "email": {
                "senderName": "Acme",
                "to": "more@acme.example",
                "cc": ["cc@acme.example"],
                "bcc": ["bcc@acme.example"],
                "replyTo": "help@acme.example",
                "subject": "S",
                "text": "T",
                "html": "<p>H</p>",
                "headers": {"X-A": "1"},
                "integrationIdentifier": "smtp",
            },
            "sms": {"to": "+15557730199", "from": "Acme", "content": "C"},
        }
    )
    sim.run()

    assert answer.status == 201
    assert sent(sim, "ses") == []
    [mail], [sms] = sent(sim, "nodemailer"), sent(sim, "twilio")
    for line in (
        "From: Acme <hello@carillon.example>",
        "To: ana@acme.example, more@acme.example",
        "Cc: cc@acme.example",
        "bcc@acme.example",
        "Reply-To: help@acme.example",
        "Subject: S",
        "X-A: 1",
        "<p>H</p>",
    ):
        assert line in mail
    assert '"To": ["+15557730199"], "Body": ["C"], "From": ["Acme"]' in sms


def test_a_name_of_all_chat_services_is_applied_where_it_is_known(sim, post):
    sim.fakes.integrations.put(a.TENANT, a.integration("msteams", Channel.CHAT))

    assert post({"chat": {"username": "Carla"}}).status == 201
    sim.run()

    assert all('"username": "Carla"' in text for text in sent(sim, "slack"))


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"fmc": {"data": {}}}, "overrides.fmc"),
        ({"providers": {"sendgrid": {"a": 1}}}, "overrides.providers.sendgrid"),
        ({"channels": {"in_app": {"a": 1}}}, "overrides.channels.in_app"),
        ({"email": "x"}, "overrides.email"),
        ({"email": {"layoutId": "l"}}, "overrides.email.layoutId"),
        ({"email": {"ipPoolName": "l"}}, "overrides.email.ipPoolName"),
        ({"email": {"cc": "nobody"}}, "overrides.email.cc.0"),
        ({"email": {"headers": {"Bcc": "a@acme.example"}}}, "overrides.email.headers"),
        ({"email": {"headers": {"X-A": "a\r\nBcc: b@b.co"}}}, "overrides.email.headers.X-A"),
        ({"sms": {"to": "5"}}, "overrides.sms.to"),
        ({"chat": {"nonsense": 1}}, "overrides.chat.nonsense"),
        ({"push": {"deviceTokens": ["t"]}}, "overrides.push.deviceTokens"),
        ({"fcm": {"type": "date"}}, "overrides.fcm.type"),
        ({"fcm": {"deviceTokens": []}}, "overrides.fcm.deviceTokens"),
        ({"layoutIdentifier": "l"}, "overrides.layoutIdentifier"),
        ({"severity": "high"}, "overrides.severity"),
        ({"channels": {"email": {"layoutId": "l"}}}, "overrides.channels.email.layoutId"),
        ({"steps": {"email": {"layoutId": "l"}}}, "overrides.steps.email.layoutId"),
        ({"steps": {"email": {"delay": 1}}}, "overrides.steps.email.delay"),
        ({"steps": {"no": {"providers": SES_CC}}}, "overrides.steps.no.providers.ses"),
        ({"steps": {"sms": {"providers": SES_CC}}}, "overrides.steps.sms.providers.ses"),
        (
            {"providers": {"fcm": {"_passthrough": {"headers": {"a": "b"}}}}},
            "overrides.providers.fcm._passthrough.headers",
        ),
        ({"email": {"integrationIdentifier": "no"}}, "overrides.email.integrationIdentifier"),
        ({"email": {"integrationIdentifier": "twilio"}}, "overrides.email.integrationIdentifier"),
        ({"chat": {"integrationIdentifier": "slack-off"}}, "overrides.chat.integrationIdentifier"),
        ({"email": {"from": "ceo@other.example"}}, "overrides.email.from"),
        ({"ses": {"from": "Boss <ceo@other.example>"}}, "overrides.ses.from"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("handler", [trigger, bulk, broadcast])
def test_what_cannot_be_applied_is_refused_in_its_place(sim, post, handler, said, place):
    answer = post(said, handler)

    if handler is bulk:
        [item] = answer.json["data"]
        assert (answer.status, item["status"]) == (201, "error")
        assert item["error"][0].startswith(f"{place} ")
    else:
        assert answer.status == 422
        assert list(answer.json["errors"]) == [place]
    assert not sim.queues.sent


@pytest.mark.parametrize(
    "said",
    [
        {"email": None, "providers": None, "steps": None, "channels": None, "fcm": {}},
        {"email": {"from": None, "replyTo": "", "layoutId": None}, "sms": {"content": ""}},
        {"layoutIdentifier": None, "severity": None, "steps": {"email": {"layoutId": None}}},
        {"channels": {"email": {"layoutId": None}}},
    ],
)
def test_nothing_is_no_override(sim, post, said):
    answer = post(said)
    sim.run()

    assert answer.status == 201
    assert '"Hello"' in sent(sim, "ses")[0]


def test_what_is_passed_through_becomes_part_of_the_request(sim, post):
    post({"providers": {"slack": {"_passthrough": {"body": {"icon_url": "https://a.example/i"}}}}})
    sim.run()

    assert all('"icon_url": "https://a.example/i"' in text for text in sent(sim, "slack"))


def test_device_tokens_take_the_place_of_the_stored_ones(sim, post):
    post({"fcm": {"deviceTokens": ["only"]}})
    sim.run()

    [text] = sent(sim, "fcm")
    assert '"token": "only"' in text
    assert len(sent(sim, "expo")) == 1


# ------------------------------------------------------------------------- senders


@pytest.mark.parametrize(
    ("claimed", "verified", "status"),
    [
        ("billing@acme.example", Verification.SUCCESS, 201),
        ("billing@acme.example", Verification.PENDING, 422),
        ("other@acme.example", Verification.SUCCESS, 422),
    ],
)
def test_a_mail_comes_from_a_verified_sender_of_the_tenant(sim, post, claimed, verified, status):
    sim.fakes.senders.add(a.TENANT, Sender(email=claimed, created_at=a.NOW))
    sim.fakes.identities.known["billing@acme.example"] = verified

    answers = [
        post({"email": {"from": "billing@acme.example", "senderName": "B"}}, handler)
        for handler in (trigger, bulk, broadcast)
    ]
    sim.run()

    assert [answers[0].status, answers[2].status] == [status, status]
    assert (answers[1].json["data"][0]["status"] == "processed") == (status == 201)
    if status == 201:
        assert json.loads(sent(sim, "ses")[0])["FromEmailAddress"] == "B <billing@acme.example>"


def test_nobody_mails_as_another_tenants_sender(sim, post):
    sim.fakes.senders.add("globex", Sender(email="boss@globex.example", created_at=a.NOW))
    sim.fakes.identities.known["boss@globex.example"] = Verification.SUCCESS

    assert post({"email": {"from": "boss@globex.example"}}).status == 422


def test_a_server_of_the_tenants_own_mails_as_anybody_of_its_domain(sim, post):
    said = {"integrationIdentifier": "smtp", "from": "orders@carillon.example"}

    assert post({"email": said}).status == 201
    sim.run()
    assert "From: orders@carillon.example" in sent(sim, "nodemailer")[0]
    assert post({"email": {**said, "from": "orders@other.example"}}).status == 422
    assert post({"email": {"from": "orders@carillon.example"}}).status == 422  # by SES


def test_a_sender_that_is_given_up_before_sending_is_not_sent_as(sim, post):
    sender = Sender(email="billing@acme.example", created_at=a.NOW)
    sim.fakes.senders.add(a.TENANT, sender)
    sim.fakes.identities.known[sender.email] = Verification.SUCCESS
    post({"email": {"from": sender.email}})
    sim.fakes.senders.remove(a.TENANT, sender)
    sim.run()

    [record] = [r for r in sim.records().values() if r.integration == "int_ses"]
    assert (record.status, record.code) == (Status.FAILED, "invalid_message")
    assert "from" in record.detail
