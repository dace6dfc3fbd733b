"""Each reader of a caller's text ends within a bound of counted work, whatever the text is.

Filters of subscriptions are in adapters/filters/test_work.py, JSON Schema in
adapters/catalogue/test_schema_work.py; JavaScript has limits of its own.
"""

import json
from contextlib import suppress

import pytest

from carillon.adapters.rendering.velocity import compiling
from carillon.dialects import common
from carillon.dialects.sailpoint import filters
from carillon.domain.base import cursors
from carillon.domain.base.errors import CarillonError
from carillon.domain.base.network import is_public_url
from carillon.providers.registry import Providers
from carillon.runtime.request import Request
from tests.work import counted

ROWS = [{"id": f"id{n}", "name": "x" * 100} for n in range(500)]
FIELDS = {"id": frozenset({"eq", "in", "sw", "co", "pr"}), "name": frozenset({"eq", "co"})}
LONG = 60_000
MANY = 3_000_000  # calls, jumps and comparisons: a second of a slow machine
FEW = 200_000


def scim(text):
    matches = filters.compiled(text, FIELDS)
    return [row for row in ROWS if matches(row)]


def sort(text):
    return filters.ordered(ROWS, text, frozenset({"id", "name"}), dict)


def body(text):
    request = Request(
        method="POST",
        path="/",
        path_parameters={},
        query={},
        headers={},
        body=text.encode(),
        id="r",
        route="POST /",
    )
    return request.json()


def velocity(text):
    return compiling.compile(text).render({"list": list(range(1_000)), "text": "x" * 1_000})


def apprise(text):
    return Providers().get("apprise").check({"webhook_url": text})


SCIM = [
    " or ".join(['id eq "id1"'] * 300),
    "(" * 2_000 + 'id eq "x"' + ")" * 2_000,
    "not " * 1_000 + "id pr",
    'id in ("' + '", "'.join("x" for _ in range(1_000)) + '")',
    'id eq "' + "\\" * 4_000,
    " " * 4_090,
    "id eq " + "9" * 4_000,
    "x" * 100_000,
]
SORTERS = [",".join(["-id"] * 3_000), ",".join(["id", "-name"] * 9), "," * 10_000]
JSONS = [
    "[" * 100_000,
    '{"a":' * 50_000,
    "1" * 100_000,
    "1e999",
    "-1e-999999999",
    "1." + "0" * 100_000,
    '"' + "\\ud83d" * 10_000 + '"',
    json.dumps(["\\ud800"] * 50_000),
    json.dumps({f"k{n}": {} for n in range(30_000)}),
]
VELOCITY = [
    "#foreach($a in $list)#foreach($b in $list)#foreach($c in $list)x#end#end#end",
    "#foreach($a in [1..999999999])x#end",
    "#set($t = $text)" + "#set($t = $t + $t)" * 40 + "$t",
    "#set($n = 9)" + "#set($n = $n * $n)" * 40 + "$n",
    "#macro(m)#m()#m()#end#m()",
    "$text.replaceAll('(x+x+)+y', 'z')",
    "$text.split('')" * 300,
    "#if(" * 3_000 + "true" + ")" * 3_000,
    "$!{" * 6_000,
    "((((" * 4_000,
]
TEXTS = ["1" * LONG, "+" * LONG, "a" * LONG, "a@" * (LONG // 2), "-." * (LONG // 2), "%41" * 20_000]
SMALL = [
    common.is_email,
    common.is_phone,
    common.e164,
    common.is_language_tag,
    common.is_time_zone,
    common.is_link,
    common.is_any_url,
    common.is_http_url,
    is_public_url,
    apprise,
    lambda text: apprise(f"json://{text[:1_500]}/"),
    lambda text: is_public_url(f"https://{text}/"),
    lambda text: cursors.decode("list", text, 2),
    lambda text: cursors.number(text, 16),
    cursors.time,
]
CASES = [
    *((scim, text, MANY) for text in SCIM),
    *((sort, text, MANY) for text in SORTERS),
    *((body, text, MANY) for text in JSONS),
    *((velocity, text, MANY) for text in VELOCITY),
    *((read, text, FEW) for read in SMALL for text in TEXTS),
]


@pytest.mark.parametrize(("read", "text", "most"), CASES)
def test_the_work_that_a_text_asks_for_is_bounded(read, text, most):
    def work():
        with suppress(CarillonError, ValueError):
            read(text)

    _, took = counted(work)

    assert took < most


def test_a_list_is_sorted_by_a_few_fields_at_most():
    with pytest.raises(CarillonError, match="at most 20"):
        sort(SORTERS[0])
