"""What subscriptions' own endpoints are sent, byte by byte; the rest is tests/unit/sailpoint."""

import json

import pytest

from carillon.domain.base.errors import Invalid
from carillon.domain.delivery.dispatches import id_of, secret_of
from carillon.domain.subscriptions.subscriptions import AnswerMode
from carillon.providers.registry import Providers
from tests import canaries
from tests.unit.providers.messages import message

PROVIDERS = Providers()
eventbridge_endpoint = PROVIDERS.get("eventbridge-endpoint")
http_endpoint = PROVIDERS.get("http-endpoint")

CALLBACK = "https://api.example/beta/trigger-invocations"
KEY = "k" * 43
HTTP = {"endpoint": "https://hooks.example/x", "callback": CALLBACK, "key": KEY}
BUS = {
    "account": "123456789012",
    "region": "eu-central-1",
    "callback": CALLBACK,
    "key": KEY,
}
ID = id_of("dlv_1")


def test_a_key_is_made_once_and_kept():
    given = {name: value for name, value in HTTP.items() if name != "key"}

    made = http_endpoint.prepare(given)

    assert len(made["key"]) >= 32
    assert http_endpoint.prepare(made) == made
    assert http_endpoint.prepare(given)["key"] != made["key"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://hooks.example/x"},
        {"user_name": "ana"},
        {"password": "x"},
        {"user_name": "a:b", "password": "x"},
        {"user_name": "ana", "password": "x\r\ny: z"},
        {"bearer_token": "a b"},
        {"bearer_token": "a\r\nx: y"},
        {"user_name": "ana", "password": "x", "bearer_token": "t"},
        {"key": "short"},
        {"method": "GET"},
    ],
)
def test_settings_that_cannot_be_sent_are_refused(wrong):
    assert http_endpoint.check(HTTP | wrong)


def test_a_caller_cannot_say_what_we_say():
    data = {"order": 7, "_metadata": {"callbackURL": canaries.WEBHOOK_URL}}

    request = http_endpoint.build(message(data=data), {}, HTTP)

    assert json.loads(request.body)["_metadata"] == {
        "triggerId": "order-shipped",
        "invocationId": ID,
        "triggerType": "fireAndForget",
    }


def test_an_event_bus_gets_an_entry_of_ours():
    asked = message(answer_mode=AnswerMode.ASYNC)

    request = eventbridge_endpoint.build(asked, {}, BUS)

    detail = json.loads(request.entry["Detail"])
    assert request.region == "eu-central-1"
    assert request.entry == {
        "Source": "carillon/acme",
        "DetailType": "order-shipped",
        "Detail": request.entry["Detail"],
        "EventBusName": "arn:aws:events:eu-central-1:123456789012:event-bus/default",
    }
    assert detail == {
        "order": 7,
        "_metadata": {
            "triggerId": "order-shipped",
            "invocationId": ID,
            "triggerType": "requestResponse",
            "responseMode": "async",
            "callbackURL": f"{CALLBACK}/{ID}/complete",
            "secret": secret_of(KEY, ID),
        },
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": "1"},
        {"region": "eu"},
        {"region": "eu-central-1.evil.example"},
        {"source": "aws.partner/sailpoint.com"},
    ],
)
def test_a_bus_that_cannot_be_is_refused(wrong):
    assert eventbridge_endpoint.check(BUS | wrong)


def test_an_entry_that_is_too_large_is_not_sent():
    with pytest.raises(Invalid):
        eventbridge_endpoint.build(message(data={"x": "y" * 300_000}), {}, BUS)
