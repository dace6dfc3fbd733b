"""Attachments that do not fit their event: which are taken out, where they go, what is refused."""

import base64
import json
from dataclasses import replace

import pytest

from carillon.domain.base.errors import NotFound, TooLarge, Unavailable
from carillon.domain.intake.attachments import LARGEST_GIVEN, Attachment
from carillon.domain.intake.triggers import Accepted, Refused
from carillon.usecases.intake.checks import EVENT_LIMIT
from carillon.usecases.intake.filing import filed
from carillon.usecases.intake.trigger import accept
from tests import builders as a

MEGABYTE = 1024 * 1024


def attachment(size, name="a.pdf", fill=b"x"):
    return Attachment(name=name, content=base64.b64encode(fill * size).decode())


def event(*sizes, **fields):
    fills = (bytes([n]) for n in range(97, 123))
    files = [attachment(size, fill=fill) for size, fill in zip(sizes, fills, strict=False)]
    return replace(a.trigger("welcome", **fields), attachments=tuple(files))


def size_of(trigger):
    return len(json.dumps(trigger, default=vars, separators=(",", ":")))


def event_of(size):
    """An event of this size in bytes of JSON, of which most is one attachment."""
    trigger = event(180_000)
    return replace(
        trigger, payload={**trigger.payload, "x": "y" * (size - size_of(event(180_000)) - 7)}
    )


def accepted(*triggers, ports, **fields):
    return accept(triggers, ports=ports.of(a.TENANT), **fields)


def refusals(answers):
    return [type(one.error) if isinstance(one, Refused) else None for one in answers]


def contents(ports):
    return list(ports.attachments.contents.values())


def stored(ports):
    """The invocations that the queue took."""
    return [invocation for job in ports.queues.jobs for invocation in job.invocations]


@pytest.mark.parametrize(("over", "taken"), [(-1, 0), (0, 0), (1, 1)])
def test_an_attachment_travels_in_its_event_as_long_as_it_fits(over, taken):
    ports = a.world()
    trigger = event_of(EVENT_LIMIT + over)
    assert size_of(trigger) == EVENT_LIMIT + over

    [answer] = accepted(trigger, ports=ports)

    assert isinstance(answer, Accepted)
    [invocation] = stored(ports)
    assert len(contents(ports)) == len(invocation.stored) == taken
    assert bool(invocation.attachments[0].content) is not bool(taken)


def test_as_few_go_as_must_and_the_largest_first():
    ports = a.world()

    accepted(event(10_000, 300_000, 20_000, 200_000, 100_000), ports=ports)

    [invocation] = stored(ports)
    assert [bool(one.key) for one in invocation.attachments] == [False, True, False, True, False]
    assert sorted(map(len, contents(ports))) == [200_000, 300_000]


def test_the_size_that_is_told_is_that_of_the_event_as_it_is_stored():
    trigger = event(300_000, 250_000, 1000, payload={"x": 'quoted "text"'})

    found = filed(trigger, "i1", size=size_of(trigger))

    assert found.size == size_of(found.trigger) < EVENT_LIMIT
    assert [len(base64.b64decode(one)) for one in found.contents.values()] == [300_000, 250_000]


def test_the_same_file_twice_is_stored_once():
    ports = a.world()
    one = attachment(MEGABYTE)

    accepted(replace(a.trigger(), attachments=(one, replace(one, name="b"))), ports=ports)

    [invocation] = stored(ports)
    assert len(contents(ports)) == 1
    assert len(set(invocation.stored)) == 1


@pytest.mark.parametrize(
    ("sizes", "refused"),
    [
        ([LARGEST_GIVEN - 1], False),
        ([LARGEST_GIVEN], False),
        ([LARGEST_GIVEN + 1], True),
        ([LARGEST_GIVEN // 2] * 2, False),
        ([LARGEST_GIVEN // 2] * 2 + [1], True),
    ],
)
def test_all_of_an_event_together_have_a_limit(sizes, refused):
    ports = a.world()

    [answer] = accepted(event(*sizes), ports=ports)

    assert refusals([answer]) == [TooLarge if refused else None]
    assert bool(contents(ports)) is bool(ports.queues.jobs) is not refused
    if refused:
        assert str(sum(sizes)) in str(answer.error)
        assert str(LARGEST_GIVEN) in str(answer.error)
        assert "url" in str(answer.error)


def test_an_event_that_is_too_large_without_its_attachments_is_refused_and_leaves_nothing():
    ports = a.world()

    [answer] = accepted(event(MEGABYTE, payload={"x": "y" * EVENT_LIMIT}), ports=ports)

    assert refusals([answer]) == [TooLarge]
    assert not contents(ports)
    assert not ports.queues.jobs


def test_of_a_bulk_only_what_is_accepted_is_stored():
    ports = a.world()
    unknown = replace(event(MEGABYTE), event="no-such")

    answers = accepted(event(MEGABYTE), unknown, event(2 * MEGABYTE), ports=ports)

    assert refusals(answers) == [None, NotFound, None]
    assert sorted(map(len, contents(ports))) == [MEGABYTE, 2 * MEGABYTE]
    assert len(ports.queues.jobs[0].invocations) == 2


def test_an_event_whose_attachment_is_not_stored_is_not_accepted_and_its_neighbours_are():
    ports = a.world()
    ports.attachments.refuses.add(b"a" * MEGABYTE)
    lost = event(MEGABYTE, transaction_id="lost")

    answers = accepted(lost, event(2 * MEGABYTE, transaction_id="kept"), lost, ports=ports)

    assert refusals(answers) == [Unavailable, None, Unavailable]
    assert [one.id for one in stored(ports)] == ["kept"]
    assert [job.repetitions for job in ports.queues.jobs] == [()]
    ports.attachments.refuses.clear()
    assert refusals(accepted(lost, ports=ports)) == [None]
    assert {one.id for one in stored(ports)} == {"lost", "kept"}


def test_without_an_event_that_could_be_stored_nothing_is_sent():
    ports = a.world()
    ports.attachments.refuses.add(b"a" * MEGABYTE)

    accepted(event(MEGABYTE), ports=ports)

    assert not ports.queues.jobs


def test_another_event_of_the_same_transaction_changes_no_attachment():
    ports = a.world()

    for fill in (b"1", b"2"):
        files = (attachment(MEGABYTE, fill=fill),)
        accepted(replace(a.trigger(transaction_id="t"), attachments=files), ports=ports)

    [first] = stored(ports)
    assert ports.attachments.find(a.TENANT, first.stored[0]) == b"1" * MEGABYTE


def test_a_repeated_request_stores_its_attachments_once():
    ports = a.world()

    first, again = (
        accepted(event(MEGABYTE), ports=ports, idempotency_key="k")[0].id for _ in range(2)
    )

    assert first == again
    assert len(contents(ports)) == 1


def test_what_the_queue_may_have_taken_keeps_its_attachments():
    """Without an answer nobody knows whether it did; the store's own rule removes what is left."""
    ports = a.world()
    ports.queues.refuse_next = 1

    answers = accepted(event(MEGABYTE), ports=ports)

    assert refusals(answers) == [Unavailable]
    assert len(contents(ports)) == 1


def test_each_tenants_are_its_own():
    ports = a.world()

    accepted(event(MEGABYTE), ports=ports)

    [(tenant, key)] = ports.attachments.contents
    assert tenant == a.TENANT
    assert ports.attachments.find("globex", key) is None
