"""Chunks, their leases and accounts, in memory and in DynamoDB."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.delivery.deliveries import (
    Chunk,
    Claimed,
    Delivery,
    DeliveryRecord,
    EventDetails,
    Held,
    Outcome,
    Status,
)
from carillon.domain.delivery.skips import SkipReason
from carillon.ports import Ports
from tests import fakes
from tests.integration.adapters.walking import walk

NOW = fakes.START
LEASE = timedelta(seconds=90)
A_MOMENT = timedelta(milliseconds=1)


def chunk_of(tenant: str, id: str = "email.1", range: int = 0, job: str = "job1") -> Chunk:
    return Chunk(
        id=id,
        tenant=tenant,
        job=job,
        channel=Channel.EMAIL,
        range=range,
        details={"i1": EventDetails(event="welcome", accepted_at=NOW)},
        deliveries=(
            Delivery(id="d1", invocation="i1", integration="int_ses", provider="ses", address={}),
        ),
    )


def record_of(id: str, status: Status = Status.SENT, invocation: str = "i1") -> DeliveryRecord:
    return DeliveryRecord(
        delivery=id,
        invocation=invocation,
        integration="int_ses",
        provider="ses",
        status=status,
        outcome=Outcome.SENT,
        attempts=2,
        at=NOW + timedelta(microseconds=1),
        subscriber="ana",
        code=SkipReason.MUTED if status is Status.SKIPPED else "ü",
        http_status=200,
        message_id="m1",
    )


def record(*ids: str, invocation: str = "i1") -> Mapping[str, DeliveryRecord]:
    return {id: record_of(id, invocation=invocation) for id in ids}


def settle(world: Ports, chunk: Chunk, told: Mapping[str, DeliveryRecord]) -> None:
    world.chunks.claim(chunk, "worker", NOW)
    world.chunks.record(chunk, "worker", told)


def test_a_new_chunk_is_claimed_without_an_account(world: Ports, tenant: str):
    assert world.chunks.claim(chunk_of(tenant), "one", NOW) == Claimed({})


@pytest.mark.parametrize("owner", ["one", "two"])
def test_a_claimed_chunk_is_held_until_its_lease_has_ended(world: Ports, tenant: str, owner: str):
    world.chunks.claim(chunk_of(tenant), "one", NOW)

    assert world.chunks.claim(chunk_of(tenant), owner, NOW + LEASE) == Held()
    assert world.chunks.claim(chunk_of(tenant), owner, NOW + LEASE + A_MOMENT) == Claimed({})


def test_another_tenants_chunk_of_the_same_name_is_free(world: Ports, tenant: str, other: str):
    world.chunks.claim(chunk_of(tenant), "one", NOW)

    assert world.chunks.claim(chunk_of(other), "two", NOW) == Claimed({})
    assert world.chunks.claim(chunk_of(tenant, range=1), "two", NOW) == Claimed({})
    assert world.chunks.claim(chunk_of(tenant, job="job2"), "two", NOW) == Claimed({})


def test_a_recorded_chunk_is_free_and_says_what_came_of_it(world: Ports, tenant: str):
    chunk = chunk_of(tenant)
    records = {"d1": record_of("d1"), "d2": record_of("d2", Status.RETRYING)}
    world.chunks.claim(chunk, "one", NOW)

    assert world.chunks.record(chunk, "one", records)

    assert world.chunks.claim(chunk, "two", NOW) == Claimed(records)


def test_an_account_replaces_the_one_before(world: Ports, tenant: str):
    chunk = chunk_of(tenant)
    settle(world, chunk, {"d1": record_of("d1", Status.RETRYING)})

    settle(world, chunk, record("d1", "d2"))

    assert world.chunks.claim(chunk, "two", NOW) == Claimed(record("d1", "d2"))


def test_who_lost_the_lease_records_nothing(world: Ports, tenant: str):
    chunk = chunk_of(tenant)
    world.chunks.claim(chunk, "one", NOW)
    later = NOW + LEASE + A_MOMENT
    world.chunks.claim(chunk, "two", later)

    assert not world.chunks.record(chunk, "one", record("d1"))

    assert world.chunks.record(chunk, "two", record("d2"))
    assert not world.chunks.record(chunk, "one", record("d1"))
    assert world.chunks.claim(chunk, "three", later) == Claimed(record("d2"))


def test_a_late_worker_that_nobody_replaced_still_records(world: Ports, tenant: str):
    chunk = chunk_of(tenant)
    world.chunks.claim(chunk, "one", NOW - LEASE - LEASE)

    assert world.chunks.record(chunk, "one", record("d1"))


def test_a_chunk_that_nobody_claimed_cannot_be_recorded(world: Ports, tenant: str):
    assert not world.chunks.record(chunk_of(tenant), "one", record("d1"))


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pages_of_deliveries_hold_each_of_the_invocation_once(
    world: Ports, tenant: str, other: str, limit: int
):
    ids = [f"d{n:02}" for n in range(60)]
    for place in range(6):
        mine = record(*ids[place * 10 : place * 10 + 10])
        theirs = record(f"x{place}", invocation="i2")
        chunk = chunk_of(tenant, f"email.{place}", range=place * 3)
        settle(world, chunk, {**mine, **theirs})
    settle(world, chunk_of(other), record("stranger"))
    settle(world, chunk_of(tenant, job="job2"), record("stranger"))
    world.chunks.claim(chunk_of(tenant, "email.unsettled"), "one", NOW)

    listed = walk(lambda c, n: world.chunks.of_invocation(tenant, "job1", "i1", c, n), limit)

    assert sorted(one.delivery for one in listed) == ids


def test_an_invocation_is_found_behind_many_chunks_of_others(world: Ports, tenant: str):
    for n in range(220):
        settle(world, chunk_of(tenant, f"email.{n:03}"), record(f"x{n}", invocation="i2"))
    settle(world, chunk_of(tenant, "email.999"), record("d1"))
    settle(world, chunk_of(tenant, range=15), record("d2"))

    listed = walk(lambda c, n: world.chunks.of_invocation(tenant, "job1", "i1", c, n), 10)

    assert [one.delivery for one in listed] == ["d1", "d2"]


def test_a_cursor_of_another_invocation_is_invalid(world: Ports, tenant: str, other: str):
    settle(world, chunk_of(tenant), record("d1", "d2", "d3"))
    cursor = world.chunks.of_invocation(tenant, "job1", "i1", None, 1).cursor

    assert cursor is not None
    for owner, job, invocation in [(tenant, "job1", "i2"), (other, "job1", "i1")]:
        with pytest.raises(Invalid):
            world.chunks.of_invocation(owner, job, invocation, cursor, 1)


def test_times_keep_their_microseconds(world: Ports, tenant: str):
    record = replace(record_of("d1"), at=NOW + timedelta(microseconds=123456))
    settle(world, chunk_of(tenant), {"d1": record})

    assert world.chunks.of_invocation(tenant, "job1", "i1", None, 10).items == [record]


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_a_jobs_deliveries_are_listed_whosever_they_are(
    world: Ports, tenant: str, other: str, limit: int
):
    for place in range(3):
        mine = record(*(f"d{place}{n}" for n in range(9)))
        theirs = record(f"x{place}", invocation="i2")
        settle(world, chunk_of(tenant, f"email.{place}", range=place * 7), {**mine, **theirs})
    settle(world, chunk_of(tenant, job="job2"), record("stranger"))
    settle(world, chunk_of(other), record("stranger"))

    whole = walk(lambda c, n: world.chunks.of_job(tenant, "job1", c, n, ranges=16), limit)
    first = walk(lambda c, n: world.chunks.of_job(tenant, "job1", c, n, ranges=1), limit)

    assert len({one.delivery for one in whole}) == len(whole) == 30
    assert len(first) == 10


def test_a_page_can_be_cut_behind_any_of_its_items(world: Ports, tenant: str):
    for place in range(3):
        settle(
            world,
            chunk_of(tenant, f"email.{place}", range=place),
            record(f"a{place}", f"b{place}"),
        )
    page = world.chunks.of_invocation(tenant, "job1", "i1", None, 100)

    for place, cursor in enumerate(page.cursors):
        rest = world.chunks.of_invocation(tenant, "job1", "i1", cursor, 100)
        assert list(rest.items) == list(page.items)[place + 1 :]


def test_the_accounts_of_several_chunks_are_read_together(world: Ports, tenant: str, other: str):
    one, another = chunk_of(tenant), chunk_of(tenant, "chat.1", range=3, job="job2")
    settle(world, one, record("d1", "d2"))
    settle(world, another, record("d3"))
    world.chunks.claim(chunk_of(tenant, "chat.2"), "one", NOW)
    keys = [one.key, another.key, chunk_of(tenant, "chat.2").key, chunk_of(tenant, "none").key]

    assert world.chunks.get_many(tenant, keys) == record("d1", "d2", "d3")
    assert world.chunks.get_many(other, keys) == {}


def test_a_tally_is_a_recount(world: Ports, tenant: str, other: str):
    statuses = list(Status)
    expected: Counter[Status | SkipReason] = Counter()
    for n in range(40):
        mine = {
            f"d{n}-{k}": record_of(f"d{n}-{k}", statuses[(n + k) % len(statuses)])
            for k in range(n % 5)
        }
        theirs = record(f"x{n}", invocation="i#2")
        settle(world, chunk_of(tenant, f"email.{n}", range=n % 16), {**mine, **theirs})
        expected.update(one.status for one in mine.values())
        expected.update(one.skip for one in mine.values() if one.skip)
    settle(world, chunk_of(tenant, job="job2"), record("stranger"))
    settle(world, chunk_of(other), record("stranger"))
    world.chunks.claim(chunk_of(tenant, "email.unsettled"), "one", NOW)

    assert world.chunks.tally(tenant, "job1", "i1") == expected
    assert world.chunks.tally(tenant, "job1", "i#2") == {Status.SENT: 40}
    assert not world.chunks.tally(tenant, "job1", "none")


def test_what_is_only_skipped_is_recorded_without_a_lease(world: Ports, tenant: str, other: str):
    chunks = [chunk_of(tenant, f"email.{n:02}") for n in range(30)]
    records = [(one, {f"d{n}": skip_of(f"d{n}")}) for n, one in enumerate(chunks)]
    claimed, settled = chunks[3], chunks[7]
    world.chunks.claim(claimed, "worker", NOW)
    settle(world, settled, record("sent"))

    there = world.chunks.insert(tenant, records)
    again = world.chunks.insert(tenant, records)

    assert list(there) == [claimed, settled]
    assert list(again) == chunks
    known = world.chunks.get_many(tenant, [one.key for one in chunks])
    assert known.keys() == {f"d{n}" for n in range(30) if n not in {3, 7}} | {"sent"}
    assert known["d0"] == skip_of("d0")
    assert world.chunks.tally(tenant, "job1", "i1") == {
        Status.SENT: 1,
        Status.SKIPPED: 28,
        SkipReason.NO_ADDRESS: 28,
    }
    assert not world.chunks.tally(other, "job1", "i1")
    # Whoever gets the chunk later, all the same, finds what was recorded.
    assert world.chunks.claim(chunks[0], "late", NOW) == Claimed({"d0": skip_of("d0")})


def skip_of(id: str) -> DeliveryRecord:
    return replace(record_of(id, Status.SKIPPED), code=SkipReason.NO_ADDRESS)


def test_a_tally_follows_the_account(world: Ports, tenant: str):
    settle(world, chunk_of(tenant), {"d1": record_of("d1", Status.RETRYING), "d2": record_of("d2")})
    settle(
        world, chunk_of(tenant), {"d1": record_of("d1", Status.CANCELLED), "d2": record_of("d2")}
    )

    assert world.chunks.tally(tenant, "job1", "i1") == {Status.CANCELLED: 1, Status.SENT: 1}


def test_records_become_anonymous_and_all_else_stays(world: Ports, tenant: str, other: str):
    chunk = chunk_of(tenant)
    for own in (chunk, chunk_of(other), chunk_of(tenant, "email.2")):
        settle(world, own, record("d1", "d2"))

    for _ in range(2):
        busy = world.chunks.anonymize(tenant, [chunk.key], frozenset({"d1", "d9"}), NOW)

        assert busy == frozenset()
        after = world.chunks.get_many(tenant, [chunk.key])
        assert after == {"d1": record_of("d1").anonymous, "d2": record_of("d2")}
        assert after["d1"].subscriber is None
        assert after["d1"].erased
    untouched = chunk_of(tenant, "email.2").key
    assert world.chunks.get_many(tenant, [untouched]) == record("d1", "d2")
    assert world.chunks.get_many(other, [chunk.key]) == record("d1", "d2")
    assert world.chunks.tally(tenant, "job1", "i1") == {Status.SENT: 4}


def test_a_chunk_that_a_worker_holds_stays_as_it_is(world: Ports, tenant: str):
    chunk, absent = chunk_of(tenant), chunk_of(tenant, "email.9")
    settle(world, chunk, record("d1"))
    world.chunks.claim(chunk, "one", NOW)

    def busy(at):
        return world.chunks.anonymize(tenant, [chunk.key, absent.key], frozenset({"d1"}), at)

    assert busy(NOW + LEASE) == {chunk.key}
    assert world.chunks.get_many(tenant, [chunk.key]) == record("d1")
    assert busy(NOW + LEASE + A_MOMENT) == frozenset()
    assert world.chunks.get_many(tenant, [chunk.key])["d1"].erased
