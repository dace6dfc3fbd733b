"""No filter and no event buys more work than an event's budget, counted and not timed.

The calls and loops of Python are counted by the interpreter, and what its own operations on lists
and sets do by the values themselves.
"""

from contextlib import suppress

import pytest

from carillon.adapters.filters import jayway, limits
from carillon.domain.subscriptions.subscriptions import Verdict
from tests.work import Counted, counted

MOST = 12  # calls, resumptions, jumps and comparisons to a step


def texts(count, start=0):
    return [Counted(start + number) for number in range(count)]


def deep(levels):
    return {"a": deep(levels - 1), "b": deep(levels - 1)} if levels else Counted("x")


LISTS = {"a": texts(1_000), "b": texts(1_000, 10_000), "c": texts(1_000)}
OBJECTS = {"a": [{"x": t} for t in texts(700)], "b": [{"x": t} for t in texts(700, 9_000)]}
LONG = {"a": ["x" * 500] * 300, "long": "x" * 100_000}
NAMES = ",".join(f"'n{number}'" for number in range(300))
CONDITIONS = " || ".join(["1 == 2"] * 190)

# An operator, aggregate, pattern, scan or union, on what makes it slow.
HOSTILE = [
    *(
        (f"$.{over}[?({left} {operator} {right})]", event)
        for operator in ("subsetof", "anyof", "noneof", "in", "nin", "contains", "==", "<", "size")
        for left, right in (("$.a", "$.b"), ("@", "$.a"), ("$.a[*]", "$..b"), ("$.a", "$.c"))
        for over, event in (("c", LISTS), ("a", OBJECTS))
    ),
    *(
        (f"$.c[?($.a.{name}() == 1)]", LISTS)
        for name in ("sum", "avg", "min", "max", "length", "size", "keys", "concat")
    ),
    ("$.a[?($.a.concat() == @)]", LONG),
    ("$.a.*.concat($.a,$.a,$.a)", LONG),
    ("$.a[?(@ == $.long || $.long contains @ || @ contains $.long)]", LONG),
    ("$.a[?($.long == 5)]", {"a": [0] * 3_000, "long": "1" * 100_000}),
    ("$..*", {"a": deep(12)}),
    ("$..a..a..a..a..a..[?(@..c)]", deep(11)),
    ("$..[?(@..[?(@..[?(@..c)])])]", deep(11)),
    ("$..*..*..*..x", deep(11)),
    (f"$..[{NAMES}]", deep(11)),
    (f"$..[?({CONDITIONS})]", {"a": list(range(10_000))}),
    ("$.a[-999:][?($.a[-999:] == @)]", LISTS),
    ("$.a[?(@ in $..a && @ nin $..b)]", OBJECTS),
    ("$.a[?($..*.length() == 1)]", OBJECTS),
    ("$.a[-2000000000:5]", LISTS),
    ("$.a.*.length($.a)", OBJECTS),
]
PATTERNS = [
    (r"$.a[?(@ =~ /(a+)+$/)]", {"a": ["a" * 5_000 + "!"] * 50}),
    (r"$.a[?(@ =~ /(a|aa)+$/)]", {"a": ["a" * 5_000 + "!"] * 50}),
    (r"$.a[?($.a =~ /(a|a)*$/)]", {"a": ["a" * 5_000 + "!"] * 50}),
    (f"$.a[?(@ =~ /{'(' * 8 + 'a?' * 500 + ')' * 8}/)]", {"a": ["a" * 5_000 + "!"] * 50}),
    (r"$.a[?(@ =~ /.*x/)]", {"a": ["y" * 2_000] * 100}),
]


@pytest.fixture
def less(monkeypatch):
    """A tenth of an event's budget, as counting is slow."""
    monkeypatch.setattr(limits, "_OF_AN_EVENT", 20_000)
    monkeypatch.setattr(limits, "_OF_A_VALUE", 4)


@pytest.mark.usefixtures("less")
@pytest.mark.parametrize(("expression", "event"), HOSTILE)
def test_the_work_of_a_filter_is_bounded_by_its_steps(expression, event):
    budget = limits.steps_for(event)
    assert jayway.problem(expression) == ""

    verdicts, work = counted(lambda: jayway.verdicts([expression], event))

    assert list(verdicts) == [expression]
    assert work < budget * MOST
    assert jayway.verdicts([expression], event) == verdicts  # the same at each run


@pytest.mark.parametrize(("expression", "event"), PATTERNS)
def test_the_time_of_patterns_is_paid_for_in_steps(expression, event):
    with (
        limits.limited(limits.steps_for(event)) as work,
        suppress(limits.TooMuch, TimeoutError),
    ):
        jayway._results(jayway._compiled(expression), event)

    # What one pattern may take at most is what it may take too much.
    assert work.left > -limits.steps_for({}) * 10


@pytest.mark.usefixtures("less")
def test_filters_share_an_event_and_a_costly_one_leaves_the_others_theirs():
    costly = [f"$.a[?($..x == '{number}')]" for number in range(40)]
    plain = "$[?($.a[0].x == '0')]"

    verdicts, work = counted(lambda: jayway.verdicts([*costly, plain], OBJECTS))

    assert verdicts == {**dict.fromkeys(costly, Verdict.FAILED), plain: Verdict.MATCHED}
    assert work < limits.steps_for(OBJECTS) * MOST


def test_a_filter_is_judged_once_however_often_it_is_asked_for():
    expression = "$.a[?(@.x == '7')]"

    _, once = counted(lambda: jayway.verdicts([expression], OBJECTS))
    _, often = counted(lambda: jayway.verdicts([expression] * 500, OBJECTS))

    assert often < once * 1.2


@pytest.mark.parametrize(
    ("expression", "event"),
    [
        ("$[?($.a subsetof $.b)]", {"a": list(range(60_000)), "b": list(range(60_000))}),
        ("$[?($.a.sum() > 1)]", {"a": list(range(60_000))}),
        ("$.a[?(@.x == 'no')]", {"a": [{"x": "y"}] * 20_000}),
        ("$.a[?(@.x in $.b)]", {"a": [{"x": "y"}] * 9_000, "b": list(range(9_000))}),
        ("$..x", {"a": [{"y": "y"}] * 20_000}),
        ("$[?(@.long contains 'y')]", {"long": "x" * 250_000}),
    ],
)
def test_a_filter_that_looks_at_each_value_once_is_within_an_events_steps(expression, event):
    assert jayway.verdicts([expression], event)[expression] is not Verdict.FAILED


def test_an_event_that_is_nested_too_deeply_fails_a_filter():
    event = {}
    for _ in range(2_000):
        event = {"a": event}

    assert jayway.verdicts(["$..b", "$.a"], event) == {
        "$..b": Verdict.FAILED,
        "$.a": Verdict.MATCHED,
    }
