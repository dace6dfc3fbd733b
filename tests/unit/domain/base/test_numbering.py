"""Pages with numbers over lists that can only be walked."""

from itertools import count

import pytest

from carillon.domain.base import numbering
from carillon.domain.base.errors import Invalid
from carillon.domain.base.numbering import OutOfReach, numbered


def out_of_reach(items):
    yield from range(items)
    raise OutOfReach


def test_no_more_is_walked_than_tells_whether_there_is_more():
    walked = []

    page = numbered((walked.append(n) or n for n in count()), 2, 10)

    assert page.items == list(range(20, 30))
    assert page.more
    assert page.total is None
    assert len(walked) == 31


@pytest.mark.parametrize(
    ("length", "items", "more"), [(5, 5, False), (10, 10, False), (11, 10, True)]
)
def test_the_length_is_told_where_the_end_was_seen(length, items, more):
    page = numbered(iter(range(length)), 0, 10)

    assert (len(page.items), page.more) == (items, more)
    assert page.total == (None if more else length)


def test_a_page_that_begins_within_reach_ends_there_and_says_that_there_is_more():
    page = numbered(out_of_reach(15), 1, 10)

    assert (page.items, page.more, page.total) == ([10, 11, 12, 13, 14], True, None)


@pytest.mark.parametrize(("length", "page"), [(10, 1), (0, 0), (15, 2)])
def test_a_page_out_of_reach_is_refused_and_not_called_empty(length, page):
    with pytest.raises(Invalid):
        numbered(out_of_reach(length), page, 10)


def test_a_page_behind_the_bound_is_refused_before_anything_is_read():
    with pytest.raises(Invalid):
        numbered(iter(()), numbering.BOUND // 10, 10)


def test_what_was_begun_comes_before_the_end_of_reach():
    batches = []
    with pytest.raises(OutOfReach):
        batches += (list(some) for some in numbering.some_at_a_time(out_of_reach(5), 2))

    some = numbering.some_at_a_time(out_of_reach(5), 2)
    assert [list(next(some)) for _ in range(3)] == [[0, 1], [2, 3], [4]]
