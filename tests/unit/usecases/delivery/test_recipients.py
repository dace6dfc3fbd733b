"""The people an event goes to: created, brought up to date, each once."""

from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.intake.triggers import TopicRecipient
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a
from tests.unit.usecases.delivery.fanning import add_members, reached, run_pages


def test_a_named_person_becomes_a_subscriber_and_keeps_what_was_not_said():
    ports = a.world()
    known = a.subscriber("ana", email="old@example.com", first_name="Ana")
    ports.subscribers.save(a.TENANT, [known])

    fan_out(
        a.job(a.invocation("i1", a.person("ana", email="new@example.com"))),
        ports=ports.of(a.TENANT),
    )

    ana = ports.subscribers.get_many(a.TENANT, ["ana"])["ana"]
    assert (ana.email, ana.first_name) == ("new@example.com", "Ana")
    assert ports.queues.chunks[0].deliveries[0].address == {"email": "new@example.com"}


def test_a_person_named_twice_hears_once():
    ports = a.world()
    twice = [a.person("ana", email="a@example.com"), a.person("ana", email="b@example.com")]

    fan_out(a.job(a.invocation("i1", *twice)), ports=ports.of(a.TENANT))

    [chunk] = ports.queues.chunks
    assert [d.address for d in chunk.deliveries] == [{"email": "b@example.com"}]


def test_an_existing_context_is_updated_with_what_came():
    ports = a.world()
    ports.contexts.save(
        a.TENANT, Context(identifier="north", name="Old", created_at=a.NOW, updated_at=a.NOW)
    )

    changes = ContextChanges(identifier="north", name="North")
    fan_out(a.job(a.invocation("i1", context=changes)), ports=ports.of(a.TENANT))

    assert ports.contexts.get_many(a.TENANT, ["north"])["north"].name == "North"
    assert ports.queues.chunks[0].details["i1"].facts == {
        "tenant": {"identifier": "north", "name": "North"}
    }


def test_overlapping_topics_and_recipients_reach_a_person_once():
    ports = a.world()
    add_members(ports, "backend", ["ana", "ben", "chloe", "dora", "emil"])
    add_members(ports, "everyone", ["ana", "ben", "chloe", "dora", "emil", "finn"])
    recipients = (
        a.person("ana"),
        TopicRecipient(topic="backend", exclude=("chloe",)),
        TopicRecipient(topic="everyone"),
    )
    event = a.invocation("i1", recipients=recipients, actor=a.person("emil"))

    fan_out(a.job(event), ports=ports.of(a.TENANT))
    run_pages(ports)

    assert reached(ports) == [("i1", name) for name in ("ana", "ben", "dora", "finn")]


def test_a_subscription_of_a_removed_subscriber_reaches_nobody_and_holds_up_no_other():
    ports = a.world()
    ports.subscriptions.save(a.TENANT, a.subscription(a.Target.SUBSCRIBER, "gone"))

    fan_out(a.job(), ports=ports.of(a.TENANT))

    assert {d.subscriber for chunk in ports.queues.chunks for d in chunk.deliveries} == {"ana"}
