"""APNs and FCM: what is sent, and how it is signed."""

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta
from importlib import import_module
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from carillon.domain.base.errors import Invalid
from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import Http2Request, NoAnswer, Response
from carillon.providers import keys
from carillon.providers.registry import Providers
from tests.unit.providers.messages import message

PROVIDERS = Providers()
apns = PROVIDERS.get("apns")
fcm = PROVIDERS.get("fcm")

ATTEMPTED = datetime(2026, 11, 1, 9, 30, 5, tzinfo=UTC)
HALF_HOUR = int(datetime(2026, 11, 1, 9, 30, tzinfo=UTC).timestamp())


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


CURVE = ec.generate_private_key(ec.SECP256R1())
LONG_CURVE = ec.generate_private_key(ec.SECP384R1())
EDWARDS = ed25519.Ed25519PrivateKey.generate()
# PKCS #8 around an algorithm of the object identifier 1.2.3.4.
OF_NO_KIND = "-----BEGIN PRIVATE KEY-----\nMA4CAQAwBQYDKgMEBAJhYg==\n-----END PRIVATE KEY-----\n"
RSA = rsa.generate_private_key(65_537, 2048)

DEVICE = "ab" * 32
APNS = {
    "key": pem(CURVE),
    "key_id": "ABC123DEFG",
    "team_id": "DEF123GHIJ",
    "bundle_id": "com.example.app",
}
ACCOUNT = {
    "type": "service_account",
    "project_id": "carillon-demo",
    "private_key_id": "k1",
    "private_key": pem(RSA),
    "client_email": "sender@carillon-demo.iam.gserviceaccount.com",
    "token_uri": "https://evil.example/token",
    "universe_domain": "evil.example",
}
FCM = fcm.prepare({"service_account": ACCOUNT})


def push(**fields):
    return apns.build(message(**fields), {"device_token": DEVICE}, APNS)


def cloud(**fields):
    return fcm.build(message(**fields), {"device_token": "t1"}, FCM)


def sent(request):
    return json.loads(request.body)


def part(text):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def signature(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# ------------------------------------------------------------------------------------- APNs


def test_a_push_is_what_apple_documents():
    request = push()

    assert isinstance(request, Http2Request)
    assert request.method == "POST"
    assert request.url == f"https://api.push.apple.com/3/device/{DEVICE}"
    assert request.pool == "DEF123GHIJ/ABC123DEFG"
    headers = dict(request.headers)
    assert headers.pop("authorization").startswith("bearer ")
    assert uuid.UUID(headers.pop("apns-id"))
    assert headers == {
        "apns-collapse-id": "dlv_1",
        "apns-priority": "10",
        "apns-push-type": "alert",
        "apns-topic": "com.example.app",
        "content-type": "application/json",
    }
    assert sent(request) == {
        "aps": {"alert": {"title": "Shipped", "body": "It is on its way."}},
        "order": 7,
    }


def test_a_repeated_push_has_the_same_ids():
    first, again = push(), push(attempted_at=ATTEMPTED + timedelta(hours=2))

    for name in ("apns-id", "apns-collapse-id"):
        assert first.headers[name] == again.headers[name]
    assert first.headers["apns-id"] != push(id="dlv_2").headers["apns-id"]


def test_apples_token_is_signed_by_the_teams_key_and_made_on_the_half_hour():
    header, claims, signed = push().headers["authorization"].removeprefix("bearer ").split(".")

    assert part(header) == {"alg": "ES256", "kid": "ABC123DEFG"}
    assert part(claims) == {"iss": "DEF123GHIJ", "iat": HALF_HOUR}
    halves = signature(signed)
    der = utils.encode_dss_signature(int.from_bytes(halves[:32]), int.from_bytes(halves[32:]))
    CURVE.public_key().verify(der, f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


def test_apples_token_is_the_same_for_half_an_hour():
    def token(minutes):
        return push(attempted_at=ATTEMPTED + timedelta(minutes=minutes)).headers["authorization"]

    assert token(0) == token(29)
    assert token(0) != token(30)


def test_all_workers_bring_apple_the_same_token():
    def token():
        module.cache_clear()  # as another process has none
        return push().headers["authorization"]

    module = import_module("carillon.providers.apns")._provider_token

    assert len({token() for _ in range(20)}) == 1


def test_a_signature_is_that_of_rfc_6979():
    """https://www.rfc-editor.org/rfc/rfc6979#appendix-A.2.5, SHA-256 of `sample`"""
    private = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    r = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
    s = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
    es256 = keys._signer().get_algorithm_by_name("ES256")

    signed = es256.sign(b"sample", ec.derive_private_key(private, ec.SECP256R1()))

    assert signed == r.to_bytes(32) + s.to_bytes(32)


def test_a_token_that_apple_refuses_is_tried_once_more_as_a_younger_one():
    request = push(attempted_at=ATTEMPTED + timedelta(minutes=20))

    _, claims, _ = request.renewal.headers["authorization"].removeprefix("bearer ").split(".")
    assert part(claims)["iat"] == HALF_HOUR + 20 * 60
    refusal = Response(status=403, body=b'{"reason":"ExpiredProviderToken"}')
    assert request.renewal.answers(refusal)
    assert not request.renewal.answers(Response(status=403, body=b'{"reason":"Forbidden"}'))
    assert push().renewal is None  # none is younger yet


def test_the_sandbox_is_used_where_it_is_wanted():
    request = apns.build(message(), {"device_token": DEVICE}, {**APNS, "production": False})

    assert request.url.startswith("https://api.sandbox.push.apple.com/3/device/")


def test_overrides_say_how_a_push_appears_and_not_where_it_goes():
    request = push(
        overrides={
            "badge": 3,
            "sound": "ping.aiff",
            "thread-id": "orders",
            "push_type": "background",
            "priority": 5,
            "expiration": 0,
            "apns-topic": "com.evil.app",
            "device_token": "cd" * 32,
            "url": "https://evil.example",
        }
    )

    assert request.url.endswith(DEVICE)
    assert request.headers["apns-topic"] == "com.example.app"
    assert request.headers["apns-push-type"] == "background"
    assert request.headers["apns-priority"] == "5"
    assert request.headers["apns-expiration"] == "0"
    assert sent(request)["aps"] == {
        "alert": {"title": "Shipped", "body": "It is on its way."},
        "badge": 3,
        "sound": "ping.aiff",
        "thread-id": "orders",
    }


def test_data_cannot_take_the_place_of_what_is_shown():
    assert sent(push(data={"aps": {"alert": "evil"}}))["aps"]["alert"]["title"] == "Shipped"


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "", "text": ""},
        {"text": "x" * 4096},
        {"data": {"n": float("nan")}},
        {"overrides": {"priority": 11}},
        {"overrides": {"push_type": "voip"}},
    ],
)
def test_what_apple_would_refuse_is_not_sent(fields):
    with pytest.raises(Invalid):
        push(**fields)


@pytest.mark.parametrize("token", ["", "xyz", "ab/../../evil", "a" * 300, DEVICE + "?"])
def test_what_is_no_device_token_is_not_spliced_into_a_url(token):
    with pytest.raises(Invalid):
        apns.build(message(), {"device_token": token}, APNS)


# -------------------------------------------------------------------------------------- FCM


def test_a_message_is_what_google_documents():
    request = cloud().request

    assert request.method == "POST"
    assert request.url == "https://fcm.googleapis.com/v1/projects/carillon-demo/messages:send"
    assert request.headers == {"content-type": "application/json; charset=utf-8"}
    assert sent(request) == {
        "message": {
            "token": "t1",
            "notification": {"title": "Shipped", "body": "It is on its way."},
            "data": {"order": "7"},
        }
    }


def test_the_token_is_asked_of_google_whatever_the_file_says():
    grant = cloud().grant

    assert grant.url == "https://oauth2.googleapis.com/token"
    assert grant.headers == {"content-type": "application/x-www-form-urlencoded"}
    form = parse_qs(grant.body.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    header, claims, signed = form["assertion"][0].split(".")
    assert part(header) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    assert part(claims) == {
        "iss": "sender@carillon-demo.iam.gserviceaccount.com",
        "scope": "https://www.googleapis.com/auth/firebase.messaging",
        "aud": "https://oauth2.googleapis.com/token",
        "iat": HALF_HOUR,
        "exp": HALF_HOUR + 3600,
    }
    RSA.public_key().verify(
        signature(signed), f"{header}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
    )


def test_all_of_half_an_hour_asks_with_the_same_grant():
    first = cloud().grant
    later = cloud(attempted_at=ATTEMPTED + timedelta(minutes=29)).grant
    next_one = cloud(attempted_at=ATTEMPTED + timedelta(minutes=30)).grant

    assert first == later
    assert first != next_one


def test_of_googles_file_only_what_is_needed_is_kept():
    kept = json.loads(FCM["service_account"])

    assert kept.keys() == {"project_id", "client_email", "private_key_id", "private_key"}
    assert fcm.prepare({"service_account": json.dumps(ACCOUNT)}) == FCM


def test_data_are_strings_without_the_names_that_are_taken():
    data = {"n": 1.5, "list": [1], "text": "é", "from": "x", "google.a": "x", "gcm_b": "x"}

    message = sent(cloud(data=data).request)["message"]

    assert message["data"] == {"n": "1.5", "list": "[1]", "text": "é"}


def test_the_app_may_be_left_to_show_it():
    message = sent(cloud(overrides={"type": "data"}).request)["message"]

    assert "notification" not in message
    words = "It is on its way."
    assert message["data"] == {"order": "7", "title": "Shipped", "body": words, "message": words}


def test_overrides_say_how_a_message_appears_and_not_where_it_goes():
    request = cloud(
        overrides={
            "android": {"priority": "high"},
            "token": "t2",
            "topic": "all",
            "condition": "'x' in topics",
        }
    ).request

    message = sent(request)["message"]
    assert message["token"] == "t1"
    assert message["android"] == {"priority": "high"}
    assert not message.keys() & {"topic", "condition"}


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "", "text": "", "data": {"order": 7}},
        {"text": "x" * 4096},
        {"data": {"n": float("nan")}},
        {"overrides": {"android": {"n": float("nan")}}},
    ],
)
def test_what_google_would_refuse_is_not_sent(fields):
    with pytest.raises(Invalid):
        cloud(**fields)


# --------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("provider", "settings"),
    [
        (apns, {**APNS, "key": "hunter2"}),
        (apns, {**APNS, "key": "-----BEGIN PRIVATE KEY-----\nhunter2!\n-----END PRIVATE KEY-----"}),
        (apns, {**APNS, "team_id": "hunter2/../"}),
        (apns, {**APNS, "bundle_id": "hunter2\r\nx: y"}),
        (fcm, {"service_account": "hunter2"}),
        (fcm, {"service_account": {**ACCOUNT, "private_key": "hunter2"}}),
        (fcm, {"service_account": {**ACCOUNT, "project_id": "hunter2/../x"}}),
        (fcm, {"service_account": ["hunter2"]}),
    ],
)
def test_settings_that_cannot_work_are_told_without_repeating_them(provider, settings):
    problems = provider.check(settings)

    assert problems
    assert "hunter2" not in str(problems)


@pytest.mark.parametrize(
    "build",
    [
        lambda: apns.build(message(), {"device_token": DEVICE}, {**APNS, "key": pem(RSA)}),
        lambda: fcm.build(
            message(),
            {"device_token": "t"},
            fcm.prepare({"service_account": {**ACCOUNT, "private_key": pem(CURVE)}}),
        ),
        lambda: apns.build(
            message(),
            {"device_token": DEVICE},
            {**APNS, "key": "-----BEGIN PRIVATE KEY-----\nYWJj\n-----END PRIVATE KEY-----"},
        ),
        lambda: apns.build(message(), {"device_token": DEVICE}, {**APNS, "key": pem(LONG_CURVE)}),
        lambda: apns.build(message(), {"device_token": DEVICE}, {**APNS, "key": pem(EDWARDS)}),
        lambda: apns.build(message(), {"device_token": DEVICE}, {**APNS, "key": OF_NO_KIND}),
    ],
    ids=[
        "rsa for apple",
        "curve for google",
        "no key at all",
        "another curve for apple",
        "edwards for apple",
        "a kind that nobody knows",
    ],
)
def test_a_key_that_cannot_sign_is_the_integrations_trouble(build):
    with pytest.raises(NoAnswer) as raised:
        build()

    assert raised.value.result.outcome is Outcome.CONFIG
    assert raised.value.result.code == "unusable_private_key"
