"""Chat services with an interface of their own: what is sent to each, field by field."""

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs

import pytest

from carillon.domain.base.errors import Invalid
from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import NoAnswer
from carillon.providers.registry import Providers
from tests.unit.providers.messages import message

PROVIDERS = Providers()
getstream = PROVIDERS.get("getstream")
grafana_on_call = PROVIDERS.get("grafana-on-call")
rocket_chat = PROVIDERS.get("rocket-chat")
ryver = PROVIDERS.get("ryver")
whatsapp_business = PROVIDERS.get("whatsapp-business")
zulip = PROVIDERS.get("zulip")

TEXT = "It is on its way."
BOT = {"site": "https://chat.example.com", "bot_email": "bot@example.com", "api_key": "k1"}
SECRET = "hunter2-hunter2-hunter2-hunter2-hunter2"
STREAM = {"api_key": "key1", "api_secret": SECRET, "user_id": "carillon"}
ROCKET = {"base_url": "https://rocket.example.com", "auth_token": "tok", "user_id": "u1"}
META = {"access_token": "EAAG", "phone_number_id": "10612345"}

# Of each: an address, settings, and where that leads.
KNOWN = {
    ryver: (
        {"webhook_url": "https://org.ryver.com/application/webhook/tok"},
        {},
        "https://org.ryver.com/application/webhook/tok",
    ),
    grafana_on_call: (
        {"webhook_url": "https://oncall.example/integrations/v1/formatted_webhook/tok/"},
        {},
        "https://oncall.example/integrations/v1/formatted_webhook/tok/",
    ),
    zulip: ({"channel": "orders"}, BOT, "https://chat.example.com/api/v1/messages"),
    getstream: (
        {"channel": "team:orders"},
        STREAM,
        "https://chat.stream-io-api.com/channels/team/orders/message?api_key=key1",
    ),
    rocket_chat: (
        {"channel": "GENERAL"},
        ROCKET,
        "https://rocket.example.com/api/v1/chat.sendMessage",
    ),
    whatsapp_business: (
        {"phone": "+49 170 123-4567"},
        META,
        "https://graph.facebook.com/v23.0/10612345/messages",
    ),
}
EACH = pytest.mark.parametrize("provider", KNOWN, ids=lambda provider: provider.id)


def build(provider, address=None, settings=None, **fields):
    known, own, _ = KNOWN[provider]
    given = known if address is None else address
    return provider.build(message(**fields), given, {**own, **(settings or {})})


def sent(provider, *given, **fields):
    return json.loads(build(provider, *given, **fields).body)


def form(*given, **fields):
    return {
        name: value
        for name, [value] in parse_qs(build(zulip, *given, **fields).body.decode()).items()
    }


@EACH
def test_a_message_is_posted_to_its_place(provider):
    request = build(provider)

    assert (request.method, request.url) == ("POST", KNOWN[provider][2])


@EACH
def test_overrides_do_not_lead_elsewhere(provider):
    evil = {
        "url": "https://evil.example",
        "webhook_url": "https://evil.example",
        "authorization": "x",
        "to": "x",
        "channel": "x",
        "rid": "x",
        "id": "x",
        "_id": "x",
        "user_id": "x",
        "recipient_type": "group",
    }

    assert build(provider, overrides=evil) == build(provider)


@EACH
def test_an_empty_message_is_never_sent(provider):
    with pytest.raises(Invalid):
        build(provider, subject="", text="")


@EACH
@pytest.mark.parametrize("address", [{}, {"email": "a@b.c"}, {"webhook_url": "http://x.example/"}])
def test_without_an_address_it_is_never_sent(provider, address):
    with pytest.raises(Invalid):
        build(provider, address)


@EACH
@pytest.mark.parametrize("said", ["@channel @**all**", "[a](https://x.example)", "help@here.com"])
def test_the_authors_words_are_sent_as_they_are(provider, said):
    body = build(provider, text=f"Hello {said}!").body.decode()
    written = parse_qs(body)["content"][0] if provider is zulip else json.dumps(json.loads(body))

    assert said in written


@EACH
@pytest.mark.parametrize("character", ["x", "я", "👨\u200d👩\u200d👧", "e\u0301"])
def test_what_is_too_long_is_cut_with_a_mark(provider, character):
    assert f"{character}…" in text_of(provider, text=character * 30_000)


@pytest.mark.parametrize(
    ("provider", "escape"), [(zulip, "&#42;"), (ryver, "\\*"), (getstream, "\\*")]
)
def test_no_escape_is_cut(provider, escape):
    assert f"{escape}…" in text_of(provider, text=escape * 30_000)


def text_of(provider, **fields):
    body = build(provider, **fields).body.decode()
    posted = parse_qs(body) if provider is zulip else json.loads(body)
    return json.dumps(posted, ensure_ascii=False).replace("\\\\", "\\")


@EACH
def test_a_repeated_message_is_the_same_request(provider):
    assert build(provider) == build(provider)


def test_ryver_gets_its_own_format_or_slacks():
    assert sent(ryver) == {
        "body": f"**Shipped**\n{TEXT}",
        "createSource": {"displayName": "Carillon", "avatar": None},
    }
    assert sent(ryver, None, {"format": "slack"}) == {"text": f"**Shipped**\n{TEXT}"}
    assert len(sent(ryver, text="x" * 9_000)["body"]) == 8_000


def test_grafana_gets_an_alert_that_is_one_however_often_it_comes():
    assert sent(grafana_on_call) == {
        "alert_uid": "dlv_1",
        "title": "Shipped",
        "message": TEXT,
        "state": "alerting",
    }
    resolved = {
        "state": "ok",
        "alert_uid": "order-7",
        "link_to_upstream_details": "https://x.example",
    }
    assert sent(grafana_on_call, overrides=resolved).items() >= resolved.items()


def test_zulips_bot_writes_to_a_stream_under_the_title():
    assert form() == {"type": "stream", "to": "orders", "topic": "Shipped", "content": TEXT}
    assert form(subject="")["topic"] == "notifications"
    assert len(form(subject="x" * 100)["topic"]) == 60
    assert len(form(text="x" * 20_000)["content"]) == 10_000
    authorization = build(zulip).headers["authorization"]
    assert base64.b64decode(authorization.removeprefix("Basic ")) == b"bot@example.com:k1"
    assert build(zulip).headers["content-type"] == "application/x-www-form-urlencoded"


def test_zulips_bot_writes_to_a_person():
    assert form({"channel": "ana@example.com"}) == {
        "type": "direct",
        "to": '["ana@example.com"]',
        "content": f"**Shipped**\n{TEXT}",
    }


def test_zulip_takes_what_slack_takes_at_a_webhook():
    url = "https://chat.example.com/api/v1/external/slack_incoming?api_key=k&stream=s"

    request = zulip.build(message(), {"webhook_url": url}, {})

    assert request.url == url
    assert json.loads(request.body) == {"text": f"*Shipped*\n{TEXT}"}


def test_zulip_needs_a_bot_for_a_stream():
    with pytest.raises(Invalid):
        zulip.build(message(), {"channel": "orders"}, {"site": BOT["site"]})


def test_stream_gets_a_message_with_our_id_and_a_servers_token():
    request = build(getstream)

    assert json.loads(request.body) == {
        "message": {"id": "dlv_1", "text": f"**Shipped**\n{TEXT}", "user_id": "carillon"}
    }
    assert request.headers["stream-auth-type"] == "jwt"
    assert request.headers["authorization"] == servers_token(SECRET)


def servers_token(secret):
    """By RFC 7515, the bytes of a token that says: a server."""
    signed = b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + part(b'{"server":true}')
    return (signed + b"." + part(hmac.digest(secret.encode(), signed, hashlib.sha256))).decode()


def part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


@pytest.mark.parametrize(
    "secret", ["-----BEGIN PRIVATE KEY-----\nYWJj\n-----END PRIVATE KEY-----", '{"kty":"oct"}']
)
def test_a_secret_that_cannot_sign_is_the_integrations_trouble(secret):
    with pytest.raises(NoAnswer) as raised:
        build(getstream, None, {"api_secret": secret})

    assert raised.value.result.outcome is Outcome.CONFIG


def test_a_channel_of_stream_is_of_type_messaging_unless_it_says():
    url = build(getstream, {"channel": "orders"}).url

    assert "/channels/messaging/orders/message?" in url


@pytest.mark.parametrize("channel", ["../x", "a/b", "a:b:c", "a?b", "a b", ":a", "a:"])
def test_nothing_is_spliced_into_streams_url(channel):
    with pytest.raises(Invalid):
        build(getstream, {"channel": channel})


def test_rocket_chat_gets_a_message_with_our_id():
    request = build(rocket_chat)

    assert json.loads(request.body) == {
        "message": {"_id": "dlv_1", "msg": f"*Shipped*\n{TEXT}", "rid": "GENERAL"}
    }
    assert request.headers["x-auth-token"] == "tok"
    assert request.headers["x-user-id"] == "u1"
    assert len(sent(rocket_chat, text="x" * 9_000)["message"]["msg"]) == 5_000


def test_rocket_chats_token_goes_to_the_integrations_server_only():
    address = {"channel": "GENERAL", "webhook_url": "https://evil.example"}

    assert build(rocket_chat, address) == build(rocket_chat)


def test_whatsapp_gets_a_text():
    request = build(whatsapp_business)

    assert json.loads(request.body) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "491701234567",
        "type": "text",
        "text": {"body": f"*Shipped*\n{TEXT}", "preview_url": False},
        "biz_opaque_callback_data": "dlv_1",
    }
    assert request.headers["authorization"] == "Bearer EAAG"
    assert len(sent(whatsapp_business, text="x" * 9_000)["text"]["body"]) == 4_096


def test_whatsapp_gets_a_template_where_the_caller_has_one():
    template = {"name": "shipped", "language": {"code": "en"}, "components": []}

    body = sent(whatsapp_business, overrides={"template": template}, text="", subject="")

    assert (body["type"], body["template"]) == ("template", template)


@pytest.mark.parametrize("phone", ["", "ana", "+0123456", "12", "1" * 20, "+49170x"])
def test_what_is_no_phone_number_is_never_sent(phone):
    with pytest.raises(Invalid):
        build(whatsapp_business, {"phone": phone})


@pytest.mark.parametrize(
    ("provider", "settings"),
    [
        (ryver, {"format": "hunter2"}),
        (zulip, {**BOT, "site": "http://hunter2.example"}),
        (zulip, {**BOT, "bot_email": "hunter2"}),
        (getstream, {**STREAM, "api_key": "hunter2&x"}),
        (rocket_chat, {**ROCKET, "base_url": "hunter2"}),
        (rocket_chat, {**ROCKET, "auth_token": "hunter2\r\nx: y"}),
        (whatsapp_business, {**META, "phone_number_id": "../hunter2"}),
        (whatsapp_business, {**META, "api_version": "hunter2"}),
        (whatsapp_business, {**META, "access_token": "hunter2\n"}),
    ],
)
def test_settings_that_cannot_work_are_told_without_repeating_them(provider, settings):
    problems = provider.check(settings)

    assert problems
    assert "hunter2" not in str(problems)
