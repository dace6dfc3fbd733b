"""Invocations and frozen pages, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from carillon.domain.contexts import ContextChanges
from carillon.domain.errors import NotFound
from carillon.domain.invocations import Invocation, Job, Recorded, TopicPage, TopicRecipient
from carillon.ports import Ports
from tests import fakes
from tests.builders import invocation, person, slack_address


def job_of(tenant: str, *ids: str, id: str = "job1") -> Job:
    invocations = tuple(invocation(each) for each in ids)
    return Job(id=id, tenant=tenant, accepted_at=fakes.START, invocations=invocations)


def page_of(tenant: str, **fields: object) -> TopicPage:
    page = TopicPage(
        tenant=tenant,
        job="job1",
        accepted_at=fakes.START,
        invocation="i1",
        topics=("a", "b"),
        position=0,
        shard=3,
    )
    return replace(page, **fields)


@pytest.mark.parametrize("number", [1, 24, 25, 26, 100])
def test_new_invocations_are_all_the_jobs_own(world: Ports, tenant: str, number: int):
    ids = [f"i{n}" for n in range(number)]

    ours = world.invocations.record(job_of(tenant, *ids))

    assert ours == set(ids)


def test_a_repeated_record_gives_the_same_answer(world: Ports, tenant: str):
    job = job_of(tenant, *(f"i{n}" for n in range(30)))

    first = world.invocations.record(job)

    assert world.invocations.record(job) == first == {i.id for i in job.invocations}


def test_a_record_that_broke_off_is_completed(world: Ports, tenant: str):
    world.invocations.record(job_of(tenant, "i1", "i2"))

    assert world.invocations.record(job_of(tenant, "i1", "i2", "i3")) == {"i1", "i2", "i3"}


def test_an_invocation_of_another_job_is_not_ours(world: Ports, tenant: str, other: str):
    world.invocations.record(job_of(tenant, "i1", "i2"))

    ours = world.invocations.record(job_of(tenant, "i2", "i3", id="job2"))

    assert ours == {"i3"}
    assert world.invocations.get(tenant, "i2").job == "job1"
    assert world.invocations.record(job_of(other, "i2", id="job3")) == {"i2"}


def test_an_id_twice_in_one_job_is_one_invocation(world: Ports, tenant: str):
    assert world.invocations.record(job_of(tenant, "i1", "i1")) == {"i1"}


def test_an_invocation_is_what_was_recorded(world: Ports, tenant: str, other: str):
    told = Invocation(
        id="tx#1/ü",
        event="welcome",
        application="shop/orders",
        recipients=(
            person("ana", channels=(slack_address("a"),), data={"x": 1.5}),
            TopicRecipient(topic="news", exclude=("bob",)),
            person("bob"),
        ),
        payload={"n": 12345678901234567890, "f": 0.1, "t": "🎉", "deep": [{"a": None}]},
        overrides={"email": {"from": "x@example.com"}},
        actor=person("eve"),
        context=ContextChanges(identifier="c", data={"a": 1}),
        bridge_url="https://bridge.example",
        paused=True,
    )
    world.invocations.record(replace(job_of(tenant), invocations=(told,)))

    found = world.invocations.get(tenant, told.id)

    assert found == Recorded(invocation=told, job="job1", accepted_at=fakes.START)
    with pytest.raises(NotFound):
        world.invocations.get(other, told.id)
    with pytest.raises(NotFound):
        world.invocations.get(tenant, "tx")


def test_an_invocation_near_the_limits_is_recorded(world: Ports, tenant: str):
    told = replace(invocation("big"), payload={"text": "x" * 250_000})

    assert world.invocations.record(replace(job_of(tenant), invocations=(told,))) == {"big"}
    assert world.invocations.get(tenant, "big").invocation == told


def test_a_page_is_frozen_as_it_was_first(world: Ports, tenant: str, other: str):
    first = world.invocations.freeze_page(page_of(tenant), ["a", "b", "ü"])

    assert list(first) == ["a", "b", "ü"]
    assert list(world.invocations.freeze_page(page_of(tenant), ["b", "c"])) == ["a", "b", "ü"]
    assert list(world.invocations.freeze_page(page_of(tenant), [])) == ["a", "b", "ü"]
    assert list(world.invocations.freeze_page(page_of(other), ["z"])) == ["z"]


def test_the_longest_ids_are_recorded_and_frozen(world: Ports, tenant: str):
    longest = "🎉" * 255
    page = page_of(tenant, invocation=longest, after=longest)

    assert world.invocations.record(job_of(tenant, longest)) == {longest}
    assert list(world.invocations.freeze_page(page, [longest])) == [longest]
    assert list(world.invocations.freeze_page(page, [])) == [longest]


@pytest.mark.parametrize("fields", [{"shard": 4}, {"position": 1}, {"after": "b"}])
def test_another_page_is_frozen_apart(world: Ports, tenant: str, fields: dict[str, object]):
    world.invocations.freeze_page(page_of(tenant), ["a"])

    assert list(world.invocations.freeze_page(page_of(tenant, **fields), ["b"])) == ["b"]


def test_several_are_read_together(world: Ports, tenant: str, other: str):
    world.invocations.record(job_of(tenant, "i1", "i2"))

    found = world.invocations.get_many(tenant, ["i1", "i2", "none"])

    assert set(found) == {"i1", "i2"}
    assert found["i1"] == world.invocations.get(tenant, "i1")
    assert world.invocations.get_many(other, ["i1"]) == {}


def test_a_cancelled_invocation_is_known_as_such(world: Ports, tenant: str, other: str):
    for owner in (tenant, other):
        world.invocations.record(job_of(owner, "i1", "i2"))
    assert world.invocations.cancelled(tenant, ["i1", "i2"]) == frozenset()

    world.invocations.cancel(tenant, "i1", fakes.START)
    world.invocations.cancel(tenant, "i1", fakes.START)

    assert world.invocations.cancelled(tenant, ["i1", "i2"]) == {"i1"}
    assert world.invocations.cancelled(other, ["i1", "i2"]) == frozenset()


def test_what_was_never_accepted_cannot_be_cancelled(world: Ports, tenant: str):
    with pytest.raises(NotFound):
        world.invocations.cancel(tenant, "none", fakes.START)
