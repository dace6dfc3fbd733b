"""A cursor comes back as it was given, and a forged one is refused before it is looked up."""

import pytest

from carillon.domain.base import cursors
from carillon.domain.base.errors import Invalid


def test_a_position_comes_back_as_it_was():
    cursor = cursors.encode("list", "7", "ü🎉#%", "")

    assert cursors.decode("list", cursor, 3) == ["7", "ü🎉#%", ""]


@pytest.mark.parametrize("part", ["\ud800", "x" * 1025, "ü" * 513])
def test_a_part_that_no_key_can_hold_is_refused(part):
    with pytest.raises(Invalid):
        cursors.decode("list", cursors.encode("list", part), 1)


@pytest.mark.parametrize("text", ["", "yesterday", "0001-01-01T00:00:00+14:00", "2026-02-30"])
def test_a_part_that_is_no_time_is_refused(text):
    with pytest.raises(Invalid):
        cursors.time(text)


def test_a_cursor_that_was_damaged_anywhere_is_refused():
    cursor = cursors.encode("list", "0", "ana@example.com")
    damaged = {
        cursor[:place] + other + cursor[place + 1 :]
        for place in range(len(cursor))
        for other in "aB3-_="
    } | {cursor[:-1], cursor + "A", cursor * 2, cursor[::-1]}

    for text in damaged - {cursor}:
        with pytest.raises(Invalid):
            cursors.decode("list", text, 2)
    with pytest.raises(Invalid):
        cursors.decode("another list", cursor, 2)


def test_any_number_of_parts_is_taken_where_nobody_knows_it():
    assert cursors.decode("list", cursors.encode("list", "a", "b"), None) == ["a", "b"]
    with pytest.raises(Invalid):
        cursors.decode("list", "junk", None)
