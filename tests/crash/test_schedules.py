"""Two kills at any two moments of a run, thousands of times; a seed repeats one.

Messages come twice, and between two calls of a process others have their turn.
"""

import random
from functools import cache

import pytest

from tests.crash.kills import Interleaved, KillAt
from tests.crash.scenario import SCHEDULES, SEED, check, events, play, reference, simulation

SOME = 10  # events: one of each kind
BLOCKS = 20


@cache
def moments():
    """How many there are to die at when nobody does."""
    sim = simulation()
    sim.faults = counted = KillAt()
    play(sim, list(events(SOME)))
    return counted.count


@pytest.mark.parametrize("block", range(BLOCKS))
def test_two_kills_lose_nothing(block):
    for n in range(block, SCHEDULES, BLOCKS):
        seed = f"{SEED}.{n}"
        chance = random.Random(seed)
        kills = sorted(chance.randrange(1, moments() + 1) for _ in range(2))
        sim = simulation(seed=seed, twice=0.2)
        sim.faults = Interleaved(sim, 0.1, KillAt(*kills))
        play(sim, list(events(SOME)))
        try:
            assert sim.crashes
            check(sim, reference(SOME))
        except AssertionError as error:
            pytest.fail(f"CRASH_SEED={SEED}, schedule {n}, kills at {kills}: {error}")
