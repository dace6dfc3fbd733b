"""Push services: what is sent to each, field by field. APNs and FCM are in test_mobile."""

import hashlib
import hmac
import json
import uuid

import pytest
from standardwebhooks import Webhook

from carillon.domain.base.errors import Invalid
from carillon.providers.registry import Providers
from tests.unit.providers.messages import message

PROVIDERS = Providers()
expo = PROVIDERS.get("expo")
one_signal = PROVIDERS.get("one-signal")
push_webhook = PROVIDERS.get("push-webhook")
pusher_beams = PROVIDERS.get("pusher-beams")
pushpad = PROVIDERS.get("pushpad")

TEXT = "It is on its way."
APP = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
SUBSCRIPTION = "0a1b2c3d-5717-4562-b3fc-2c963f66afa6"
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
EXPO_TOKEN = "ExponentPushToken[xxxxxxxxxxxxxxxxxxxxxx]"

# Of each: a device token, settings, and where that leads.
KNOWN = {
    expo: (EXPO_TOKEN, {}, "https://exp.host/--/api/v2/push/send"),
    one_signal: (
        SUBSCRIPTION,
        {"app_id": APP, "api_key": "os_v2_app_x"},
        "https://api.onesignal.com/notifications",
    ),
    pushpad: (
        "user1",
        {"auth_token": "tok", "project_id": "123"},
        "https://pushpad.xyz/api/v1/projects/123/notifications",
    ),
    push_webhook: (
        "t1",
        {"url": "https://push.example/hook", "secret": SECRET},
        "https://push.example/hook",
    ),
    pusher_beams: (
        "user1",
        {"instance_id": APP, "secret_key": "sk"},
        f"https://{APP}.pushnotifications.pusher.com/publish_api/v1/instances/{APP}/publishes/users",
    ),
}
EACH = pytest.mark.parametrize("provider", KNOWN, ids=lambda provider: provider.id)


def build(provider, settings=None, address=None, **fields):
    token, own, _ = KNOWN[provider]
    given = {"device_token": token} if address is None else address
    return provider.build(message(**fields), given, {**own, **(settings or {})})


def sent(provider, *given, **fields):
    return json.loads(build(provider, *given, **fields).body)


@EACH
def test_a_push_is_posted_to_its_service(provider):
    request = build(provider)

    assert (request.method, request.url) == ("POST", KNOWN[provider][2])


@EACH
def test_overrides_do_not_lead_elsewhere(provider):
    evil = {
        "to": "x",
        "uids": ["x"],
        "users": ["x"],
        "tags": ["x"],
        "app_id": "x",
        "included_segments": ["All"],
        "include_subscription_ids": ["x"],
        "idempotency_key": "x",
        "target": ["x"],
        "authorization": "x",
    }
    plain, tried = sent(provider), sent(provider, overrides=evil)
    # What a tenant's own service is told of the overrides is for it to read.
    for body in (plain, tried):
        body.pop("overrides", None)

    assert tried == plain
    assert build(provider, overrides=evil).url == build(provider).url


@EACH
def test_an_empty_message_is_never_sent(provider):
    with pytest.raises(Invalid):
        build(provider, subject="", text="")


@EACH
@pytest.mark.parametrize("address", [{}, {"device_token": ""}, {"email": "a@b.c"}])
def test_without_a_device_it_is_never_sent(provider, address):
    with pytest.raises(Invalid):
        build(provider, address=address)


@EACH
def test_data_that_is_no_json_is_never_sent(provider):
    with pytest.raises(Invalid):
        build(provider, data={"n": float("nan")})


@pytest.mark.parametrize("provider", [expo, one_signal, pushpad, pusher_beams])
def test_what_is_too_large_is_never_sent(provider):
    with pytest.raises(Invalid):
        build(provider, data={"x": "y" * 12_000})


@pytest.mark.parametrize("provider", [expo, one_signal, pushpad, pusher_beams])
@pytest.mark.parametrize("text", ["ж" * 800, "字" * 800, "\N{BELL}" * 400])
def test_a_message_is_as_large_as_its_reader_finds_it_in_every_script(provider, text):
    assert text in json.dumps(sent(provider, text=text), ensure_ascii=False)


@pytest.mark.parametrize("provider", [expo, one_signal, pushpad, pusher_beams])
def test_half_a_character_breaks_no_size_check(provider):
    assert build(provider, text="\ud83d").body.isascii()


def test_expo_counts_4096_bytes_without_the_token():
    frame = len('{"body":"","data":{"x":""}}')

    build(expo, subject="", text="ж", data={"x": "y" * (4096 - frame - 2)})
    with pytest.raises(Invalid):
        build(expo, subject="", text="ж", data={"x": "y" * (4096 - frame - 1)})


def test_expo_gets_one_message():
    request = build(expo)

    assert json.loads(request.body) == {
        "to": EXPO_TOKEN,
        "title": "Shipped",
        "body": TEXT,
        "data": {"order": 7},
    }
    assert "authorization" not in request.headers
    secured = build(expo, {"access_token": "tok"})
    assert secured.headers["authorization"] == "Bearer tok"
    assert (
        sent(expo, overrides={"sound": "default", "badge": 1}).items()
        >= {
            "sound": "default",
            "badge": 1,
        }.items()
    )


def test_onesignal_gets_one_subscription_and_a_key_that_stays():
    request = build(one_signal)

    body = json.loads(request.body)
    key = body.pop("idempotency_key")
    assert body == {
        "app_id": APP,
        "target_channel": "push",
        "include_subscription_ids": [SUBSCRIPTION],
        "headings": {"en": "Shipped"},
        "contents": {"en": TEXT},
        "data": {"order": 7},
    }
    assert uuid.UUID(key).version == 5
    assert key == sent(one_signal)["idempotency_key"]
    assert key != sent(one_signal, id="dlv_2")["idempotency_key"]
    assert request.headers["authorization"] == "Key os_v2_app_x"


def test_a_title_alone_is_what_onesignal_shows():
    assert sent(one_signal, text="")["contents"] == {"en": "Shipped"}


def test_pushpad_gets_the_one_user():
    request = build(pushpad)

    assert json.loads(request.body) == {
        "title": "Shipped",
        "body": TEXT,
        "uids": ["user1"],
        "custom_data": '{"order":7}',
    }
    assert request.headers["authorization"] == "Bearer tok"
    assert request.headers["accept"] == "application/json"
    assert sent(pushpad, data={"name": "Zoë"})["custom_data"] == '{"name":"Zoë"}'


def test_the_tenants_own_service_gets_novus_body_with_a_signature_that_verifies():
    request = build(push_webhook, overrides={"sound": "x"})

    assert json.loads(request.body) == {
        "target": ["t1"],
        "title": "Shipped",
        "content": TEXT,
        "overrides": {"sound": "x"},
        "payload": {"order": 7},
    }
    assert request.headers["webhook-id"] == "dlv_1"
    assert "x-novu-signature" not in request.headers


def test_the_tenants_own_service_can_verify_it():
    from datetime import UTC, datetime  # noqa: PLC0415 - verification wants a time of now

    request = build(push_webhook, attempted_at=datetime.now(UTC))

    assert Webhook(SECRET).verify(request.body, dict(request.headers))["target"] == ["t1"]


def test_novus_signature_is_there_for_who_wants_it():
    request = build(push_webhook, {"novu_signature": True})

    expected = hmac.digest(SECRET.encode(), request.body, hashlib.sha256).hex()
    assert request.headers["x-novu-signature"] == expected


def test_a_missing_secret_is_made():
    made = push_webhook.prepare({"url": "https://push.example/hook"})

    assert made["secret"].startswith("whsec_")


def test_pusher_gets_one_user_on_every_platform():
    request = build(pusher_beams)

    words = {"title": "Shipped", "body": TEXT}
    assert json.loads(request.body) == {
        "users": ["user1"],
        "apns": {"aps": {"alert": words}, "data": {"order": 7}},
        "fcm": {"notification": words, "data": {"order": 7}},
        "web": {"notification": words, "data": {"order": 7}},
    }
    assert request.headers["authorization"] == "Bearer sk"


@pytest.mark.parametrize(
    ("provider", "settings"),
    [
        (expo, {"access_token": "hunter2\r\nx: y"}),
        (one_signal, {"app_id": "hunter2", "api_key": "x"}),
        (one_signal, {"app_id": APP, "api_key": "hunter2 \n"}),
        (pushpad, {"auth_token": "x", "project_id": "hunter2/../1"}),
        (push_webhook, {"url": "http://hunter2.example", "secret": SECRET}),
        (push_webhook, {"url": "https://push.example", "secret": "hunter2"}),
        (pusher_beams, {"instance_id": "hunter2.evil.example/", "secret_key": "x"}),
        (pusher_beams, {"instance_id": APP.upper(), "secret_key": "hunter2"}),
    ],
)
def test_settings_that_cannot_work_are_told_without_repeating_them(provider, settings):
    problems = provider.check(settings)

    assert problems
    assert "hunter2" not in str(problems)
