"""What subscriptions' endpoints were brought, in memory and in DynamoDB."""

from dataclasses import replace
from datetime import timedelta

from carillon.domain.delivery.dispatches import Dispatch, id_of
from carillon.ports import Ports
from tests import fakes

NOW = fakes.START
SECOND = timedelta(seconds=1)


def dispatch(tenant: str, n: int = 1, **fields: object) -> Dispatch:
    one = Dispatch(
        id=id_of(f"{tenant} {n}"),
        tenant=tenant,
        event="idn:identity-created",
        subscription="sub",
        subscription_name="HR",
        integration="int",
        created_at=NOW + n * SECOND,
        invocation=f"i{n}",
    )
    return replace(one, **fields)  # type: ignore[arg-type]


def awaited(tenant: str, n: int = 1) -> Dispatch:
    return dispatch(tenant, n, answer_by=NOW + timedelta(hours=1))


def test_the_newest_come_first_and_are_the_tenants_own(world: Ports, tenant: str, other: str):
    mine = [dispatch(tenant, n) for n in range(30)]
    world.dispatches.start([*mine, dispatch(other, 99)])

    assert list(world.dispatches.newest(tenant, 100)) == mine[::-1]
    assert list(world.dispatches.newest(tenant, 7)) == mine[:-8:-1]


def test_all_of_it_is_kept(world: Ports, tenant: str):
    one = replace(
        awaited(tenant), test=True, invocation="", input={"a": [1, 2.5]}, content={"b": None}
    )
    world.dispatches.start([one])
    done = one.completed(NOW, {"approved": False})

    assert world.dispatches.find(one.id) == one
    assert world.dispatches.complete([done]) == {one.id}
    assert world.dispatches.find(one.id) == done
    assert list(world.dispatches.newest(tenant, 9)) == [done]


def test_only_what_waits_for_an_answer_is_found(world: Ports, tenant: str):
    plain = dispatch(tenant)
    world.dispatches.start([plain])

    assert world.dispatches.find(plain.id) is None
    assert world.dispatches.find("unknown") is None


def test_the_first_answer_stays(world: Ports, tenant: str):
    one = awaited(tenant)
    world.dispatches.start([one])
    first, second = one.completed(NOW, {"n": 1}), one.completed(NOW, {"n": 2})

    assert world.dispatches.complete([first]) == {one.id}
    assert world.dispatches.complete([second]) == frozenset()
    assert list(world.dispatches.newest(tenant, 9)) == [first]


def test_a_repeated_start_undoes_no_answer(world: Ports, tenant: str):
    one = awaited(tenant)
    world.dispatches.start([one])
    world.dispatches.complete([one.completed(NOW, {"n": 1})])

    world.dispatches.start([replace(one, answer_by=NOW + timedelta(hours=2))])

    found = world.dispatches.find(one.id)
    assert found is not None
    assert found.output == {"n": 1}


def test_what_nobody_answers_may_be_completed_again(world: Ports, tenant: str):
    one = dispatch(tenant)
    world.dispatches.start([one])
    world.dispatches.complete([one.completed(NOW, error="no_answer")])

    assert world.dispatches.complete([one.completed(NOW)]) == {one.id}
    assert [d.error for d in world.dispatches.newest(tenant, 9)] == [""]
