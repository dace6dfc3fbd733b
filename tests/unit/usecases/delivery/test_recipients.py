"""The people an event goes to: created, brought up to date, each once."""

from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.intake.triggers import TopicRecipient
from carillon.domain.subscriptions.subscriptions import Target
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
    ports.contexts.put(
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
    ports.subscriptions.put(a.TENANT, a.subscription(a.Target.SUBSCRIBER, "gone"))

    fan_out(a.job(), ports=ports.of(a.TENANT))

    assert {d.subscriber for chunk in ports.queues.chunks for d in chunk.deliveries} == {"ana"}


def addresses(ports):
    """The address that each invocation goes to."""
    return {d.invocation: d.address for c in ports.queues.chunks for d in c.deliveries}


def test_each_event_of_a_bulk_goes_by_what_was_said_until_then_and_the_last_word_is_stored():
    ports = a.world()
    # Of two types, whose events are fanned out together: the order is that of acceptance.
    ports.event_types.save(a.TENANT, a.event_type("alpha"), expected=None)
    ports.templates.put(a.TENANT, a.template("alpha"))
    mails = [f"{'old' if n < 60 else 'new'}{n % 3}@example.com" for n in range(100)]
    bulk = [
        a.invocation(f"i{n}", a.person("ana", email=mail), event="alpha" if n % 2 else "welcome")
        for n, mail in enumerate(mails)
    ]

    fan_out(a.job(*bulk), ports=ports.of(a.TENANT))

    assert addresses(ports) == {f"i{n}": {"email": mail} for n, mail in enumerate(mails)}
    [ana] = ports.subscribers.get_many(a.TENANT, ["ana"]).values()
    assert (ana.email, ana.version) == (mails[-1], 1)


def test_an_event_that_says_nothing_of_a_person_goes_by_what_the_ones_before_it_said():
    ports = a.world()
    ports.subscribers.save(a.TENANT, [a.subscriber("ana", email="first@example.com")])
    ports.subscriptions.put(a.TENANT, a.subscription(Target.SUBSCRIBER, "ana", event="alpha"))
    ports.event_types.save(a.TENANT, a.event_type("alpha"), expected=None)
    ports.templates.put(a.TENANT, a.template("alpha"))
    bulk = [
        a.invocation("named before", a.person("ana")),
        a.invocation("heard before", recipients=(), event="alpha"),
        a.invocation("changed", a.person("ben"), actor=a.person("ana", email="next@example.com")),
        a.invocation("named after", a.person("ana")),
        a.invocation("heard after", recipients=(), event="alpha"),
    ]

    fan_out(a.job(*bulk), ports=ports.of(a.TENANT))

    went = {id: address["email"] for id, address in addresses(ports).items() if address}
    assert went == {
        "named before": "first@example.com",
        "heard before": "first@example.com",
        "named after": "next@example.com",
        "heard after": "next@example.com",
    }


def test_all_that_a_bulk_says_of_a_context_is_kept_and_the_last_word_holds():
    ports = a.world()
    ports.contexts.put(
        a.TENANT, Context(identifier="north", name="Old", created_at=a.NOW, updated_at=a.NOW)
    )
    said = [{"name": "One", "data": {"a": 1}}, {"data": {"b": 2}}, {"name": "Three"}]
    bulk = [
        a.invocation(f"i{n}", context=ContextChanges(identifier="north", **fields))
        for n, fields in enumerate(said)
    ]

    fan_out(a.job(*bulk), ports=ports.of(a.TENANT))

    [north] = ports.contexts.get_many(a.TENANT, ["north"]).values()
    assert (north.name, north.data) == ("Three", {"b": 2})


def test_an_events_own_contexts_are_recorded_once_and_travel_with_its_deliveries():
    ports = a.world()
    told = a.invocation("i1", contexts={"region": {"id": "eu"}})

    fan_out(a.job(told), ports=ports.of(a.TENANT))

    assert ports.of(a.TENANT).invocations.get("i1").invocation == told
    assert ports.queues.chunks[0].details["i1"].facts == {"context": {"region": {"id": "eu"}}}
