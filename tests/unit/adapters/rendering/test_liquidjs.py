"""Templates say what LiquidJS in Node, and Novu's engine on top of it, make of them.

Ours is the same LiquidJS in another engine of JavaScript, with time zones, Node's functions and
Novu's filters added. Whatever differs is named here, with the reason.
"""

import json
from collections import defaultdict

import pytest

from carillon.adapters.rendering.engine import SCRIPTS, Engine, Source
from tests.references.liquidjs import reference, third_party

RECORDED = {
    case: answer for case, answer in reference.recorded().items() if case.engine != "handlebars"
}
# What both render, and not alike: by template, the names of the data.
DIFFERENCES = {
    "what JavaScript's Date makes of a text that is no date is each engine's own": {
        next(t for t in reference.CASES["templates"] if "{{ '-1' | date: '%Y' }}" in t): ["data"],
    },
    "Novu's json writes ' for \", which is JSON to nobody": {
        "{{ map | json }}|{{ people | json }}": ["data"],
    },
}
_DIFFERENT = {
    (template, named)
    for listed in DIFFERENCES.values()
    for template, names in listed.items()
    for named in names
}
# What cannot work, or not as its author must mean it, is refused when it is saved. LiquidJS takes
# no notice of it, or fails with each message.
REFUSED = reference.CASES["refused"]
_JAVASCRIPTS_OBJECT = "[object Object]"


def _alike():
    """Return the cases that must be alike, by template."""
    found = defaultdict(list)
    for case, answer in RECORDED.items():
        different = (case.template, case.named) in _DIFFERENT
        if answer.text is not None and case.template not in REFUSED and not different:
            found[case.template].append(case)
    return found


ALIKE = _alike()


@pytest.fixture(scope="module")
def engine():
    return Engine()


@pytest.fixture(scope="module")
def bare():
    """Return an engine that prints an object as JavaScript does."""
    return Engine([script for script in SCRIPTS if not script.endswith("objects.js")])


def rendered(engine, case):
    return engine.render([Source(case.template)], case.data)


def text(engine, case):
    [text] = rendered(engine, case).texts
    return text


def test_enough_is_compared():
    assert sum(map(len, ALIKE.values())) > 1_500
    assert len(ALIKE) > 250


@pytest.mark.parametrize("template", sorted(ALIKE))
def test_it_says_what_the_reference_says(template, bare):
    for case in ALIKE[template]:
        assert (case.named, text(bare, case)) == (case.named, RECORDED[case].text)


@pytest.mark.parametrize("template", sorted(ALIKE))
def test_it_is_so_wherever_no_object_is_printed(template, engine):
    for case in ALIKE[template]:
        if case.named not in ("object", "objects") and "[object" not in RECORDED[case].text:
            assert (case.named, text(engine, case)) == (case.named, RECORDED[case].text)


@pytest.mark.parametrize("reason", DIFFERENCES)
def test_what_is_listed_as_different_is(reason, bare):
    for template, names in DIFFERENCES[reason].items():
        for named in names:
            [case] = [one for one in RECORDED if (one.template, one.named) == (template, named)]

            assert text(bare, case) != RECORDED[case].text


def test_an_object_is_json_where_javascript_says_that_it_is_one(engine):
    case = reference.Case("liquidjs", "{{ v }}", "object")

    assert RECORDED[case].text == _JAVASCRIPTS_OBJECT
    assert json.loads(text(engine, case)) == case.data["v"]


def test_no_data_costs_a_message(engine):
    """Where the reference fails with the data, we say the rest and warn."""
    failed = [
        case
        for case, answer in RECORDED.items()
        if answer.error and not answer.parsing and case.template not in REFUSED
    ]

    assert failed
    for case in failed:
        assert rendered(engine, case).warnings, case


@pytest.mark.parametrize("template", reference.CASES["wrong"])
def test_what_the_reference_refuses_is_refused_when_it_is_saved(template, engine):
    [answer] = [RECORDED[case] for case in RECORDED if case.template == template]

    assert answer.parsing
    assert engine.check(template)[0] == 1


@pytest.mark.parametrize("template", REFUSED)
def test_what_cannot_be_meant_is_refused_when_it_is_saved(template, engine):
    line, message = engine.check(template)

    assert line == 1
    assert message


@pytest.mark.parametrize("template", sorted(ALIKE))
def test_nothing_else_is_refused(template, engine):
    assert engine.check(template) is None


def test_each_case_has_been_recorded():
    assert list(reference.recorded()) == list(reference.cases()), "make references"


@pytest.mark.parametrize("name", ["liquidjs", "novu", "handlebars"])
def test_what_was_recorded_is_what_the_reference_says_now(name):
    if not reference.is_installed(name):
        pytest.skip(f"{name} is not installed: make references")
    recorded = reference.recorded()
    asked = [case for case in recorded if case.engine == name]

    assert reference.ask(name, asked) == [recorded[case] for case in asked]


NOTED = json.loads(third_party.NOTED.read_text())


def test_all_files_of_third_parties_are_noted():
    files = {path.name for path in third_party.LAYER.iterdir() if path.suffix == ".js"}

    assert files == NOTED.keys() == third_party.FILES.keys()


@pytest.mark.parametrize("name", NOTED)
def test_a_file_of_a_third_party_is_that_of_the_locked_package(name):
    noted, locked = NOTED[name], third_party.locked()[NOTED[name]["package"]]

    assert (noted["version"], noted["integrity"], noted["licence"]) == (
        locked["version"],
        locked["integrity"],
        locked["license"],
    )
    assert third_party.sha256(third_party.LAYER / name) == noted["sha256"], "make third-party"
    assert (third_party.LAYER / f"{noted['package']}.LICENSE").read_text()
    installed = reference.INSTALLED / "node_modules" / noted["package"] / noted["path"]
    if installed.exists():
        assert (third_party.LAYER / name).read_bytes() == installed.read_bytes()
