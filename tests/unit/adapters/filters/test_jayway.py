"""Filters in Jayway's JSONPath: what they find, what is refused, and what they may cost."""

import pytest

from carillon.adapters.filters.jsonpath import JsonPathFilters
from carillon.domain.subscriptions.subscriptions import Verdict

FILTERS = JsonPathFilters()


def matches(expression, event):
    return FILTERS.verdicts([expression], event)[expression] is Verdict.MATCHED


ODD = [
    "in",
    "not",
    "or",
    "and",
    "null",
    "true",
    "none",
    "contains",
    "d:Id",
    "@context",
    "$ref",
    "1a",
]
EVENT = {
    "identityId": "2013",
    "count": 5,
    "enabled": False,
    "nothing": None,
    "tags": ["a", "b"],
    "none": [],
    "name": "Ana Maria",
    "numbers": [1, 2, 3],
    "huge": [10**5000],
    "lists": [["a", "b"], {"c": 1}],
    "changes": [{"attribute": "department", "old": 1}, {"attribute": "phone", "size": 3}],
    "one": "1",
    "object": {},
    "odd": dict.fromkeys(ODD, 1) | {"name": "x"},
}


@pytest.mark.parametrize(
    "expression",
    [
        "$",
        "$.identityId",
        "$['identityId']",
        '$["changes"][0]["attribute"]',
        "$.changes[*].attribute",
        "$..attribute",
        "$..size",
        "$.*",
        "$.changes[0,1]",
        "$.changes[-1:]",
        "$.changes[:1]",
        "$.changes[0:2:1]",
        "$.changes[(@.length-1)]",
        '$[?($.identityId == "2013")]',
        "$[?(@.identityId == '2013')]",
        "$[?(@.identityId == 2013)]",
        '$.changes[?(@.attribute == "department")]',
        '$.changes[?(@.attribute != "department")]',
        "$.changes[?(@.size)]",
        "$.changes[?(@.attribute == $.changes[1].attribute)]",
        "$[?(@.count > 4 && @.count < 6)]",
        "$[?(@.count >= 5 || @.count <= 1)]",
        "$[?(!(@.count == 4))]",
        "$[?(!@.missing)]",
        "$[?(@.enabled)]",
        "$[?(@.enabled == false)]",
        "$[?(@.nothing == null)]",
        "$[?(@.name =~ /ana.*/i)]",
        "$[?(@.name =~ /Ana\\sMaria/)]",
        '$[?(@.identityId in ["2012", "2013"])]',
        '$[?("a" in @.tags)]',
        '$[?(@.identityId nin ["2012"])]',
        '$[?(@.tags subsetof ["a", "b", "c"])]',
        '$[?(@.tags anyof ["z", "b"])]',
        '$[?(@.tags noneof ["z"])]',
        '$[?($.changes[*].attribute anyof ["department"])]',
        "$[?(@.tags size 2)]",
        "$[?(@.none empty true)]",
        "$[?(@.tags empty false)]",
        '$[?(@.tags contains "a")]',
        '$[?(@.name contains "Maria")]',
        "$.changes.length()",
        "$[?($.changes.length() == 2)]",
        '$.concat($.identityId, "-", $.count)',
        "$[?(@.count =~ /5/)]",
        "$[?($.numbers.sum() == 6)]",
        "$[?($.numbers.avg() == 2 && $.numbers.min() == 1 && $.numbers.max() == 3)]",
        "$.keys()",
        '$.huge.concat("x")',
        # An indefinite path is a list, however much it hits.
        "$[?($.changes[?(@.attribute == 'department')] size 1)]",
        "$[?($.changes[*] size 2)]",
        "$[?($.changes[0:1] size 1)]",
        "$[?($..old size 1)]",
        "$[?($.changes[*].old contains 1)]",
        "$[?($.changes[*].old anyof [1])]",
        "$[?($.missing[?(@.x)] != 1)]",
        # What is not there equals nothing.
        "$[?($.missing != 1)]",
        "$[?(!($.missing == null))]",
        "$[?($.missing nin ['a'])]",
        # `.[`, and names that are words of the grammar or begin with what ends others elsewhere.
        "$.[?($.identityId == '2013')]",
        "$.changes.[?(@.attribute == 'phone')]",
        "$.changes.[0]",
        "$.['odd'].name",
        "$.[*]",
        *(f"$.odd.{name}" for name in ODD),
        *(f"$..{name}" for name in ODD),
        "identityId",
        # Numbers and texts.
        "$[?(1 == @.one)]",
        "$[?(@.one == 1)]",
        "$[?(1.0 == @.one)]",
        "$[?(@.one !== 1)]",
        "$[?(@.count === 5)]",
        "$[?($.none == [])]",
        "$[?($.numbers == [1, 2, 3])]",
        "$[?($.changes[0] == {'attribute': 'department', 'old': 1})]",
        # `!` before `&&` before `||`.
        "$[?(@.count == 5 || @.count == 1 && @.count == 2)]",
        "$[?(!(@.count == 1) && @.count == 5)]",
        "$[?(!(@.count == 1 || @.count == 2))]",
        "$[?(@.name =~ /ANA.m.*/is)]",
        "$[?(@.tags =~ /A/i)]",
        "$[?($.numbers.first() == 1 && $.numbers.last() == 3)]",
        "$.numbers.index(1)",
        "$.numbers.append(4).length()",
        "$[?($.numbers.stddev() > 0.8 && $.numbers.stddev() < 0.9)]",
    ],
)
def test_what_leads_somewhere_is_heard(expression):
    assert FILTERS.check(expression) == []
    assert matches(expression, EVENT)


@pytest.mark.parametrize(
    "expression",
    [
        "$.missing",
        '$[?($.identityId == "2014")]',
        '$.changes[?(@.attribute == "email")]',
        '$[?(@.attribute == "department")]',
        "$[?(@.missing)]",
        "$[?(@.missing == 1)]",
        "$[?(@.name =~ /ana/i)]",
        '$[?(@.count < "x")]',
        '$[?(@.identityId nin ["2013"])]',
        '$[?(@.tags subsetof ["a"])]',
        '$[?(@.tags noneof ["a"])]',
        "$[?(@.tags size 3)]",
        "$[?(@.count size 1)]",
        "$[?(@.tags empty true)]",
        '$[?(@.count contains "5")]',
        "$.count.length()",
        # What is null or not there has no items, no size and no emptiness.
        *(
            f"$[?($.{name} {rest})]"
            for name in ("missing", "nothing")
            for rest in ("noneof ['x']", "subsetof ['x']", "anyof ['x']", "size 0", "empty true")
        ),
        "$[?('x' subsetof ['x'])]",
        "$[?($.object size 0)]",
        "$[?($.object empty true)]",
        # A list is no text and no number, even one of one.
        "$[?($.changes[0:1].attribute == 'department')]",
        "$[?($.changes[0:1].attribute contains 'dep')]",
        "$[?($.changes[0:1].old > 0)]",
        "$[?($.changes[*].attribute == 'department')]",
        "$[?($.changes[*].attribute in ['department'])]",
        # Jayway gives up on arrays in arrays, on infinity and on what `keys()` returns.
        "$[?($.tags in $.lists)]",
        "$[?(@.lists contains @.tags)]",
        "$[?(@.lists anyof $.lists)]",
        "$[?(@.keys() anyof ['tags'])]",
        "$[?($.huge.sum() > 1)]",
        "$[?($.huge.avg() > 1 || @.count == 5)]",
        "$[?($.none.sum() == 0)]",
        "$[?(@.one === 1)]",
        "$[?('1.0' == 1)]",
        "$[?(@.count == 1 && @.count == 2 || @.count == 3)]",
        '$[?($.tags in ["a"])]',
    ],
)
def test_what_leads_nowhere_is_not_heard(expression):
    assert FILTERS.check(expression) == []
    assert not matches(expression, EVENT)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        " ",
        "$[",
        "$.",
        "$[?(@.a ==)]",
        "$[?(@.a == 1]",
        "$[?(@.a =~ /(/)]",
        "$.a.nope()",
        "$.a[$.b]",
        "$.a b",
        "$a",
        "$[?@.a]",
        "$[?match(@.name, 'Ana')]",
        "$[?search(@.name, '(')]",
        "$[?(@.a and @.b)]",
        "$[?(@.a or @.b)]",
        "$[?(not @.a)]",
        "$[?(@.a == undefined)]",
        "$[?(@.a <> 1)]",
        "$[?(@.a all ['x'])]",
        "$[?(@.a =~ /x/a)]",
        "$[?(@.a =~ /x{y/)]",
        "$[?(@.a in [:1])]",
        " $.a",
        "$[?(1)]",
        "$['a',]",
        "$[99999999999]",
        # Jayway takes no arguments within a condition.
        "$[?($.concat($.a,$.b) == 1)]",
        "$[?($.numbers.index(1) == 2)]",
        "$[?]",
        "$" + "[0]" * 1000,
        "$[?(" + "(" * 30 + "@.a" + ")" * 30 + ")]",
        "$[?(" + "!" * 900 + "@.a)]",
    ],
)
def test_what_is_no_filter_is_refused_and_finds_nothing(expression):
    [problem] = FILTERS.check(expression)

    assert problem.field == "filter"
    assert not matches(expression, EVENT)


@pytest.mark.parametrize(
    ("expression", "there"),
    [
        ('$[?($.identityId == "2014")]', True),
        ('$[?($.missing == "2014")]', False),
        ('$.changes[?(@.attribute == "email")]', True),
        ('$.changes[?(@.missing == "email")]', False),
        ('$.missing[?(@.attribute == "email")]', False),
        ('$[?(@.identityId == "1" && @.missing == 2)]', False),
        ("$.identityId", True),
        ("$[", False),
    ],
)
def test_a_path_is_there_whatever_its_condition_says(expression, there):
    assert FILTERS.exists(expression, EVENT) is there


def test_one_evaluation_leaves_nothing_to_the_next():
    expression = '$[?($.identityId == "2013")]'

    assert matches(expression, EVENT)
    assert not matches(expression, {"identityId": "x"})
    assert matches(expression, EVENT)
