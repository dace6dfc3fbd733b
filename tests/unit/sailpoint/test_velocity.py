"""Velocity in notification templates: what it becomes in Liquid, and what is refused."""

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carillon.adapters.rendering.liquid import LiquidRenderer
from carillon.dialects.sailpoint.velocity import to_liquid
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.templates import Template

AT = datetime(2026, 1, 1, tzinfo=UTC)
DATA = {
    "name": "Ana",
    "count": 3,
    "on": True,
    "off": False,
    "html": "<b>",
    "order": {"id": "A-1", "lines": [{"sku": "x"}, {"sku": "y"}]},
    "items": ["a", "b"],
    "subscriber": {"firstName": "Bo", "lastName": "Li", "email": "bo@example.com"},
    "__global": {"productName": "Acme"},
}


def rendered(velocity):
    body = to_liquid(velocity, "body")
    words = Template(event="e", medium=Channel.CHAT, body=body, updated_at=AT)
    assert not LiquidRenderer().check(words)
    return LiquidRenderer().render(words, DATA)[1]


@pytest.mark.parametrize(
    ("velocity", "text"),
    [
        ("Dear $name,", "Dear Ana,"),
        ("${name}s", "Anas"),
        ("$!name $!{name} $!missing.", "Ana Ana ."),
        ("$order.id ${order.id}: $order.lines[0].sku", "A-1 A-1: x"),
        ("$name. And $name's", "Ana. And Ana's"),
        ("$items.size() $name.toUpperCase() $items.get(1)", "2 ANA b"),
        ("${__global.productName} $__global.productName", "Acme Acme"),
        ("$__recipient.name <$__recipient.email>", "Bo Li <bo@example.com>"),
        (
            "$__esc.html($html) $__esc.html(${html}) $__esc.url($html)",
            "&lt;b&gt; &lt;b&gt; %3Cb%3E",
        ),
        ("#if($on)yes#{else}no#end", "yes"),
        ("#if($off)yes#else no#end", " no"),
        ("#if($count == 3)three#elseif($count > 3)more#end", "three"),
        ("#if($name == 'Ana' && $on)yes#end", "yes"),
        ('#if($name != "Ana" || $off)no#{else}yes#end', "yes"),
        ("#if(!$off)yes#end", "yes"),
        ("#if($items.size() > 1)many#end", "many"),
        ("#foreach($i in $items)$foreach.count:$i #end", "1:a 2:b "),
        ("#foreach( $line in $order.lines )#if($line.sku == 'y')$line.sku#end#end", "y"),
        ('#set($greeting = "Hi")$greeting $name', "Hi Ana"),
        ("#set($loud = $name.toUpperCase())$loud", "ANA"),
        ("a## a comment\nb#* and\nanother *#c", "a\nb\nc"),
        (r"\$name costs $5.00, #1 and #fff", "$name costs $5.00, #1 and #fff"),
        ("#[[$name {{ name }}]]#", "$name {{ name }}"),
        ("Liquid {{ name }} {% if on %}too{% endif %}", "Liquid Ana too"),
        ("#heading $name", "#heading Ana"),
        ("", ""),
    ],
)
def test_it_says_the_same_in_liquid(velocity, text):
    assert rendered(velocity) == text


@pytest.mark.parametrize(
    ("velocity", "line"),
    [
        ("a\n#parse('x')", 2),
        ("#macro(x)#end", 1),
        ("a\nb\n$__util.now()", 3),
        ("$__dateTool.format('d', $x)", 1),
        ("$__esc.javascript($x)", 1),
        ("$name.replace('a', 'b')", 1),
        ("#if($a", 1),
        ("#if", 1),
        ("#if()x#end", 1),
        ("\n#if($a)x", 2),
        ("#end", 1),
        ("#else", 1),
        ("#elseif($a)", 1),
        ("#if(($a || $b) && $c)x#end", 1),
        ("#if($a && !$b)x#end", 1),
        ('#if($a == "$b")x#end', 1),
        ("#foreach($a)x#end", 1),
        ("#foreach($a in [1..3])x#end", 1),
        ("#set($a = $b + 1)", 1),
        ("#set($a)", 1),
        ("${}", 1),
        ("${a b}", 1),
        ("$foreach.hasNext", 1),
        ("#if($a)" * 40, 1),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_line(velocity, line):
    with pytest.raises(Invalid) as refused:
        to_liquid(velocity, "body")

    [problem] = refused.value.problems
    assert problem.path == "body"
    assert problem.message.startswith(f"line {line}: ")


@settings(deadline=None)
@given(
    st.text(alphabet="$#{}()![].=<>&|'\"\\*\n abif end else foreach in set __esc html", max_size=60)
)
def test_any_text_is_translated_or_refused(velocity):
    with suppress(Invalid):
        LiquidRenderer().check(
            Template(
                event="e", medium=Channel.CHAT, body=to_liquid(velocity, "body"), updated_at=AT
            )
        )


@pytest.mark.parametrize(
    "source",
    [
        "#*" * 32_000,
        "#[[" * 20_000,
        "${" * 32_000,
        "$!{a" * 16_000,
        "$a.b(" * 12_000,
        "$a" * 32_000,
        "#if(" * 16_000,
        "#set($a = 'x'" + " " * 60_000 + "y)",
        "#foreach($a in $b" + " " * 60_000 + "!)#end",
        "#if($a" + " && $a" * 10_000 + ")#end",
        "$a" + ".b" * 30_000,
        "#" * 65_000,
        "\\" * 65_000,
    ],
    ids=lambda source: source[:12],
)
def test_no_source_keeps_us_for_long(source):
    began = time.process_time()

    with suppress(Invalid):
        to_liquid(source, "body")

    assert time.process_time() - began < 5
