"""Templates: what they can say, and that none of them can keep a worker."""

import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carillon.adapters.rendering.liquid import LiquidRenderer
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.templates import RenderedTexts, Template


def _nested(depth):
    found = []
    for _ in range(depth):
        found = [found]
    return found


# A list of lists with more items than there is time for.
NESTED = "{% assign a = name | split: '' %}" + "{% assign a = a | push: a %}" * 60

DATA = {
    "name": "<Zoë>",
    "long": "a" * 90_000,
    "many": list(range(9_000)),
    "people": [{"name": "Ana"}, {"name": "Bo"}],
    "huge": 10**40,
    "half": "\ud800",
    "mixed": [number if number % 2 else str(number) for number in range(400)],
    "deep": _nested(30),
    "other": _nested(29),
}


def template(body="", **fields):
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return Template(event="e", medium=Channel.EMAIL, body=body, updated_at=now, **fields)


def rendered(body, data=DATA):
    return LiquidRenderer().render(template(body), data).body


def test_subject_text_and_html_are_rendered_and_only_html_is_escaped():
    words = template("Dear {{ name }}", subject=" Hi {{ name }}\n", html="<b>{{ name }}</b>")

    assert LiquidRenderer().render(words, DATA) == RenderedTexts(
        subject="Hi <Zoë>", body="Dear <Zoë>", html="<b>&lt;Zoë&gt;</b>"
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("plain words", "plain words"),
        ("{{ nope }}|{{ nope.deeper[3].still }}|", "||"),
        ("{{ name.__class__ }}{{ people.__init__ }}", ""),
        ("{% for p in people %}{{ p.name }},{% endfor %}", "Ana,Bo,"),
        ("{% for p in people reversed %}{{ forloop.index }}{{ p.name }}{% endfor %}", "1Bo2Ana"),
        ("{% for i in (1..3) %}{{ i }}{% endfor %}", "123"),
        ("{% if name == 'x' %}a{% else %}b{% endif %}", "b"),
        ("{{ people | map: 'name' | join: ' & ' }}", "Ana & Bo"),
        ("{{ 'a-b' | replace: '-', '+' | upcase }}", "A+B"),
        ("{{ '2026-11-01' | date: '%d.%m.%Y' }}", "01.11.2026"),
        ("{% raw %}{{ name }}{% endraw %}", "{{ name }}"),
    ],
)
def test_what_a_template_can_say(source, text):
    assert LiquidRenderer().check(template(source)) == []
    assert rendered(source) == text


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("one\ntwo\n{{ name | nofilter }}", 'line 3: no filter is called "nofilter"'),
        ("one\n{% if name %}", "line 2: tag {% if name %} not closed"),
        ("{% for %}{% endfor %}", "line 1"),
        ("{% include 'other' %}", "line 1"),
        ("{% render 'other' %}", "line 1"),
        ("{{ name", "not closed"),
        ("{% if a %}" * 11 + "{% endif %}" * 11, "more than 10 blocks within each other"),
        ("a" * 20_001, "longer than 20000"),
        ("é" * 10_001, "longer than 20000"),
        ("{{" * 9_000, "not closed"),
        ("{%a" * 6_000, "not closed"),
        ("{{" + " " * 19_000, "not closed"),
        ("{{ (" + "(" * 9_000, "not closed"),
        ("{{ " + "(" * 9_000 + "}}", "nested too deeply"),
        ("{{ " + "(" * 9 + "a" + " | append: a" * 1_500 + "}}", "line 1"),
        ("{{ 'a" + "\\" * 19_000, "not closed"),
        ("{{ name | date: '%999999999Y' }}", "a date of more than 99 characters"),
        ("one\n{{ name | upcas }}", 'line 2: no filter is called "upcas"'),
        ("{{ name | append }}", 'line 1: filter "append" takes 1 argument, not 0'),
        ("{{ name | truncate: 1, 2, 3 }}", "takes 0 to 2 arguments, not 3"),
        ("{% liquid\n echo name\n echo name tail\n%}", 'line 3: unexpected "tail"'),
        ("{{#if name}}x{{/if}}", '"#if name" is Handlebars: write {% if … %}'),
        ("{{{ name }}}", "is Handlebars: write {{ … | raw }}"),
        ("{% if name = 'x' %}{% endif %}", "line 1: "),
        ("{{ name | date: '%H', 'Mars/Phobos' }}", 'no time zone is called "Mars/Phobos"'),
        ("{{ a" + "[a" * 9_000 + "]" * 900 + "}}", ""),
        ("{% raw %}" * 2_000, ""),
    ],
)
def test_what_is_wrong_is_told_when_it_is_saved_and_at_once(source, words):
    began = time.process_time()
    problems = LiquidRenderer().check(template(source))

    assert [problem.field for problem in problems] == ["body"]
    assert words in problems[0].message
    assert time.process_time() - began < 3


def test_each_part_has_its_own_problems():
    problems = LiquidRenderer().check(template("{% x %}", subject="{% y %}", html="{% z %}"))

    assert [problem.field for problem in problems] == ["subject", "body", "html"]


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..9999999999) reversed %}{% endfor %}",
        "{% for i in (1..9999999999999999999999) %}{% endfor %}",
        "{{ (1..9999999999) | join: ',' }}",
        "{% for i in many %}{% for j in many %}{% endfor %}{% endfor %}",
        "{% for i in (1..9000) %}{% endfor %}{% for i in (1..9000) %}{% endfor %}",
        "{% tablerow i in (1..9000) %}{% for j in (1..9000) %}{% endfor %}{% endtablerow %}",
        "{% for i in many %}{{ long }}{% endfor %}",
        "{% capture c %}{% for i in many %}{{ long }}{% endfor %}{% endcapture %}",
        "{{ long | replace: 'a', long }}",
        "{{ many | join: long }}",
        "{{ long | split: '' }}{{ long | split: '' }}",
        "{% assign a = long %}" + "{% assign a = a | append: a %}" * 40,
        NESTED + "{{ a }}",
        "{% assign a = name | split: '' %}"
        + "{% assign a = a | push: a %}" * 60
        + "{{ a | join }}",
        "{% assign a = name | split: '' %}"
        + "{% assign a = a | push: a %}" * 60
        + "{{ a | json }}",
        NESTED + "{{ a < a }}",
        "{% assign a = people %}"
        + "{% assign a = a | concat: a | group_by: 'x' %}" * 60
        + "{{ a }}",
        "{% for i in many %}{% assign a = a | push: long %}{% endfor %}{{ a }}",
        "{% for i in many %}{% assign x = long | upcase %}{% endfor %}",
        "{{ long | replace: '', long }}",
        "{% assign l = many %}" + "{% assign l = l | concat: l %}" * 40,
        "{% for i in many %}{{ many | sort | reverse | sort | size }}{% endfor %}",
    ],
)
def test_a_template_that_takes_too_much_is_stopped(source):
    began = time.process_time()
    with pytest.raises(Invalid) as raised:
        rendered(source)

    assert raised.value.problems[0].field == "body"
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ name" + " " * 19_000 + "}}", "<Zoë>"),
        ("{{ many | uniq | size }}", "9000"),
        ("{{ mixed | sort | size }}", "400"),
        ("{% assign n = huge %}" + "{% assign n = n | times: n %}" * 40 + "{{ n }}", "Infinity"),
        ("{{ huge }}", "1e+40"),
        ("{{ 1 | divided_by: 0 }}|{{ 0 | divided_by: 0 }}", "Infinity|NaN"),
        ("{{ '\ud800' }}{{ half }}", "\ufffd\ufffd"),
        ("{{ deep }}{% if deep == other %}a{% endif %}!", "!"),
        ("{{ deep | json | size }}", str(2 * 31)),
        ("{% if " + "not " * 4_000 + "a %}1{% endif %}", ""),
        ("{% if " + "name and " * 2_000 + "name %}1{% endif %}", "1"),
        ("{{ long | json: huge | size }}", "90002"),
    ],
)
def test_odd_data_is_rendered_at_once(source, text):
    began = time.process_time()

    assert rendered(source) == text
    assert time.process_time() - began < 3


def test_a_number_that_json_lacks_is_the_one_of_javascript():
    data = {"infinite": float("inf"), "less": [-float("inf")], "none": {"x": float("nan")}}

    assert rendered("{{ infinite }}|{{ less | first }}|{{ none.x }}", data) == "Infinity|-Infinity|"


WORDS = "if for name | join: ' assign x = - [ ] ( ) raw case when .. 9 endif endfor i in (1..9)"
PIECES = st.sampled_from(["{{", "}}", "{%", "%}", "\n", *WORDS.split()])


@settings(max_examples=300, deadline=2_000)
@given(st.lists(PIECES, max_size=60).map(" ".join))
def test_no_source_is_too_odd_to_be_told(source):
    if not LiquidRenderer().check(template(source)):
        with suppress(Invalid):
            rendered(source)


def test_a_providers_own_fields_are_filled_wherever_a_text_is():
    native = {"blocks": [{"type": "section", "text": "Dear {{ name }}", "n": 1, "on": True}]}

    filled = LiquidRenderer().fill(replace(template(""), native=native), DATA)

    assert filled.warnings == ()
    assert filled.value == {
        "blocks": [{"type": "section", "text": "Dear <Zoë>", "n": 1, "on": True}]
    }


def test_what_is_wrong_in_a_providers_own_fields_is_told_with_its_place():
    wrong = template("ok", native={"blocks": [{"text": "fine"}, {"text": "{% if %}"}]})

    [problem] = LiquidRenderer().check(wrong)

    assert (problem.field, problem.within) == ("native", "blocks.1.text")
