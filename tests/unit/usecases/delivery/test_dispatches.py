"""Dispatches as their receivers see them: answered by their secret, once, and in time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.base.errors import Conflict, Forbidden, Invalid, NotFound
from carillon.domain.delivery.dispatches import Dispatch
from carillon.usecases.delivery import dispatches
from tests import builders as a

ENDPOINT = a.webhook(id="int_1", settings={"url": "https://e.example", "key": "k1"})


@pytest.fixture
def ports():
    ports = a.world()
    ports.integrations.put(a.TENANT, ENDPOINT)
    start(ports, "d1")
    return ports


def start(ports, id, **fields):
    known = {
        "event": "welcome",
        "subscription": "sub_1",
        "subscription_name": "Mine",
        "integration": "int_1",
        "created_at": a.NOW,
        "answer_by": a.NOW + timedelta(hours=1),
    }
    dispatch = Dispatch(id=id, tenant=a.TENANT, **(known | fields))
    ports.dispatches.start([dispatch])
    return dispatch


def complete(ports, output=None, error="", id="d1", secret=None):
    own = secret or dispatches.secret_by(ENDPOINT, id)
    dispatches.complete(id, own, output, error, ports=ports)
    return ports.dispatches.by_id[id]


def test_an_answer_completes_it(ports):
    done = complete(ports, {"ok": 1})

    assert (done.output, done.error, done.completed_at) == ({"ok": 1}, "", a.NOW)


def test_an_error_goes_before_an_output_and_is_cut(ports):
    done = complete(ports, {"ok": 1}, "x" * 3000)

    assert (done.output, done.error) == (None, "x" * 2000)


def test_the_same_answer_again_is_no_mistake_and_another_is(ports):
    complete(ports, None, "y" * 3000)
    complete(ports, None, "y" * 3000)

    with pytest.raises(Conflict):
        complete(ports, {"ok": 2})


@pytest.mark.parametrize(("id", "secret"), [("d1", "wrong"), ("d1", "\ud800"), ("none", "wrong")])
def test_who_has_no_secret_learns_nothing(ports, id, secret):
    with pytest.raises(Forbidden, match="no invocation with this id and secret"):
        complete(ports, {"ok": 1}, id=id, secret=secret)


def test_the_endpoint_that_is_gone_has_no_secret(ports):
    ports.integrations.remove(a.TENANT, "int_1")

    with pytest.raises(Forbidden):
        complete(ports, {"ok": 1})
    with pytest.raises(NotFound):
        dispatches.secret(ports.dispatches.by_id["d1"], ports=ports.of(a.TENANT))


def test_a_late_answer_is_refused(ports):
    ports.clock.advance(3601)

    with pytest.raises(Invalid, match="deadline"):
        complete(ports, {"ok": 1})


def test_an_answer_must_fit_the_output_schema_of_its_type(ports):
    asking = a.event_type(output_schema={"required": ["ok"]}, version=2)
    ports.event_types.save(a.TENANT, asking, expected=1)

    with pytest.raises(Invalid, match="output"):
        complete(ports, {})
    assert complete(ports, {"ok": 1}).output == {"ok": 1}


def test_two_answers_at_once_are_one(ports):
    taken = ports.dispatches.complete

    def raced(some):
        taken([one.completed(a.NOW, {"first": 1}) for one in some])
        return taken(some)

    ports.dispatches.complete = raced

    with pytest.raises(Conflict):
        complete(ports, {"second": 1})
    assert ports.dispatches.by_id["d1"].output == {"first": 1}


def test_recent_ones_are_the_newest_first_without_those_that_are_over(ports):
    start(ports, "d2", created_at=a.NOW + timedelta(minutes=1))
    start(ports, "d0", created_at=a.NOW - timedelta(days=9), answer_by=None)

    found = dispatches.recent(ports=ports.of(a.TENANT))

    assert [one.id for one in found] == ["d2", "d1"]


def test_inputs_are_a_tests_own_or_the_invocations_payload(ports):
    job = a.job(a.invocation("i1", payload={"real": 1}))
    ports.invocations.record(job)
    some = [
        start(ports, "real", invocation="i1"),
        start(ports, "gone", invocation="i2"),
        start(ports, "test", input={"test": 1}),
    ]

    found = dispatches.inputs(some, ports=ports.of(a.TENANT))

    assert found == {"real": {"real": 1}, "gone": {}, "test": {"test": 1}}


def test_inputs_end_where_a_response_would_be_too_large(ports):
    one = start(ports, "big", input={"x": "y" * 1_000_000})
    some = [replace(one, id=f"big{n}") for n in range(5)]

    found = dispatches.inputs(some, ports=ports.of(a.TENANT))

    assert list(found) == ["big0", "big1", "big2"]
