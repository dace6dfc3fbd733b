"""The names of templates are published: those that are here stay as they are."""

from datetime import UTC, datetime

from carillon.domain.delivery import vocabulary
from carillon.domain.delivery.deliveries import EventDetails
from tests import builders as a

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_subscriber_has_novus_names_for_what_is_not_empty():
    ana = a.subscriber("ana", first_name="Ana", email="ana@example.com", data={"plan": "pro"})

    assert vocabulary.of_subscriber(ana) == {
        "subscriberId": "ana",
        "firstName": "Ana",
        "email": "ana@example.com",
        "data": {"plan": "pro"},
    }


def test_every_name_within_a_subscriber_has_a_value():
    names = {str(name) for name in vocabulary.OfSubscriber}
    whole = a.subscriber(
        "ana",
        first_name="Ana",
        last_name="Li",
        email="ana@example.com",
        phone="+49 30 123",
        avatar="https://example.com/ana.png",
        locale="de",
        timezone="Europe/Berlin",
        data={},
        online=False,
        last_online_at=AT,
    )

    assert vocabulary.of_subscriber(whole).keys() == names


def test_a_message_has_the_payload_whole_and_by_its_names():
    details = EventDetails(event="shipped", accepted_at=AT, payload={"order": 7, "event": "mine"})

    said = vocabulary.of_message(
        details, {"firstName": "Ana"}, event=None, tenant_name="Acme", sender="a@b.c"
    )

    assert said == {
        "order": 7,
        "payload": {"order": 7, "event": "mine"},
        "subscriber": {"firstName": "Ana"},
        "tenant": {},
        "workflow": {"workflowId": "shipped", "name": "shipped"},
        "event": {"name": "shipped", "timestamp": "2026-01-01T00:00:00+00:00"},
        "__global": {"productName": "Acme", "emailFromAddress": "a@b.c"},
    }
