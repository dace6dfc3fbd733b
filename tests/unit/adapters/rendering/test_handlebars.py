"""Templates of legacy Novu say what Handlebars makes of them, and none of them is compiled."""

import json
import time

import pytest

from carillon.adapters.rendering.engine import HANDLEBARS, Engine, RenderingStopped, Source
from carillon.domain.catalogue.markups import HTML, PLAIN, Markup
from carillon.domain.catalogue.templates import Language
from tests.references.liquidjs import reference

RECORDED = {
    case: answer for case, answer in reference.recorded().items() if case.engine == "handlebars"
}
ALIKE = [case for case, answer in RECORDED.items() if answer.text is not None]
FAILING = [case for case, answer in RECORDED.items() if answer.error and not answer.parsing]


@pytest.fixture(scope="module")
def engine():
    return Engine(HANDLEBARS)


@pytest.fixture(scope="module")
def bare():
    """Return an engine that prints an object as JavaScript does."""
    return Engine([script for script in HANDLEBARS if not script.endswith("objects.js")])


def html(engine, source, data):
    found = engine.render([Source(source, HTML)], data)
    assert found.warnings == []
    return HTML.write(found.texts[0])


def test_enough_is_compared():
    assert len(ALIKE) > 250


@pytest.mark.parametrize("template", sorted({case.template for case in ALIKE}))
def test_it_says_what_the_reference_says(template, bare):
    for case in ALIKE:
        if case.template == template:
            [text] = bare.render([Source(template)], case.data).texts

            assert (case.named, text) == (case.named, RECORDED[case].text)
    assert bare.check(template) is None


@pytest.mark.parametrize("case", FAILING, ids=str)
def test_no_data_costs_a_message(case, engine):
    engine.render([Source(case.template)], case.data)


@pytest.mark.parametrize("template", reference.CASES["handlebars_wrong"])
def test_what_the_reference_refuses_is_refused_when_it_is_saved(template, engine):
    line, message = engine.check(template)

    assert line == 1
    assert message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a\n{{> footer}}", 'line 2: "{{> footer}}": there are no partials, write its text'),
        ("{{shout name}}", 'line 1: no helper is called "shout"'),
        ("{{#each (top items 3)}}{{/each}}", 'line 1: no helper is called "top"'),
        ("{{equals a b}}", 'line 1: "equals" is a block: write {{#equals a b}} … {{/equals}}'),
        ("a\n{{#if a}}\nb", "line 3: is not Handlebars near"),
        ("{{#if a}}{{/each}}", "line 1: if doesn't match each"),
    ],
)
def test_what_cannot_work_is_told_with_line_and_word(source, words, engine):
    line, message = engine.check(source)

    assert f"line {line}: {message}".startswith(words)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>{{name}}</p>{{{name}}}", "<p>&lt;Zoë&gt;</p><Zoë>"),
        ("{{#each map}}{{@key}}{{/each}}", "&lt;k&gt;"),
        ("{{uppercase name}}{{json map}}", "&lt;ZOË&gt;{&#34;&lt;k&gt;&#34;:1}"),
        ('{{#equals name "<Zoë>"}}same{{/equals}}', "same"),
        ("{{#each (groupBy list 'n')}}{{key}}{{/each}}", "&lt;b&gt;"),
        ("{{pluralize 2 'x' '<b>y</b>'}}", "<b>y</b>"),
    ],
)
def test_in_html_the_author_writes_markup_and_the_data_does_not(source, text, engine):
    data = {"name": "<Zoë>", "map": {"<k>": 1}, "list": [{"n": "<b>"}]}

    assert html(engine, source, data) == text


def test_an_object_prints_as_json(engine):
    source = Source("{{o}}{{#each l}}{{this}}{{/each}}")

    [text] = engine.render([source], {"o": {"a": 1}, "l": [{}]}).texts

    assert text == '{"a":1}{}'


def test_what_the_data_breaks_is_left_out_with_a_warning(engine):
    source = Source("a\n{{dateFormat at format}}b")

    found = engine.render([source], {"at": "2026-01-01", "format": "YYYY n"})

    assert found.texts == ["a\nb"]
    assert [(warned.line, bool(warned.message)) for warned in found.warnings] == [(2, True)]


@pytest.mark.parametrize(
    "source",
    [
        "{{#each many}}{{#each ../many}}{{this}}{{/each}}{{/each}}",
        "{{#each many}}{{../long}}{{/each}}",
        "{{#each many}}{{#each (sortBy ../many)}}{{/each}}{{/each}}",
    ],
)
def test_a_template_that_takes_too_much_is_stopped(source, engine):
    began = time.process_time()
    with pytest.raises(RenderingStopped):
        engine.render([Source(source)], {"many": list(range(5_000)), "long": "a" * 50_000})

    assert time.process_time() - began < 3


def test_no_template_reaches_what_all_share(engine):
    shared = "JSON.stringify([{}.seen, Object.isFrozen(Object.prototype), typeof Handlebars])"
    evil = json.loads('{"__proto__": {"seen": 1}, "constructor": {"prototype": {"seen": 1}}}')
    source = "{{__proto__.seen}}{{constructor.prototype}}"
    source += "{{#with __proto__}}{{lookup this 'seen'}}{{/with}}"

    engine.render([Source(source), Source(source, HTML)], evil)

    assert json.loads(engine._context.eval(shared)) == [None, True, "undefined"]


@pytest.mark.parametrize(
    ("sources", "language"),
    [
        (["{{ name }}", ""], Language.LIQUID),
        (["{{ name }}", "{{#if a}}b{{/if}}"], Language.HANDLEBARS),
        (["{{{ name }}}"], Language.HANDLEBARS),
        (["{{~#each a}}{{~/each}}"], Language.HANDLEBARS),
        (["{% raw %}{{#if}}{% endraw %}"], Language.LIQUID),
        (["{% if a %}{{#if b}}{{/if}}{% endif %}"], Language.LIQUID),  # and refused there
        (["{{ 'a' | append: '{{' }}"], Language.LIQUID),
    ],
)
def test_the_language_of_a_template_is_known_when_it_is_saved(sources, language):
    assert Language.of(*sources) is language


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{order.first_name}} {{lookup order 'first_name'}}", "Zoë Zoë"),
        ("{{#each order.line_items}}{{unit_price}} {{@key}} {{/each}}", "12.50 a-1 -2.5 b-2 "),
        ("{{numberFormat price}} {{#if (gt price 3)}}dear{{/if}}", "12.50 dear"),
        ("{{#equals price '12.50'}}same{{/equals}}", "same"),
        ("{{dateFormat order.at 'yyyy-MM-dd'}}", "2026-11-01"),
        (
            "{{#each (groupBy list 'a_b')}}{{key}}: {{#each items}}{{c.d}}{{/each}}{{/each}}",
            "x.y: 12",
        ),
        ("{{json order.line_items}}", '{"a-1":{"unit_price":"12.50"},"b-2":{"unit_price":"-2.5"}}'),
    ],
)
def test_a_template_says_in_a_chat_what_it_says_elsewhere(source, text, engine):
    chat = Markup(name="chat")
    lines = {"a-1": {"unit_price": "12.50"}, "b-2": {"unit_price": "-2.5"}}
    data = {
        "order": {"first_name": "Zoë", "line_items": lines, "at": "2026-11-01T10:00:00Z"},
        "price": "12.50",
        "list": [{"a_b": "x.y", "c": {"d": 1}}, {"a_b": "x.y", "c": {"d": 2}}],
    }
    for markup in (PLAIN, chat):
        [said] = engine.render([Source(source, markup)], data).texts

        assert markup.write(said) == text
