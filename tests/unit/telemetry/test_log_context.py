"""A log context belongs to one piece of work, in whichever threads that is done."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from carillon.telemetry import log_context
from carillon.telemetry.log_context import LogContext
from tests import canaries


def test_what_is_added_anywhere_inside_is_in_the_summary():
    with LogContext(request_id="r1") as context:
        log_context.bind(tenant="acme")
        log_context.add(route="GET /")
        log_context.count(aws_calls=1)
        log_context.count(aws_calls=2, accepted=5)

    assert context.bound == {"request_id": "r1", "tenant": "acme"}
    assert {**context.summary, "ms": 0} == {
        "route": "GET /",
        "aws_calls": 3,
        "accepted": 5,
        "ms": 0,
    }


def test_outside_of_one_nothing_happens():
    log_context.bind(tenant="acme")
    log_context.add(route="GET /")
    log_context.count(aws_calls=1)

    assert log_context.current() is None


def test_a_context_ends_though_its_work_fails():
    with pytest.raises(KeyError), LogContext():
        raise KeyError

    assert log_context.current() is None


def test_a_pools_threads_add_to_the_context_of_who_submitted():
    with log_context.Pool(4) as pool, LogContext() as context:
        list(pool.map(lambda number: log_context.count(aws_calls=number), range(100)))

    assert context.summary["aws_calls"] == sum(range(100))


def test_contexts_of_threads_side_by_side_do_not_mix():
    both = Barrier(2, timeout=5)

    def work(tenant):
        with LogContext() as context:
            both.wait()
            log_context.bind(tenant=tenant)
            log_context.count(aws_calls=1)
            both.wait()
            return context.bound, context.summary["aws_calls"]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, ["acme", "globex"])) == [
            ({"tenant": "acme"}, 1),
            ({"tenant": "globex"}, 1),
        ]


@pytest.mark.parametrize(
    "id",
    [
        "0198a7c2-5f0e-7c3b-9d61-3b1a2c4d5e6f",
        "idem_5f0e7c3b9d613b1a",
        "order-4711",
        "int_slack",
        "http_503",
        "5.1.1",
        "123456",
        "",
    ],
)
def test_an_id_is_shown_as_it_is(id):
    assert log_context.shown(id) == id


@pytest.mark.parametrize(
    "id",
    [
        canaries.EMAIL,
        canaries.PHONE,
        canaries.PHONE.removeprefix("+"),
        canaries.WEBHOOK_URL,
        "two words",
        "ü",
        "x" * 65,
        "x\n",
    ],
)
def test_what_could_be_an_address_is_shown_as_its_digest(id):
    shown = log_context.shown(id)

    assert shown.startswith("#")
    assert len(shown) == 13
    assert shown == log_context.shown(id)
    assert not canaries.found(shown)
