"""Novu's broadcast to every subscriber, through the function and the workers behind it."""

import pytest

from carillon.domain.audience import topics
from carillon.domain.audience.preferences import Preference, Preferences
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.invocations import Progress
from carillon.domain.delivery.transport import Response
from carillon.domain.intake.triggers import TopicRecipient
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.access import Scope
from carillon.usecases.activity import progress
from carillon.usecases.audience.updates import upsert
from carillon.usecases.operations import cancel
from functions.novu.trigger_broadcast.app import handler
from tests import builders as a
from tests import gateway
from tests.simulation import Simulation

PATH = "/v1/events/trigger/broadcast"
EVERYBODY = [f"p{n:04}" for n in range(1200)]


@pytest.fixture
def sim():
    sim = Simulation(outside=lambda *_: Response(status=200, body=b'{"MessageId":"1"}'))
    with gateway.using(sim.ports):
        yield sim


@pytest.fixture
def post(sim):
    key = gateway.issue_key(sim.fakes, a.TENANT, Scope.EVENT_TRIGGER)

    def post(body, key=key, **headers):
        return gateway.call(handler, "POST", PATH, body, authorization=f"ApiKey {key}", **headers)

    return post


def populate(sim, ids, tenant=a.TENANT):
    people = [a.person(id, email=f"{id}@example.com") for id in ids]
    upsert(people, ports=sim.fakes.of(tenant))


def reached(sim):
    records = sim.records().values()
    return sorted(record.subscriber for record in records if not record.skip)


def event(**fields):
    return {"name": "welcome", "payload": {}, "transactionId": "b1", **fields}


def test_everybody_hears_of_it_once(sim, post):
    populate(sim, EVERYBODY)
    populate(sim, ["stranger"], tenant="globex")

    answer = post(event())
    sim.run()

    assert answer.status == 201
    assert answer.json == {
        "data": {"acknowledged": True, "status": "processed", "transactionId": "b1"}
    }
    assert reached(sim) == EVERYBODY


def test_it_is_followed_to_its_end(sim, post):
    populate(sim, EVERYBODY[:40])
    post(event())
    sim.run()

    followed = progress.follow("b1", ports=sim.fakes.of(a.TENANT))

    assert followed.reach.complete
    assert (followed.reach.recipients, followed.reach.deliveries) == (40, 40)
    assert followed.progress is Progress.SENT


@pytest.mark.parametrize("actor", ["p0003", {"subscriberId": "p0003", "firstName": "Zoe"}])
def test_the_actor_does_not_hear_of_what_they_did(sim, post, actor):
    populate(sim, EVERYBODY[:20])

    post(event(actor=actor))
    sim.run()

    assert reached(sim) == [id for id in EVERYBODY[:20] if id != "p0003"]


def test_who_is_subscribed_too_hears_of_it_once(sim, post):
    populate(sim, EVERYBODY[:20])
    sim.fakes.topics.add_members(a.TENANT, "t", EVERYBODY[:10])
    sim.fakes.subscriptions.put(a.TENANT, a.subscription(Target.TOPIC, "t"))
    sim.fakes.subscriptions.put(a.TENANT, a.subscription(Target.SUBSCRIBER, "p0001"))

    post(event())
    sim.run()

    assert reached(sim) == EVERYBODY[:20]


def test_who_wants_no_such_mail_gets_none(sim, post):
    populate(sim, EVERYBODY[:3])
    own = sim.fakes.subscribers.by_tenant[a.TENANT]
    quiet = Preferences(overall=Preference(channels={Channel.EMAIL: False}))
    own["p0001"] = a.subscriber("p0001", email="p@example.com", preferences=quiet)

    post(event())
    sim.run()

    assert reached(sim) == ["p0000", "p0002"]


def test_a_cancelled_broadcast_goes_to_nobody_any_more(sim, post):
    populate(sim, EVERYBODY[:100])
    post(event())
    sim.clock.advance(2)
    sim.work()  # the job alone: its pages are on their way

    assert cancel.cancel("b1", ports=sim.fakes.of(a.TENANT))
    sim.run()

    assert {record.status for record in sim.records().values()} <= {"cancelled"}
    assert sim.sent == []


def test_a_repeated_request_with_its_idempotency_key_happens_once(sim, post):
    populate(sim, EVERYBODY[:3])
    body = {"name": "welcome", "payload": {}}

    once, again = (post(body, **{"idempotency-key": "k1"}) for _ in range(2))
    sim.run()

    assert once.json == again.json
    assert reached(sim) == EVERYBODY[:3]


@pytest.mark.parametrize(
    "fields",
    [{"active": False}, {"media": {}}, {"media": {Channel.EMAIL: False}}, {"locked": True}],
)
def test_a_workflow_that_is_off_is_said_to_be_processed_and_reaches_nobody(sim, post, fields):
    sim.fakes.event_types.save(a.TENANT, a.event_type("off", **fields), expected=None)

    answer = post(event(name="off"))

    assert answer.status == 201
    assert answer.json["data"] == {
        "acknowledged": True,
        "status": "processed",
        "transactionId": "b1",
    }


def test_an_unknown_workflow_is_told(post):
    answer = post(event(name="no-such"))

    assert answer.status == 422
    assert (answer.json["message"], answer.json["errors"]) == ("workflow_not_found", {})


@pytest.mark.parametrize(
    "body",
    [{}, {"name": 1}, {"name": "welcome", "payload": "x"}, {"name": None}, [], {"name": "x" * 300}],
)
def test_what_is_no_broadcast_is_refused(sim, post, body):
    answer = post(body)

    assert answer.status in {400, 422}
    assert {"statusCode", "timestamp", "path", "message", "errors"} <= set(answer.json)
    sim.run()
    assert sim.records() == {}


def test_a_key_that_may_not_trigger_may_not_broadcast(sim, post):
    key = gateway.issue_key(sim.fakes, a.TENANT, Scope.AUDIENCE)

    assert post(event(), key=key).status == 403


def test_a_topic_cannot_be_named_so_that_everybody_is_meant(sim):
    populate(sim, EVERYBODY[:3])

    sim.trigger(a.trigger("welcome", TopicRecipient(topic=topics.EVERYBODY)))
    sim.run()

    assert reached(sim) == []
