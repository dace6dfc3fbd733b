"""By which replays deliveries were made anew, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from carillon.domain.activity.replays import Replayed
from carillon.domain.delivery.waiting import DeliveryKey
from carillon.ports import Ports
from tests import fakes

FIRST = Replayed(replay="r1", invocation="rpl_1", at=fakes.START, deliveries=("d8", "d9"))
SECOND = replace(FIRST, replay="r2", invocation="rpl_2")


def stored(world: Ports, tenant: str, *ids: str) -> dict[str, Replayed]:
    found = world.replays.get_many(tenant, [DeliveryKey("i#1", id) for id in ids])
    return {key.delivery: one for key, one in found.items()}


@pytest.mark.parametrize("count", [1, 25, 60])
def test_a_delivery_belongs_to_the_first_replay(world: Ports, tenant: str, other: str, count: int):
    ids = [f"d{n}" for n in range(count)]
    assert world.replays.claim(tenant, "i#1", {"d0": FIRST}, again=False) == {"d0": FIRST}

    for _ in range(2):
        after = world.replays.claim(tenant, "i#1", dict.fromkeys(ids, SECOND), again=False)

        assert after == {**dict.fromkeys(ids, SECOND), "d0": FIRST}
    assert stored(world, tenant, *ids, "absent") == after
    assert stored(world, other, *ids) == {}


def test_a_replay_that_repeats_takes_it_over(world: Ports, tenant: str):
    world.replays.claim(tenant, "i#1", {"d0": FIRST}, again=False)

    assert world.replays.claim(tenant, "i#1", {"d0": SECOND}, again=True) == {"d0": SECOND}

    assert stored(world, tenant, "d0") == {"d0": SECOND}
