"""Ids: sorted by time, or the same for the same."""

import time
import uuid

from carillon.domain.base import ids


def test_a_new_id_is_a_uuid_of_version_7_that_sorts_by_time():
    made = []
    for _ in range(3):
        made.append(ids.new())
        time.sleep(0.002)

    assert made == sorted(made)
    assert {uuid.UUID(id).version for id in made} == {7}
    assert {uuid.UUID(id).variant for id in made} == {uuid.RFC_4122}


def test_derived_ids_depend_on_every_part_and_on_where_it_ends():
    assert ids.derived("a", "b") == ids.derived("a", "b")
    assert len({ids.derived("a", "b"), ids.derived("ab", ""), ids.derived("", "ab")}) == 3


def test_shards_are_used_evenly():
    counts = [0] * 16
    for n in range(16_000):
        counts[ids.shard(f"s{n}", 16)] += 1

    assert min(counts) > 850
