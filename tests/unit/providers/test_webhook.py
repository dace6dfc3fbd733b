"""The generic webhook: what is sent, and that receivers can tell that it is ours."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from carillon.domain.base import network
from carillon.domain.base.errors import Invalid
from carillon.providers import signing
from carillon.providers.registry import Providers
from tests.unit.providers.messages import message

webhook = Providers().get("webhook")

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SETTINGS = {"url": "https://receiver.example/hook", "secret": SECRET}


def test_the_signature_is_that_of_the_specifications_vector():
    body = (
        b'{"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z",'
        b'"data":{"id":"1f81eb52-5198-4599-803e-771906343485"}}'
    )

    signed = signing.sign(
        "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1674087231, body, [signing.key(SECRET)]
    )

    assert signed == "v1,4PMU5Dl90B4kgwxDpwuMZ/cnZ5ztf+Y+kviYQD66rJg="


def test_the_request_is_what_the_specification_wants():
    request = webhook.build(message(), {}, {**SETTINGS, "headers": {"X-Tenant": "a"}})

    assert (request.method, request.url) == ("POST", "https://receiver.example/hook")
    assert request.body == (
        b'{"type":"order-shipped","timestamp":"2026-11-01T09:30:00.250000Z","data":{"order":7}}'
    )
    assert request.headers["webhook-id"] == "dlv_1"
    assert request.headers["webhook-timestamp"] == "1793525405"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("Carillon/")
    assert request.headers["X-Tenant"] == "a"


def test_a_notice_says_it_in_words_and_is_signed_all_the_same():
    said = replace(message(), subject="Shipped", text="Order 7 is on its way.")
    request = webhook.build(said, {}, SETTINGS | {"format": "notice"})

    assert json.loads(request.body) == {
        "id": "dlv_1",
        "title": "Shipped",
        "message": "Order 7 is on its way.",
        "created_at": "2026-11-01T09:30:00.250000Z",
    }
    assert request.headers["webhook-signature"].startswith("v1,")


def test_a_notice_without_a_template_tells_the_type_and_the_data():
    bare = replace(message(), subject="", text="")
    notice = json.loads(webhook.build(bare, {}, SETTINGS | {"format": "notice"}).body)

    assert (notice["title"], notice["message"]) == ("order-shipped", '{"order":7}')


def test_another_attempt_has_the_same_id_and_another_time():
    first, second = (
        webhook.build(replace(message(), attempted_at=at), {}, SETTINGS).headers
        for at in (
            datetime(2026, 11, 1, tzinfo=UTC),
            datetime(2026, 11, 1, 2, 0, 5, tzinfo=timezone(timedelta(hours=2))),
        )
    )

    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 5


def test_receivers_verify_it_with_the_published_library():
    now = message(attempted_at=datetime.now(UTC), data={"näme": "Zoë", "list": [1, None]})
    request = webhook.build(now, {}, SETTINGS)

    verified = Webhook(SECRET).verify(request.body, dict(request.headers))

    assert verified["data"] == {"näme": "Zoë", "list": [1, None]}
    assert request.body.isascii()


def test_while_a_secret_is_rotated_both_verify():
    new = signing.new_secret()
    settings = {**SETTINGS, "secret": new, "previous_secret": SECRET}
    request = webhook.build(message(attempted_at=datetime.now(UTC)), {}, settings)

    for secret in (new, SECRET):
        Webhook(secret).verify(request.body, dict(request.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(request.body, dict(request.headers))


@given(body=st.binary(min_size=1, max_size=200), bit=st.integers(0, 10_000))
def test_any_changed_bit_shows(body, bit):
    keys = [signing.key(SECRET)]
    changed = bytearray(body)
    changed[bit // 8 % len(body)] ^= 1 << bit % 8

    assert signing.sign("m", 1, body, keys) != signing.sign("m", 1, bytes(changed), keys)


def test_a_missing_secret_is_made_once_and_kept():
    prepared = webhook.prepare({"url": SETTINGS["url"]})

    assert prepared["secret"].startswith("whsec_")
    assert len(signing.key(prepared["secret"])) == 32
    assert webhook.prepare(prepared) == prepared
    assert json.dumps(prepared)


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({}, "url"),
        ({"url": "http://receiver.example"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "https://u:p@receiver.example"}, "url"),
        ({"url": "https://receiver.example:99999"}, "url"),
        ({"url": "https://receiver.example/\r\nX: y"}, "url"),
        ({"url": "https://receiver.example/#part"}, "url"),
        ({"url": "https://[::1"}, "url"),
        ({"url": 7}, "url"),
        ({"url": "https://" + "a" * 2050}, "url"),
        ({**SETTINGS, "secret": "whsec_short"}, "secret"),
        ({**SETTINGS, "secret": "whsec_AAAA"}, "secret"),
        ({**SETTINGS, "secret": SECRET[6:]}, "secret"),
        ({**SETTINGS, "previous_secret": "x"}, "previous_secret"),
        ({**SETTINGS, "more": 1}, "more"),
        ({**SETTINGS, "headers": {"X": "a\r\nB: c"}}, "headers.X"),
        ({**SETTINGS, "headers": {"X": " a"}}, "headers.X"),
        ({**SETTINGS, "headers": {"X Y": "a"}}, "headers.X Y"),
        *(
            ({**SETTINGS, "headers": {name: "a"}}, f"headers.{name}")
            for name in (
                "Host",
                "content-length",
                "Transfer-Encoding",
                "Connection",
                "Upgrade",
                "TE",
                "Trailer",
                "Proxy-Authorization",
                "webhook-id",
                "Webhook-Signature",
                "Accept-Encoding",
            )
        ),
    ],
)
def test_settings_that_cannot_work_are_told_with_their_path(settings, path):
    problems = webhook.check(settings)

    assert [problem.within for problem in problems] == [path]
    assert problems[0].value is None
    with pytest.raises(Invalid):
        webhook.prepare(settings)


def test_a_host_in_another_script_is_kept_as_dns_knows_it():
    prepared = webhook.prepare({"url": "https://bücher.example:8443/grüße?a=1"})

    assert prepared["url"] == "https://xn--bcher-kva.example:8443/grüße?a=1"


@pytest.mark.parametrize("host", ["faß.example", "a\u200db.example", "bü..example", "ü" * 70])
def test_a_host_that_would_become_another_is_refused(host):
    assert [problem.within for problem in webhook.check({"url": f"https://{host}/"})] == ["url"]


def test_a_problem_repeats_no_secret():
    problems = webhook.check({"url": "https://u:hunter2@receiver.example", "secret": "hunter2"})

    assert problems
    assert "hunter2" not in repr(problems)


@pytest.mark.parametrize("url", ["http://127.0.0.1:4000/webhook/a", "http://localhost:4000/"])
def test_a_stack_on_one_machine_alone_may_speak_to_itself(monkeypatch, url):
    assert webhook.check({"url": url})

    monkeypatch.setattr(network, "LOCAL_HOSTS", frozenset({"127.0.0.1", "localhost"}))

    assert webhook.check({"url": url}) == []


@pytest.mark.parametrize("data", [{"a": float("nan")}, {"a": object()}, {1j: 1}])
def test_data_that_is_no_json_is_never_sent(data):
    with pytest.raises(Invalid):
        webhook.build(message(data=data), {}, SETTINGS)
