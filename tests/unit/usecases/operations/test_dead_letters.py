"""Dead letters: looked at without a trace, chosen, sent again or dropped, and given back."""

from dataclasses import replace

import pytest

from carillon.adapters.delivery import messages
from carillon.domain.activity.dead_letters import FAN_OUT, QUEUES
from carillon.domain.base.errors import NotFound
from carillon.usecases.operations import dead_letters
from carillon.usecases.operations.dead_letters import READING, DeadLetterFilter
from tests import builders as a
from tests import fakes

ALL = DeadLetterFilter(limit=100)


@pytest.fixture
def ports():
    return a.world()


def die(ports, *ids, tenant=a.TENANT):
    """Let a job of each id die; the letters' ids."""
    jobs = [replace(a.job(a.invocation(id), id=id), tenant=tenant) for id in ids]
    return [ports.dead_letters.put(FAN_OUT, messages.encode(job), group=tenant) for job in jobs]


def seen(ports):
    return [letter.id for letter in dead_letters.look(FAN_OUT, 100, ports=ports).letters]


@pytest.mark.parametrize(
    ("choice", "taken"),
    [
        (ALL, ["m0001", "m0002", "m0003"]),
        (DeadLetterFilter(limit=2), ["m0001", "m0002"]),
        (DeadLetterFilter(limit=100, ids=frozenset({"m0002"})), ["m0002"]),
        (DeadLetterFilter(limit=100, tenant="globex"), ["m0003"]),
        (DeadLetterFilter(limit=100, ids=frozenset({"m0002"}), tenant="globex"), []),
    ],
)
@pytest.mark.parametrize("act", [dead_letters.redrive, dead_letters.drop])
def test_the_chosen_letters_go_and_all_others_stay(ports, act, choice, taken):
    ids = [*die(ports, "j1", "j2"), *die(ports, "j3", tenant="globex")]

    settled = act(FAN_OUT, choice, ports=ports)

    assert (settled.done, settled.kept) == (len(taken), 0)
    assert seen(ports) == [id for id in ids if id not in taken]


def test_redriven_letters_are_as_they_were_and_dropped_ones_are_nowhere(ports):
    die(ports, "j1")
    body = ports.dead_letters.stored[FAN_OUT]["m0001"].body

    dead_letters.redrive(FAN_OUT, ALL, ports=ports)
    die(ports, "j2")
    dead_letters.drop(FAN_OUT, ALL, ports=ports)

    assert ports.dead_letters.redriven[FAN_OUT] == [(body, a.TENANT)]


def test_a_letter_that_its_queue_refuses_is_kept_and_counted(ports):
    [first, second] = die(ports, "j1", "j2")
    ports.dead_letters.refused = {first}

    settled = dead_letters.redrive(FAN_OUT, ALL, ports=ports)

    assert (settled.done, settled.kept, settled.more) == (1, 1, True)
    assert seen(ports) == [first]
    assert second not in ports.dead_letters.stored[FAN_OUT]


def test_looking_shows_the_oldest_and_leaves_all_to_be_seen_again(ports):
    ids = die(ports, *(f"j{n}" for n in range(25)))

    few = dead_letters.look(FAN_OUT, 3, ports=ports)
    assert (len(few.letters), few.more) == (3, True)
    assert dead_letters.look(FAN_OUT, 100, ports=ports).more is False
    assert seen(ports) == ids


def test_every_queue_has_its_count(ports):
    die(ports, "j1", "j2")

    assert dead_letters.queues(ports=ports) == dict.fromkeys(QUEUES, 0) | {FAN_OUT: 2}


@pytest.mark.parametrize(
    "act",
    [
        lambda ports: dead_letters.look("nowhere", 1, ports=ports),
        lambda ports: dead_letters.redrive("nowhere", ALL, ports=ports),
        lambda ports: dead_letters.drop("nowhere", ALL, ports=ports),
    ],
    ids=["look", "redrive", "drop"],
)
def test_an_unknown_queue_is_not_found(ports, act):
    with pytest.raises(NotFound, match="nowhere"):
        act(ports)


def test_reading_ends_in_time_though_there_is_more(ports):
    class Hurrying(fakes.Clock):
        def now(self):
            self.advance(READING.total_seconds() / 2.5)
            return super().now()

    die(ports, *(f"j{n}" for n in range(50)))

    settled = dead_letters.redrive(FAN_OUT, ALL, ports=replace(ports, clock=Hurrying()))

    assert (settled.done, settled.more) == (20, True)
