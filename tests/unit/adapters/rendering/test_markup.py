"""In HTML the author's words are markup, and no data becomes any."""

import json

import pytest

from carillon.adapters.rendering.engine import Engine, Source
from carillon.domain.catalogue.markups import HTML, PLAIN, Markup

DATA = {
    "name": "<Zoë>",
    "names": ["<i>", "&"],
    "people": [{"name": "<A>"}, {"name": "B"}, {"name": "C"}],
    "lines": "<one>\ntwo",
    "map": {"a": "<"},
    "at": "2026-11-01",
    "encoded": "%3Cscript%3E",
    "base64": "PHNjcmlwdD4=",
    "escaped": "&lt;b&gt;",
}


ENGINE = Engine()
# How many arguments each filter takes, at least and at most.
FILTERS = dict(json.loads(ENGINE._context.eval("JSON.stringify([...strict.ARGUMENTS])")))


def rendered(source, data=DATA, markup=HTML):
    found = ENGINE.render([Source(source, markup)], data)
    assert found.warnings == []
    return markup.write(found.texts[0])


html = rendered


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>{{ name }}</p>", "<p>&lt;Zoë&gt;</p>"),
        ("{{ '<br>' }}", "<br>"),
        ("{{ name | append: '<br>' }}", "&lt;Zoë&gt;<br>"),
        ("{{ '<a>' | append: name | append: '</a>' }}", "<a>&lt;Zoë&gt;</a>"),
        ("{{ name | prepend: '<br>' }}", "<br>&lt;Zoë&gt;"),
        (
            "{{ names | join: '<br>' }}|{{ names | join: ', ' }}",
            "&lt;i&gt;<br>&amp;|&lt;i&gt;, &amp;",
        ),
        ("{{ lines | replace: 'one', '<hr>' }}", "&lt;<hr>&gt;\ntwo"),
        ("{{ 'a & b' | replace: '&', 'and' }}", "a and b"),
        ("{{ nothing | default: '<em>x</em>' }}", "<em>x</em>"),
        ("{{ name | default: '<em>x</em>' }}", "&lt;Zoë&gt;"),
        ("{{ lines | newline_to_br }}", "&lt;one&gt;<br />\ntwo"),
        ("{{ name | escape }}|{{ name | escape | upcase }}", "&lt;Zoë&gt;|&LT;ZOË&GT;"),
        ("{{ escaped | escape_once }}|{{ escaped }}", "&lt;b&gt;|&amp;lt;b&amp;gt;"),
        ("{{ name | raw }}|{{ names | raw }}", "<Zoë>|<i>&"),
        ("{% capture c %}<p>{{ name }}</p>{% endcapture %}{{ c }}", "<p>&lt;Zoë&gt;</p>"),
        ("{% capture c %} <p>{{ name }} {% endcapture %}{{ c | strip }}", "<p>&lt;Zoë&gt;"),
        ("{% assign x = '<p>' %}{{ x }}{% assign y = name %}{{ y }}", "<p>&lt;Zoë&gt;"),
        ("{{ lines | truncate: 8, '<i/>' }}", "&lt;one<i/>"),
        (
            "{{ people | toSentence: 'name', 1, 'x', ', ', ' <b>&</b> ' }}",
            "&lt;A&gt; <b>&</b> 2 xes",
        ),
        ("{{ map | json }}|{{ map }}", "{&#34;a&#34;:&#34;&lt;&#34;}|{&#34;a&#34;:&#34;&lt;&#34;}"),
        ("{{ map | json | raw }}", '{"a":"<"}'),
        ("{{ names }}{% cycle name, 'x' %}{% echo name %}", "&lt;i&gt;&amp;&lt;Zoë&gt;&lt;Zoë&gt;"),
        ("{{ at | date: '%d&nbsp;%B' }}|{{ name | date: '%Y' }}", "01&nbsp;November|&lt;Zoë&gt;"),
        ("{{ encoded | url_decode }}{{ base64 | base64_decode }}", "&lt;script&gt;&lt;script&gt;"),
        ("{{ name == '<Zoë>' }}{{ names contains '<i>' }}{{ name | size }}", "truetrue5"),
    ],
)
def test_the_author_writes_markup_and_the_data_does_not(source, text):
    assert html(source) == text


def test_each_filter_is_known_by_its_arguments():
    names = "[...Object.keys(liquidjs.filters), ...Object.keys(novuFilters)]"

    assert set(json.loads(ENGINE._context.eval(f"JSON.stringify({names})"))) == FILTERS.keys()


@pytest.mark.parametrize("name", sorted(FILTERS.keys() - {"raw"}))
@pytest.mark.parametrize(
    "value", ["<script>", ["<script>"], {"x": "<script>"}, [{"x": "<script>"}]]
)
@pytest.mark.parametrize("markup", [HTML, Markup(name="chat")], ids=lambda markup: markup.name)
def test_no_filter_makes_markup_of_data(name, value, markup):
    """Neither of the value, nor of an argument; whatever the author's own words are beside it."""
    least, most = FILTERS[name]
    for given in ("d", "'x'", "'<b>'", "2"):
        for count in range(least, most + 1):
            for value_name in ("d", "'<b>'"):
                words = f": {', '.join([given] * count)}" if count else ""
                source = f"{{{{ {value_name} | {name}{words} | append: d }}}}"
                if not name.endswith("_exp"):  # whose second argument is Liquid
                    [text] = ENGINE.render([Source(source, markup)], {"d": value}).texts

                    assert "<script" not in text


CHAT = Markup(name="chat")
FIELDS = {
    "order": {
        "first_name": "Zoë",
        "line-items": [{"unit_price": "12.50", "sku.id": "a_1"}, {"unit_price": "-2.5"}],
        "at": "2026-11-01T10:00:00Z",
    },
    "price": "12.50",
    "zone": "Europe/Berlin",
    "format": "%d/%m/%Y",
    "note": "  one\ntwo  ",
    "csv": "a,b_c,d",
}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ order.first_name }} {{ order['first_name'] }}", "Zoë Zoë"),
        ("{{ order['line-items'][0].unit_price }}", "12.50"),
        ("{{ order['line-items'] | map: 'unit_price' | join: ' ' }}", "12.50 -2.5"),
        ("{{ order['line-items'] | where: 'unit_price', '12.50' | size }}", "1"),
        ("{{ order['line-items'] | sum: 'unit_price' }}", "10"),
        ("{{ order['line-items'] | sort: 'unit_price' | map: 'unit_price' | first }}", "-2.5"),
        ("{{ order['line-items'] | toSentence: 'unit_price' }}", "12.50 and -2.5"),
        ("{% for i in order['line-items'] %}{{ i.unit_price | times: 2 }} {% endfor %}", "25 -5 "),
        (
            "{{ price | plus: 1 }} {{ price | round }} {{ price | at_least: '13.5' }}",
            "13.5 13 13.5",
        ),
        ("{{ '1' | plus: price }} {{ price | minus: price }}", "13.5 0"),
        ("{% if price > 12 and price == '12.50' %}dear{% endif %}", "dear"),
        ("{{ order.at | date: '%H:%M', zone }} {{ order.at | date: format }}", "11:00 01/11/2026"),
        ("{{ note | strip | strip_newlines }}|{{ note | lstrip | size }}", "onetwo|9"),
        ("{{ note | squish }}|{{ note | truncatewords: 1 }}", "one two|one..."),
        ("{{ note | strip | split: '\n' | join: '+' }}", "one+two"),
        ("{{ csv | split: ',' | join: ' ' }} {{ csv | replace: '_', '-' }}", "a b_c d a,b-c,d"),
        ("{{ price | pluralize: 'item' }}", "12.5 items"),
        ("{{ order['line-items'][0] | json }}", '{"unit_price":"12.50","sku.id":"a_1"}'),
        ("{{ order['line-items'][0] }}", '{"unit_price":"12.50","sku.id":"a_1"}'),
        ("{{ csv | escape }} {{ csv | url_encode }}", "a,b_c,d a%2Cb_c%2Cd"),
        ("{{ csv | upcase | append: '_' | prepend: '*' }}", "*A,B_C,D_"),
    ],
)
def test_a_template_says_in_a_chat_what_it_says_elsewhere(source, text):
    """Most characters of data are marked there, and filters read them all the same."""
    assert rendered(source, FIELDS, PLAIN).strip() == text.strip()
    assert rendered(source, FIELDS, CHAT).strip() == text.strip()


def test_a_warning_says_what_the_data_says():
    found = ENGINE.render([Source("{{ 0 | date: '%Y', zone }}", CHAT)], {"zone": "Mars/Phobos"})

    assert [warning.message for warning in found.warnings] == [
        'no time zone is called "Mars/Phobos"'
    ]


WORDS = ["limit", "offset", "for", "in", "with", "as", "reversed", "cols", "continue", "required"]
WORDS += ["if", "else", "elsif", "end", "when", "case", "cycle"]
WORDS += ["break", "unless", "raw", "assign", "size", "first", "last"]


OPERATORS = ["contains", "and", "or", "not"]


@pytest.mark.parametrize("word", OPERATORS)
def test_an_operator_by_itself_is_refused_by_its_word(word):
    """LiquidJS reckons with nothing on either side of it."""
    assert ENGINE.check(f"{{{{ {word} }}}}") == (1, f'"{word}" lacks a value')


@pytest.mark.parametrize(
    "word", [*WORDS, *OPERATORS, "true", "false", "nil", "null", "empty", "blank"]
)
def test_a_word_of_the_grammar_is_a_name(word):
    data = {"account": {word: "yes", "deep": {word: ["yes"]}}, word: "name"}
    sources_and_texts = [
        (f"{{{{ account.{word} }}}}|{{{{ account.deep.{word}[0] }}}}", "yes|yes"),
        (f"{{% if account.{word} == 'yes' and account.{word} %}}1{{% endif %}}", "1"),
        (f"{{% for x in account.deep.{word} %}}{{{{ x }}}}{{% endfor %}}", "yes"),
    ]
    if word in WORDS:
        sources_and_texts += [
            (f"{{{{ {word} }}}}|{{{{ {word} | upcase }}}}", "name|NAME"),
            (f"{{% if {word} == 'name' or {word} %}}1{{% endif %}}", "1"),
            (f"{{% for {word} in account.deep.{word} %}}{{{{ {word} }}}}{{% endfor %}}", "yes"),
            (f"{{% assign {word} = 'new' %}}{{{{ {word} }}}}", "new"),
        ]
    for source, text in sources_and_texts:
        assert rendered(source, data, PLAIN) == text, source
