"""Invocations and frozen pages, in memory and in DynamoDB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.audience.contexts import ContextChanges
from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.audience.topics import EVERYBODY
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import NotFound
from carillon.domain.delivery.invocations import (
    FrozenPage,
    Invocation,
    InvocationSummary,
    Job,
    JobPosition,
    JobSummary,
    RecordedInvocation,
    Repetition,
    TopicPage,
)
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.intake.overrides import Overrides
from carillon.domain.intake.triggers import Everybody, TopicRecipient
from carillon.ports import Ports
from tests import fakes
from tests.builders import invocation, person, slack_address

HALF = timedelta(hours=12)


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

    assert ours.keys() == set(ids)


def test_a_repeated_record_gives_the_same_answer(world: Ports, tenant: str):
    job = job_of(tenant, *(f"i{n}" for n in range(30)))

    first = world.invocations.record(job)

    assert world.invocations.record(job) == first == {i.id: () for i in job.invocations}


def test_a_repeated_record_keeps_the_topics_of_the_first(world: Ports, tenant: str):
    job = job_of(tenant, "i1", "i2")
    first = world.invocations.record(job, {"i1": ["a", "b"]})

    again = world.invocations.record(job, {"i1": ["c"], "i2": ["d"]})

    assert {id: list(topics) for id, topics in first.items()} == {"i1": ["a", "b"], "i2": []}
    assert {id: list(topics) for id, topics in again.items()} == {"i1": ["a", "b"], "i2": []}
    assert world.invocations.get(tenant, "i1").topics == ("a", "b")


def test_a_record_that_broke_off_is_completed(world: Ports, tenant: str):
    world.invocations.record(job_of(tenant, "i1", "i2"))

    assert set(world.invocations.record(job_of(tenant, "i1", "i2", "i3"))) == {"i1", "i2", "i3"}


def test_an_invocation_of_another_job_is_not_ours(world: Ports, tenant: str, other: str):
    world.invocations.record(job_of(tenant, "i1", "i2"))

    ours = world.invocations.record(job_of(tenant, "i2", "i3", id="job2"))

    assert set(ours) == {"i3"}
    assert world.invocations.get(tenant, "i2").job == "job1"
    assert set(world.invocations.record(job_of(other, "i2", id="job3"))) == {"i2"}


def test_an_id_twice_in_one_job_is_one_invocation(world: Ports, tenant: str):
    assert world.invocations.record(job_of(tenant, "i1", "i1")).keys() == {"i1"}


def test_an_invocation_is_what_was_recorded(world: Ports, tenant: str, other: str):
    told = Invocation(
        id="tx#1/ü",
        event="welcome",
        application="shop/orders",
        recipients=(
            person("ana", channels=(slack_address("a"),), data={"x": 1.5}),
            TopicRecipient(topic="news", exclude=("bob",)),
            Everybody(but=()),
            Everybody(but=("bob",)),
            person("bob"),
        ),
        payload={"n": 12345678901234567890, "f": 0.1, "t": "🎉", "deep": [{"a": None}]},
        overrides=Overrides(
            integrations={Channel.EMAIL: "second"},
            channels={Channel.EMAIL: {"from": "x@example.com"}},
            providers={"fcm": {"data": {"n": [1, None]}, "device_tokens": ["t"]}},
        ),
        actor=person("eve"),
        context=ContextChanges(identifier="c", data={"a": 1}),
        contexts={"region": {"id": "eu"}},
        facts={"tenant": {"identifier": "c"}},
        paused=True,
    )
    world.invocations.record(replace(job_of(tenant), invocations=(told,)), {told.id: ("n#%",)})

    found = world.invocations.get(tenant, told.id)

    assert found == RecordedInvocation(
        invocation=told, job="job1", accepted_at=fakes.START, topics=("n#%",)
    )
    with pytest.raises(NotFound):
        world.invocations.get(other, told.id)
    with pytest.raises(NotFound):
        world.invocations.get(tenant, "tx")


def test_an_invocation_near_the_limits_is_recorded(world: Ports, tenant: str):
    told = replace(invocation("big"), payload={"text": "x" * 250_000})

    assert set(world.invocations.record(replace(job_of(tenant), invocations=(told,)))) == {"big"}
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

    assert set(world.invocations.record(job_of(tenant, longest))) == {longest}
    assert list(world.invocations.freeze_page(page, [longest])) == [longest]
    assert list(world.invocations.freeze_page(page, [])) == [longest]


@pytest.mark.parametrize("fields", [{"shard": 4}, {"position": 1}, {"after": "b"}])
def test_another_page_is_frozen_apart(world: Ports, tenant: str, fields: dict[str, object]):
    world.invocations.freeze_page(page_of(tenant), ["a"])

    assert list(world.invocations.freeze_page(page_of(tenant, **fields), ["b"])) == ["b"]


def test_pages_of_everybody_are_pages_too(world: Ports, tenant: str):
    page = page_of(tenant, topics=(EVERYBODY,))

    assert list(world.invocations.freeze_page(page, ["a"])) == ["a"]
    world.invocations.plan_page(page, 2)

    assert list(world.invocations.freeze_page(page, [])) == ["a"]
    assert list(world.invocations.frozen_pages(tenant, "i1")) == [FrozenPage(EVERYBODY, 3, 1, 2)]


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


def test_frozen_pages_tell_how_many_members_they_have(world: Ports, tenant: str, other: str):
    first = page_of(tenant, topics=("a#%", "b"))
    world.invocations.freeze_page(first, ["x", "y"])
    world.invocations.freeze_page(replace(first, after="y#"), [])
    world.invocations.freeze_page(replace(first, position=1, shard=15), ["z"])
    world.invocations.freeze_page(page_of(other), ["z"])
    world.invocations.freeze_page(page_of(tenant, invocation="i2"), ["z"])

    found = world.invocations.frozen_pages(tenant, "i1")

    expected = [FrozenPage("a#%", 3, 0), FrozenPage("a#%", 3, 2), FrozenPage("b", 15, 1)]
    assert sorted(found) == expected
    assert world.invocations.frozen_pages(tenant, "none") == []


def test_jobs_come_newest_first_through_days_and_shards(world: Ports, tenant: str, other: str):
    jobs = [
        replace(job_of(tenant, f"i{n:02}", id=f"job{n:02}"), accepted_at=fakes.START + n * HALF)
        for n in range(40)
    ]
    for job in [*jobs[::2], *jobs[1::2]]:
        world.invocations.enlist(job, {"i07": 3}, ranges=SHARDS)
    world.invocations.enlist(replace(jobs[20], tenant=other), {}, ranges=1)
    newest_first = [job.id for job in reversed(jobs)]
    end = JobPosition(jobs[-1].accepted_at + HALF)

    def found(upto: JobPosition, limit: int, since: int = 0) -> list[str]:
        start = jobs[since].accepted_at
        heads = world.invocations.jobs(tenant, since=start, upto=upto, limit=limit)
        return [head.id for head in heads]

    assert found(end, 100) == newest_first
    assert found(end, 7) == newest_first[:7]
    for place, job in enumerate(reversed(jobs)):
        assert found(JobPosition(job.accepted_at, job.id), 3) == newest_first[place : place + 3]
        assert found(JobPosition(job.accepted_at), 3) == newest_first[place + 1 : place + 4]
    assert found(end, 100, since=30) == newest_first[:10]
    assert found(JobPosition(jobs[3].accepted_at), 100, since=30) == []
    [head] = world.invocations.jobs(tenant, since=jobs[7].accepted_at, upto=end, limit=100)[-1:]
    assert head == JobSummary(
        id="job07",
        accepted_at=jobs[7].accepted_at,
        invocations=(InvocationSummary("i07", "default/default", "welcome", planned=3),),
        ranges=SHARDS,
    )


def test_many_jobs_of_one_moment_are_each_there_once(world: Ports, tenant: str):
    ids = [f"job{n:03}" for n in range(120)]
    for id in ids:
        job = job_of(tenant, f"i-{id}", "i", id=id)
        world.invocations.record(job)
        world.invocations.enlist(job, {}, ranges=1)

    found: list[JobSummary] = []
    place = JobPosition(fakes.START, "~")
    for _ in range(12):
        some = world.invocations.jobs(tenant, since=fakes.START, upto=place, limit=11)
        found += some[:10]
        place = JobPosition(some[-1].accepted_at, some[-1].id)

    assert [head.id for head in found] == ids[::-1]
    assert {head.ranges for head in found} == {1}
    assert world.invocations.jobs_of(tenant, ["i", "i-job007", "none"]) == {
        "i": "job000",
        "i-job007": "job007",
    }


def test_what_is_planned_is_known_once_its_job_is_listed(world: Ports, tenant: str):
    job = job_of(tenant, "i1", "i2")
    world.invocations.record(job)
    recorded = world.invocations.get(tenant, "i1")
    assert world.invocations.head(tenant, recorded) is None

    skipped = {SkipReason.ACTOR: 2, SkipReason.FILTERED: 1}
    world.invocations.enlist(job, {"i1": 7}, skipped={"i1": skipped}, ranges=1)

    assert world.invocations.head(tenant, recorded) == InvocationSummary(
        "i1", "default/default", "welcome", planned=7, skipped=skipped
    )
    other = world.invocations.get(tenant, "i2")
    assert world.invocations.head(tenant, other) == InvocationSummary(
        "i2", "default/default", "welcome"
    )


def test_a_job_lists_its_repetitions_and_who_does_not_hear_its_events(world: Ports, tenant: str):
    again = Repetition("i1", "default/default", "welcome")
    job = replace(job_of(tenant, "i1"), repetitions=(again,))
    world.invocations.record(job)
    unheard = {"sub_1": SkipReason.FILTERED, "sub_2": SkipReason.INTEGRATION_INACTIVE}

    world.invocations.enlist(job, {"i1": 2}, unheard={"i1": unheard}, ranges=1)

    recorded = world.invocations.get(tenant, "i1")
    first = InvocationSummary("i1", "default/default", "welcome", planned=2, unheard=unheard)
    assert world.invocations.head(tenant, recorded) == first
    upto = JobPosition(job.accepted_at, "~")
    [listed] = world.invocations.jobs(tenant, since=job.accepted_at, upto=upto, limit=2)
    duplicate = InvocationSummary(*again, 0, {SkipReason.DUPLICATE: 1})
    assert listed.invocations == (first, duplicate)


def test_a_process_remembers_the_ids_that_it_has_taken(world: Ports, tenant: str, other: str):
    assert world.invocations.taken(tenant, ["i1", "i2"]) == frozenset()

    world.invocations.take(tenant, ["i1"])

    assert world.invocations.taken(tenant, ["i1", "i2"]) == {"i1"}
    assert world.invocations.taken(other, ["i1"]) == frozenset()


def test_a_page_says_what_it_planned_once_that_is_on_its_way(world: Ports, tenant: str):
    page = page_of(tenant)
    world.invocations.freeze_page(page, ["ana", "ben"])
    assert world.invocations.frozen_pages(tenant, "i1") == [FrozenPage("a", 3, 2, None)]

    world.invocations.plan_page(page, 5)
    assert world.invocations.frozen_pages(tenant, "i1") == [FrozenPage("a", 3, 2, 5)]
    world.invocations.plan_page(page, 4, {SkipReason.NO_ADDRESS: 1})
    world.invocations.freeze_page(page, ["cyd"])

    skipped = {SkipReason.NO_ADDRESS: 1}
    assert world.invocations.frozen_pages(tenant, "i1") == [FrozenPage("a", 3, 2, 4, skipped)]


def test_a_deleted_subscriber_is_taken_out_of_recipients_and_actors(
    world: Ports, tenant: str, other: str
):
    both = (person("ana", email="ana@x.example"), person("ben"))
    named = replace(invocation("i1"), recipients=both, actor=person("eve"))
    acted = replace(invocation("i2"), recipients=(TopicRecipient(topic="t"),), actor=person("ana"))
    acted = replace(acted, facts={"actor": {"subscriberId": "ana"}, "tenant": {"name": "T"}})
    job = Job(id="job1", tenant=tenant, accepted_at=fakes.START, invocations=(named, acted))
    world.invocations.record(job, {"i2": ["t"]})
    world.invocations.record(replace(job, tenant=other))

    for _ in range(2):
        world.invocations.forget(tenant, ["i1", "i2", "absent"], "ana")

    left = world.invocations.get_many(tenant, ["i1", "i2"])
    assert left["i1"].invocation == replace(named, recipients=both[1:])
    assert left["i2"].invocation == replace(acted, actor=None, facts={"tenant": {"name": "T"}})
    assert left["i2"].topics == ("t",)
    assert world.invocations.get(other, "i1").invocation == named
