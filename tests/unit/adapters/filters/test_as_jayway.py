"""Filters select what Jayway's json-path selects: by its recorded answers, and asked anew."""

import json

import pytest

from carillon.adapters.filters import jayway, limits
from carillon.adapters.filters.paths import Run
from carillon.adapters.filters.values import Broken, NotFound, Unfit
from carillon.domain.subscriptions.subscriptions import Verdict
from tests.references.jayway import reference

# Where we differ on purpose, by a part of the filter, with the reason.
DIFFERENT = {
    "(@.length-1)": "taken for [-1], as Goessner has it; Jayway refuses it",
    # `*` right before the function, in a condition that is asked more than once.
    "..*.min()": "Jayway forgets the `*` once it has asked, and fails the second time",
    "..*.max()": "as for min()",
    "..*.avg()": "as for min()",
    "..*.sum()": "as for min()",
    "..*.stddev()": "as for min()",
}
# What we refuse when it is saved, and Jayway fails on, or never finds, at each event.
REFUSED_BY_US = ("unknown function", "holds for nothing", "is not JSON:")
LEAST_EQUAL = 0.999


def ours(expression, document):
    if jayway.problem(expression):
        return "refused"
    path = jayway._compiled(expression)
    try:
        with limits.limited(limits.steps_for(document)):
            return "=", path.read(document, Run(document))
    except NotFound:
        return "none"
    except (Broken, Unfit):
        return "failed"


def theirs(answer):
    return ("=", json.loads(answer[1:])) if answer.startswith("=") else answer


def as_json(found):
    """Return a result as JSON has it: the names of an object are an array."""
    return ("=", json.loads(json.dumps(found[1]))) if isinstance(found, tuple) else found


def differing(answers):
    for expression, document, answer in answers:
        event = json.loads(document)
        if as_json(ours(expression, event)) != theirs(answer):
            yield expression, document, answer


def is_listed(expression):
    return any(part in expression for part in DIFFERENT)


@pytest.fixture(scope="module")
def recorded():
    return reference.recorded()


def test_filters_select_what_jayway_selects(recorded):
    different = list(differing(recorded))

    assert len(recorded) > 10_000
    assert [each for each in different if not is_listed(each[0])] == []
    assert len(different) <= len(recorded) * (1 - LEAST_EQUAL)


def test_what_jayway_refuses_is_refused_and_nothing_else_but_what_it_cannot_run():
    recorded = reference.recorded(reference.TO_EDITED)

    different = [
        (expression, answer, jayway.problem(expression))
        for expression, _, answer in differing(recorded)
        if answer == "refused" or not is_refused_by_us(jayway.problem(expression))
    ]

    assert sum(answer == "refused" for *_, answer in recorded) > len(recorded) / 3
    assert different == []


def is_refused_by_us(problem):
    return any(words in problem for words in REFUSED_BY_US)


def test_the_answers_are_of_all_kinds_and_of_what_is_asked(recorded):
    kinds = [
        answer if answer[0] != "=" else "=[]" if answer == "=[]" else "=" for *_, answer in recorded
    ]

    assert [(one.filter, one.document) for one in recorded] == [
        *reference.published(),
        *reference.generated(),
    ]
    for kind in ("refused", "none", "failed", "=[]", "="):
        assert kinds.count(kind) > len(kinds) / 50


def test_a_verdict_is_whether_jayway_selects_anything(recorded):
    for expression, document, answer in recorded:
        if is_listed(expression):
            continue
        if answer == "refused":
            expected = Verdict.FAILED
        elif answer in ("none", "failed", "=[]" if not definite(expression) else "none"):
            expected = Verdict.PASSED
        else:
            nothing = answer == "=null" and is_function(expression)
            expected = Verdict.PASSED if nothing else Verdict.MATCHED

        event = json.loads(document)
        assert jayway.verdicts([expression], event)[expression] is expected, expression


def is_function(expression):
    return jayway._compiled(expression).function


def definite(expression):
    return jayway._compiled(expression).definite


@pytest.mark.skipif(not reference.jar(), reason="no json-path, or no JDK, on this machine")
def test_jayway_itself_says_so_of_other_filters():
    asked = reference.generated(seed=19, count=5_000)
    answers = [(*case, answer) for case, answer in zip(asked, reference.asked(asked), strict=True)]

    different = list(differing(answers))

    assert [each for each in different if not is_listed(each[0])] == []
    assert len(different) <= len(answers) * (1 - LEAST_EQUAL)
