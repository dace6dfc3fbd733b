"""Dispatches: ids that last, secrets that prove, deadlines that pass by themselves."""

from datetime import timedelta

import pytest

from carillon.domain.delivery import dispatches
from carillon.domain.delivery.dispatches import LATE, Dispatch
from tests import fakes

NOW = fakes.START
HOUR = timedelta(hours=1)


def dispatch(**fields):
    known = {"answer_by": NOW + HOUR, "created_at": NOW}
    return Dispatch(
        id="d1",
        tenant="acme",
        event="welcome",
        subscription="s",
        subscription_name="",
        integration="int_1",
        **(known | fields),
    )


def test_a_delivery_has_one_dispatch_however_often_it_is_attempted():
    assert dispatches.id_of("dlv_1") == dispatches.id_of("dlv_1")
    assert dispatches.id_of("dlv_1") != dispatches.id_of("dlv_2")


def test_a_secret_needs_the_endpoints_key_and_is_of_one_dispatch():
    secrets = {dispatches.secret_of(key, id) for key in ("k1", "k2") for id in ("d1", "d2")}

    assert len(secrets) == 4
    assert dispatches.secret_of("k1", "d1") in secrets


@pytest.mark.parametrize(
    ("fields", "waits"),
    [({}, True), ({"answer_by": None}, False), ({"completed_at": NOW}, False)],
)
def test_it_waits_until_it_is_answered_if_an_answer_is_wanted(fields, waits):
    assert dispatch(**fields).waits is waits


def test_it_is_over_once_its_deadline_has_passed():
    one = dispatch()

    assert one.as_of(NOW + HOUR) is one
    over = one.as_of(NOW + HOUR + timedelta(seconds=1))
    assert (over.error, over.completed_at) == (LATE, NOW + HOUR)


@pytest.mark.parametrize("done", [{"answer_by": None}, {"completed_at": NOW}])
def test_no_deadline_passes_for_what_is_over(done):
    one = dispatch(**done)

    assert one.as_of(NOW + timedelta(days=9)) is one


@pytest.mark.parametrize(
    ("one", "kept"),
    [
        (dispatch().completed(NOW, {"ok": 1}), timedelta(hours=24)),
        (dispatch().completed(NOW, error="no"), timedelta(hours=48)),
        (dispatch(), HOUR + timedelta(hours=96)),
        (dispatch(answer_by=None), timedelta(hours=96)),
    ],
)
def test_a_failure_is_kept_longer_than_a_success(one, kept):
    assert one.kept_until == NOW + kept
