"""An event type's real words, sent now: what the target said, and how long it took."""

import pytest

from carillon.domain.delivery.transport import Response
from tests import canaries, fakes

EVENT = {"slug": "order-shipped", "name": "Order shipped", "sample": {"order": "A-1"}}
PATH = "/event-types/order-shipped/test"
MAIL = {"medium": "email", "subject": "Order {{ order }}", "body": "It is on its way"}


@pytest.fixture
def egress():
    return fakes.Egress(lambda _: Response(status=200, body=b'{"MessageId": "m-1"}'))


@pytest.fixture
def acme(egress, ports, acme):
    object.__setattr__(ports, "egress", egress)
    acme.ok("POST", "/event-types", EVENT)
    acme.ok("PUT", "/event-types/order-shipped/templates", MAIL)
    settings = {"from": "hello@carillon.example"}
    acme.ok("POST", "/integrations", {"provider": "ses", "settings": settings})
    return acme


def test_what_was_sent_is_told_with_its_time(acme, egress):
    address = {"email": canaries.EMAIL}

    told = acme.ok("POST", PATH, {"medium": "email", "address": address, "cc": ["cy@example.com"]})

    assert told["sent"] is True
    assert (told["outcome"], told["provider"], told["http_status"]) == ("sent", "ses", 200)
    assert told["message_id"] == "m-1"
    assert told["latency_ms"] >= 0
    assert told["answer"] == '{"MessageId": "m-1"}'
    [request] = egress.requests
    assert request.arguments["Destination"]["CcAddresses"] == ["cy@example.com"]
    assert request.arguments["Content"]["Simple"]["Subject"]["Data"] == "Order A-1"


def test_an_sms_of_the_installations_account_counts_for_its_tenants_month(acme, ports):
    acme.ok("POST", "/integrations", {"provider": "sns", "settings": {}})
    acme.ok("PUT", "/event-types/order-shipped/templates", {"medium": "sms", "body": "Shipped"})

    asked = {"medium": "sms", "address": {"phone": "+15557730100"}}
    told = acme.ok("POST", PATH, asked)

    assert (told["outcome"], told["provider"]) == ("sent", "sns")
    assert sum(ports.spending.parts.values()) == 1


def test_what_was_refused_is_told_with_the_targets_words(acme, egress):
    refusal = b'{"code": "MessageRejected", "message": "Email address is not verified."}'
    egress._answer = lambda _: Response(status=400, body=refusal)

    told = acme.ok("POST", PATH, {"medium": "email"})

    assert told["sent"] is False
    assert (told["outcome"], told["http_status"]) == ("config", 400)
    assert "not verified" in told["answer"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"medium": "push"}, "medium"),
        ({"medium": "chat"}, "integration"),
        ({"medium": "email", "integration": "no-such"}, "integration"),
        ({"medium": "pigeon"}, "medium"),
        ({"medium": "email", "cc": ["nobody"]}, "cc.0"),
    ],
)
def test_what_cannot_be_sent_at_all_is_refused(acme, egress, body, path):
    assert set(acme.problems("POST", PATH, body)) == {path}
    assert not egress.requests


def test_an_unknown_event_type_and_another_tenants_are_not_found(acme, globex):
    assert acme("POST", "/event-types/no-such/test", {"medium": "email"}).status == 404
    assert globex("POST", PATH, {"medium": "email"}).status == 404
