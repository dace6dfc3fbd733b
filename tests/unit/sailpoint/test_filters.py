"""SailPoint's filters, sorters and pages of collections."""

import pytest

from carillon.dialects.sailpoint import filters
from carillon.dialects.sailpoint.collections import CollectionQuery, Fields, answer
from carillon.domain.base.errors import Invalid

ALL = frozenset(["eq", "ne", "gt", "ge", "lt", "le", "co", "sw", "in", "ca", "pr", "isnull"])
FILTERABLE = {"name": ALL, "size": ALL, "tags": ALL, "id": frozenset({"eq"})}
ROWS = [
    {"id": "1", "name": "Ada", "size": 3, "tags": ["x", "y"]},
    {"id": "2", "name": "ben", "size": 10, "tags": []},
    {"id": "3", "name": 'a "b" \\c', "size": None, "tags": None},
]


def found(text):
    matches = filters.compiled(text, FILTERABLE)
    return [row["id"] for row in ROWS if matches(row)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ('id eq "1"', ["1"]),
        ('name eq "ADA"', ["1"]),
        ('name ne "ada"', ["2", "3"]),
        ("size gt 3", ["2"]),
        ("size ge 3", ["1", "2"]),
        ("size lt 10", ["1"]),
        ("size le 10", ["1", "2"]),
        ('name le "ada"', ["1", "3"]),
        ('name co "E"', ["2"]),
        ('name sw "a"', ["1", "3"]),
        ('name in ("ada", "BEN")', ["1", "2"]),
        ('tags ca ("x","y")', ["1"]),
        ('tags ca ("x","z")', []),
        ("size pr", ["1", "2"]),
        ("size isnull", ["3"]),
        ("size eq null", ["3"]),
        ('name eq "a \\"b\\" \\\\c"', ["3"]),
        ('not name sw "a"', ["2"]),
        ('name sw "a" and size pr', ["1"]),
        ('name eq "ben" or name eq "ada" and size eq 99', ["2"]),
        ('(name eq "ben" or name eq "ada") and size eq 3', ["1"]),
        ('not (name eq "ben" or size isnull)', ["1"]),
        ('name eq "and"', []),
        ("name eq ada", ["1"]),
    ],
)
def test_a_filter_finds(text, ids):
    assert found(text) == ids


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name eq",
        'name EQ "x"',
        'unknown eq "x"',
        'id co "1"',
        'name eq "x" and',
        'name eq "x" name eq "y"',
        '(name eq "x"',
        'name eq "x")',
        'name in "x"',
        'name in ("x"',
        'name eq "x',
        "name eq (",
        "not " * 100 + 'id eq "1"',
        "(" * 2000,
        'name eq "' + "x" * 5000 + '"',
    ],
)
def test_what_is_no_filter_is_refused(text):
    with pytest.raises(Invalid) as refused:
        found(text)

    assert {problem.path for problem in refused.value.problems} == {"filters"}


def listed(**query):
    fields = Fields(filterable=FILTERABLE, sortable=frozenset({"name", "size", "id"}))
    got = answer(ROWS, CollectionQuery(**query), fields)
    return [row["id"] for row in got.body], dict(got.headers)


@pytest.mark.parametrize(
    ("sorters", "ids"),
    [
        ("name", ["3", "1", "2"]),
        ("-name", ["2", "1", "3"]),
        ("size", ["1", "2", "3"]),
        ("-size", ["2", "1", "3"]),
        ("size, -id", ["1", "2", "3"]),
    ],
)
def test_rows_are_sorted_and_what_is_absent_comes_last(sorters, ids):
    assert listed(sorters=sorters)[0] == ids


def test_another_field_cannot_be_sorted_by():
    with pytest.raises(Invalid, match="sorters"):
        listed(sorters="tags")


def test_a_page_is_cut_out_of_what_was_found_and_the_total_told_if_asked_for():
    assert listed(limit=1, offset=1) == (["2"], {})
    assert listed(limit=1, offset=1, count=True) == (["2"], {"x-total-count": "3"})
    assert listed(limit=0, count=True, filters="size pr") == ([], {"x-total-count": "2"})
