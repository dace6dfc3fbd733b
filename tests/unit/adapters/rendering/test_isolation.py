"""Nothing that one tenant's template does is there for the next, though all share an engine."""

import json

import pytest

from carillon.adapters.rendering import engine
from carillon.adapters.rendering.engine import Engine, RenderingStopped, Source
from carillon.domain.catalogue.markups import HTML, PLAIN

HOSTILE = [
    "{% assign __proto__ = evil %}{% assign constructor = evil %}{% assign toString = 'x' %}",
    "{% assign prototype = 'x' %}{% capture __proto__ %}x{% endcapture %}",
    "{% increment __proto__ %}{% increment n %}{% decrement hasOwnProperty %}{% increment seen %}",
    "{% for __proto__ in evil %}{{ __proto__ }}{% endfor %}",
    "{% cycle '__proto__': 'a', 'b' %}{% cycle 'a', 'b' %}{% cycle 'toString': 'a' %}",
    "{{ evil | map: '__proto__' | push: 'x' | json }}{{ evil | where: 'constructor', 'x' }}",
    "{{ evil | group_by: '__proto__' | json }}{{ evil | sort: 'prototype' }}{{ evil | sum: 'x' }}",
    "{% for i in list limit: 1 %}{% endfor %}{% for i in list offset: continue %}x{% endfor %}",
    "{{ list | shift }}{{ list | pop }}{{ list | push: 1 }}{{ list | concat: list }}",
    "{% assign liquidjs = 1 %}{% assign marks = 1 %}{% assign limits = 1 %}{% increment limits %}",
    "{% assign list = 'gone' %}{% assign empty = 'full' %}{% assign true = 'false' %}",
]
EVIL = (
    '{"evil": [{"__proto__": {"seen": "evil", "toString": "evil"}, "constructor": {"prototype":'
    ' {"seen": "evil"}}, "prototype": 1, "toJSON": "evil", "length": 9}], "list": [1, 2],'
    ' "__proto__": {"seen": "evil"}, "constructor": "evil", "toString": "evil", "limits": 0}'
)
PROBE = (
    "{{ seen }}|{{ n }}|{{ list | join }}|{{ empty_object }}|{{ list.seen }}|{{ 'a'.seen }}|"
    "{{ limits }}|{% cycle 'a', 'b' %}|{% for i in list offset: continue %}{{ i }}{% endfor %}"
    "|{% if list == empty %}empty{% endif %}|{{ list | json }}|{{ prototype }}{{ liquidjs }}"
)
PROBED = {"list": [1, 2], "empty_object": {}}
# What JavaScript itself would answer, had anything got hold of what all renderings share.
SHARED = """JSON.stringify([
  {}.seen, [].seen, ''.seen, (() => {}).seen, Object.keys(globalThis).sort(), String({a: 1}),
  Object.isFrozen(Object.prototype), Object.isFrozen(Array.prototype), Object.isFrozen(globalThis),
  Object.isFrozen(liquidjs.Liquid.prototype), typeof globalThis.eval, typeof globalThis.Function,
])"""


@pytest.fixture(scope="module")
def shared():
    return Engine()


@pytest.mark.parametrize("markup", [PLAIN, HTML])
@pytest.mark.parametrize("template", HOSTILE)
def test_a_template_leaves_nothing_behind(template, markup, shared):
    before = shared._context.eval(SHARED)
    clean = Engine().render([Source(PROBE)], PROBED)

    shared.render([Source(template, markup), Source(template)], json.loads(EVIL))

    assert shared.render([Source(PROBE)], PROBED) == clean
    assert shared._context.eval(SHARED) == before


def test_what_all_share_is_frozen(shared):
    found = json.loads(shared._context.eval(SHARED))

    assert found[:4] == [None] * 4
    assert found[5:] == ['{"a":1}', True, True, True, True, "undefined", "undefined"]


@pytest.mark.parametrize(
    "code",
    [
        "'use strict'; Object.prototype.seen = 1",
        "'use strict'; Array.prototype.map = null",
        "'use strict'; globalThis.seen = 1",
        "'use strict'; liquidjs.filters.upcase = null",
        "'use strict'; liquidjs.Context.prototype.readProperty = null",
        "'use strict'; limits.output = 1e9",
        "'use strict'; strict.ARGUMENTS = null",
    ],
)
def test_even_code_could_not_change_it(code, shared):
    with pytest.raises(engine.quickjs.JSException, match="TypeError"):
        shared._context.eval(code)


def test_the_parts_of_a_message_do_not_see_each_other(shared):
    sources = [Source("{% increment n %}{% assign x = 1 %}"), Source("{{ n }}{{ x }}{{ y }}")]

    assert shared.render([*sources, sources[1]], {"y": 5}).texts == ["0", "5", "5"]


def test_another_message_is_rendered_after_one_that_was_stopped():
    stopped, fine = Engine(), [Source("{{ list | join: ', ' }}")]
    endless = "{% assign a = list %}" + "{% assign a = a | push: a %}" * 60 + "{{ a | json }}"

    with pytest.raises(RenderingStopped, match="takes longer than 1 s"):
        stopped.render([Source(endless)], PROBED)

    assert stopped.render(fine, PROBED).texts == ["1, 2"]


def test_memory_that_others_used_up_costs_nobody_a_message(monkeypatch):
    """The kept sources of 128 MB are let go of, and the message is rendered in a new context."""
    monkeypatch.setattr(engine, "_MEMORY", 8 * 1024 * 1024)
    monkeypatch.setitem(engine.LIMITS, "held", 10**9)
    small = Engine()
    first = small._context
    for number in range(20):
        source = Source(f"{number}" + "{{ a | append: 'x' }}" * 300)

        [text] = small.render([source], {"a": "y"}).texts

        assert text == f"{number}" + "yx" * 300
    assert small._context is not first
