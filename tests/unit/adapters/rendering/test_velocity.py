"""Velocity: as Apache's engine reads it, within limits; with data that is never markup."""

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carillon.adapters.rendering.liquid import LiquidRenderer
from carillon.adapters.rendering.velocity import compiling
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.markups import HTML, PLAIN
from carillon.domain.catalogue.templates import Language, RenderedTexts, Template
from tests.references.velocity import reference

AT = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = 2.0  # within which whatever is hostile is stopped
# Java's Map.replace changes the data; a text's `replace` is the one that templates want.
DIFFERENT = {("$v.replace('a', 'z')", "nested")}
CASES = list(reference.cases())


def say(source, data=None, *, html=False):
    markup = HTML if html else PLAIN
    return markup.write(compiling.compile(source).render(data or {}, markup=markup))


def asked_of_us(case):
    """Return the text, or None when we refuse the template."""
    try:
        return say(case.template, case.data)
    except ValueError:
        return None


@pytest.mark.parametrize("group", ["templates", "tools", "values"])
def test_it_says_what_velocity_says(group):
    """All that Velocity renders, and refused is what it cannot parse."""
    answered = zip(CASES, reference.recorded("2.5"), strict=True)
    wrong = []
    for case, answer in ((case, answer) for case, answer in answered if case.group == group):
        ours = asked_of_us(case)
        over_data = answer.get("refuses") in reference.OF_DATA  # our message goes out all the same
        right = ours is not None if over_data else ours == answer.get("says")
        if not right and (case.template, case.named) not in DIFFERENT:
            wrong.append((case.template, case.named, ours, answer))

    assert wrong == []


def test_there_are_enough_templates():
    assert len(set(reference.CASES["templates"]) | set(reference.CASES["values"])) >= 600


@pytest.mark.parametrize("source", reference.CASES["lenient"])
def test_what_velocity_stumbles_over_is_taken_at_its_word(source):
    assert say(source, reference.CASES["data"])


@pytest.mark.parametrize("source", reference.CASES["refused"])
def test_what_we_do_not_do_is_refused_with_its_line(source):
    with pytest.raises(ValueError, match=r"^line \d+: \S"):
        compiling.compile(source)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("a\n#if($x", 2),
        ("a\n\n$__other.x", 3),
        ("\r\n#if()x#end", 2),
        ("#if($a)\nb", 1),
        ("#set($x = 'a\n\n' +)", 3),
        ('a\n#set($x = "$b.c(")', 2),
        ("#foreach($i in $x)\n#else\n#else\n#end", 3),
        ("a\n$x.nope()", 2),
        ("#if(\n$a\n&&\n)x#end", 3),
    ],
)
def test_the_line_is_where_the_mistake_is(source, line):
    with pytest.raises(ValueError, match=f"^line {line}: "):
        compiling.compile(source)


MESSAGE = {
    "name": "Ana",
    "event": {"name": "e", "timestamp": "2026-11-05T08:07:06+00:00"},
    "subscriber": {
        "subscriberId": "u-1",
        "firstName": "Bo",
        "lastName": "Li",
        "email": "bo@example.com",
        "data": {"manager": "Cy"},
    },
    "tenant": {},
    "__global": {"productName": "Acme", "emailFromAddress": "from@example.com"},
}


def message(**payload):
    return {**payload, **MESSAGE, "payload": payload}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("${user.name} $user.firstname $user.uid $user.manager", "Bo Li Bo u-1 Cy"),
        ("$__recipient.name <$__recipient.email> $__recipient.id", "Bo Li <bo@example.com> u-1"),
        (
            "${PRODUCT_NAME} $__global.productName $__global.emailFromAddress",
            "Acme Acme from@example.com",
        ),
        ("$__global.productUrl $identityNowUrl", "$__global.productUrl $identityNowUrl"),
        (
            "$nowDate|$spTools.formatDate($nowDate, 3, 0)",
            "Thu Nov 05 08:07:06 UTC 2026|11/5/26, 8:07:06 AM Coordinated Universal Time",
        ),
        (
            "$__dateTool.get('yyyy') $date.getYear() $__dateTool.getDate()",
            "2026 2026 Thu Nov 05 08:07:06 UTC 2026",
        ),
        (
            (
                "#set($there = $spTools.convertToTimeZone($nowDate, 'America/New_York'))"
                "$spTools.formatDate($there, 'HH:mm z')"
            ),
            "03:07 EST",
        ),
        (
            "#foreach($e in $objectTypeToPrettyPrint.entrySet())$e.value;#end",
            "Access Profile;Entitlement;Role;",
        ),
        ("$__contentJson.size() $event.name", "0 e"),
    ],
)
def test_the_names_that_sailpoint_documents_are_known(source, text):
    assert say(source, message()) == text


def test_the_payloads_names_go_before_ours():
    """But not before those that begin as SailPoint's own, where it only adds."""
    data = message(
        event={"x": 1}, user={"name": "Own"}, date="today", subscriber="s", PRODUCT_NAME="P",
        __global={"productName": "forged", "productUrl": "https://x.example"}, __recipient="r",
    )  # fmt: skip
    ours = "$__global.productName $__global.productUrl $__recipient.name"

    assert say("$event.x $user.name $date $subscriber $PRODUCT_NAME", data) == "1 Own today s P"
    assert say(ours, data) == "Acme https://x.example Bo Li"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<b>$v</b>", "<b>&lt;i&gt;&amp;</b>"),
        ("<b>$__esc.html($v)</b> $spTools.escapeHtml($v)", "<b>&lt;i&gt;&amp;</b> &lt;i&gt;&amp;"),
        ("#set($x = '<b>')$x$v", "<b>&lt;i&gt;&amp;"),
        ('#set($x = "<b>$v</b>")$x', "<b>&lt;i&gt;&amp;</b>"),
        ("#set($x = '<b>' + $v)$x", "<b>&lt;i&gt;&amp;"),
        ("#set($x = $v + '<br>')$x", "&lt;i&gt;&amp;<br>"),
        ("$v.replace('&', '<br>')", "&lt;i&gt;<br>"),
        ("$v.replaceAll('[&]', '<br>')", "&lt;i&gt;<br>"),
        ("$v.replaceAll('(&)', '<$1>')", "&lt;i&gt;&lt;&amp;&gt;"),
        ("$v.replace('i', $v)", "&lt;&lt;i&gt;&amp;&gt;&amp;"),
        ("$v.concat('<br>') $v.concat($v)", "&lt;i&gt;&amp;<br> &lt;i&gt;&amp;&lt;i&gt;&amp;"),
        ("$v.toUpperCase() $v.trim() $v.substring(0, 2)", "&lt;I&gt;&amp; &lt;i&gt;&amp; &lt;i"),
        ("#foreach($i in ['<br>', $v])$i#end", "<br>&lt;i&gt;&amp;"),
        ("$l $m", "[&lt;i&gt;&amp;] {&lt;i&gt;&amp;=&lt;i&gt;&amp;}"),
        ("#foreach($k in $m.keySet())$k#end", "&lt;i&gt;&amp;"),
        ("${missing|'<br>'} ${missing|$v} ${v|'x'}", "<br> &lt;i&gt;&amp; &lt;i&gt;&amp;"),
        ('#if("$v" == \'<i>&\')y#end#if($v == "<i>&")y#end', "yy"),
        ("$v.split('&')[0] $__esc.url($v)", "&lt;i&gt; %3Ci%3E%26"),
        ("$v.repeat(2)#set($b = '<b>')$b.repeat(2)", "&lt;i&gt;&amp;&lt;i&gt;&amp;<b><b>"),
        ('#set($x = "#foreach($i in $l)<li>$i</li>#end")$x', "<li>&lt;i&gt;&amp;</li>"),
        ("#set($x = '<b>')#set($m.x = $x)$m.x#set($y = [$x])$y[0]", "<b><b>"),
        ("<a href='$missing'>$!missing</a>", "<a href='$missing'></a>"),
        ("#set($x = $v)#set($x = $x.replace('<', '<'))$x", "<i&gt;&amp;"),
    ],
)
def test_in_html_only_the_authors_words_are_markup(source, text):
    data = {"v": "<i>&", "l": ["<i>&"], "m": {"<i>&": "<i>&"}}
    before = str(data)

    assert say(source, data, html=True) == text
    assert str(data) == before


HOSTILE = {
    "nested blocks": "#if(true)" * 2_000,
    "nested brackets": "#if(" + "(" * 9_000,
    "nested lists": "#set($a = " + "[" * 9_000 + "]" * 9_000 + ")",
    "nested maps": "#set($a = " + "{'a':" * 2_000,
    "nested indices": "$a" + "[$a" * 5_000,
    "nested calls": "$a" + ".get($a" * 2_000,
    "nested texts": '#set($a = "#set($b = ""#set($c = """"$d"""")"")")',
    "nested braces": "${a|" * 4_000,
    "long chain": "#if($a" + " && $a" * 3_000 + ")#end",
    "long sum": "#set($a = 1" + "+1" * 9_000 + ")",
    "negations": "#if(" + "!" * 19_000 + "true)#end",
    "properties": "$a" + ".b" * 9_000,
    "references": "$a" * 9_000,
    "unclosed references": "${a " * 4_000,
    "unclosed texts": "$a.get('" * 2_000,
    "open texts": '#set($a = "$' * 1_500,
    "blanks": "#set($a = 'x'" + " " * 19_000 + "y)",
    "hashes": "#" * 19_999,
    "backslashes": "\\" * 19_999,
    "backslashes and hashes": "\\#" * 9_999,
    "comments": "#*" * 9_999,
    "words": "#" + "a" * 19_990,
    "arguments": "#a" + " " * 19_000 + "(",
    "range": "#foreach($i in [1..1000000000])$i#end",
    "ranges": "#set($n = 9999)" + "#foreach($i in [1..$n])" * 6 + "x" + "#end" * 6,
    "range of data": "#set($n = 1000000000)#foreach($i in [1..$n])$i#end",
    "negative range": "#set($n = -1000000000)#foreach($i in [1..$n])$i#end",
    "doubled text": "#set($s = 'x')#foreach($i in [1..99])#set($s = $s + $s)#end$s",
    "interpolated text": "#set($s = 'x')#foreach($i in [1..99])#set($s = \"$s$s\")#end$s",
    "concatenated text": "#set($s = 'x')#foreach($i in [1..99])#set($s = $s.concat($s))#end$s",
    "repeated text": "#set($s = 'x'.repeat(1))$name.repeat(1000000000)",
    "replaced text": "$long.replace('', $long)",
    "replaced by pattern": "$long.replaceAll('', $long)",
    "split text": "$long.split('')",
    "split again": "#foreach($i in [1..9999])$long.split('b')#end",
    "slow pattern": "$long.matches('(a+)+b')",
    "slow pattern in a loop": "#foreach($i in [1..9999])$long.replaceAll('(a|aa)+c', '')#end",
    "pattern": "$name.matches('" + "(" * 5_000 + "')",
    "big product": "#set($n = 10)#foreach($i in [1..999])#set($n = $n * $n)#end$n",
    "big fraction": "#set($n = '1e99999')#foreach($i in [1..99])#set($n = $n * $n)#end$n",
    "doubled list": "#set($l = [1])#foreach($i in [1..99])$l.addAll($l)#end",
    "list of lists": "#set($l = [])#foreach($i in [1..99])#set($l = [$l, $l])#end$l",
    "compared lists": "#set($l = [])#set($k = [])"
    "#foreach($i in [1..31])#set($l = [$l, $l])#set($k = [$k, $k])#end#if($l == $k)y#end",
    "deep list": "#set($l = [])#foreach($i in [1..9999])#set($l = [$l])#end$l",
    "list within itself": "#set($l = [])$l.add($l)$l",
    "map within itself": "#set($m = {})$m.put('m', $m)$m",
    "equal to itself": "#set($l = [])$l.add($l)#set($k = [])$k.add($k)#if($l == $k)y#end",
    "long output": "#foreach($i in [1..9999])$long#end",
    "escaped output": "#foreach($i in [1..9999])$__esc.html($long)#end",
    "steps": "#foreach($i in [1..9999])#foreach($j in [1..9999])#end#end",
    "numbered text": "#set($n = $long)#foreach($i in [1..9999])#set($x = $n * 2)#end",
    "dates": "#foreach($i in [1..9999])$spTools.formatDate($big, 'yyyy')#end",
    "pattern of a date": "$spTools.formatDate(0, '" + "y" * 19_000 + "')",
    "digits": "$__numberTool.format('" + "0" * 19_000 + "', 1)",
}  # fmt: skip


@pytest.mark.parametrize("html", [False, True], ids=["text", "html"])
@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_hostile_takes_long(name, html):
    began = time.process_time()

    with suppress(ValueError):
        said = say(HOSTILE[name], {"long": "a" * 90_000, "name": "Ana", "big": 10**300}, html=html)
        assert len(said) <= 100_000

    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    "data", [{"v": [[]] * 3}, {"v": {"a": {"b": {}}}}, {"v": float("inf")}, {"v": "\ud800"}]
)
def test_odd_data_is_rendered(data):
    for case in reference.CASES["values"]:
        assert isinstance(say(case, data), str)


def test_half_a_character_is_shown_as_a_mark():
    assert say("$v.charAt(0)$v.substring(1)", {"v": "😀x"}) == "\ufffd\ufffdx"


def test_data_is_never_changed():
    data: Mapping[str, object] = {"m": {"a": [1]}, "l": [1]}

    said = say("#set($m.b = 2)$m.a.add(3)$l.add(4)#set($l[0] = 9)$m $l", data)

    assert said == "truetrue{a=[1, 3], b=2} [9, 4]"
    assert data == {"m": {"a": [1]}, "l": [1]}


@settings(deadline=None)
@given(
    st.text(
        alphabet="$#{}()![].,:|=<>&+-*%\"'\\*\n abif1 end else foreach in set size", max_size=60
    )
)
def test_any_text_is_rendered_or_refused(source):
    with suppress(ValueError):
        say(source, {"a": ["b"], "b": {"a": 1}, "i": "x"})
        say(source, {"a": ["b"], "b": {"a": 1}, "i": "x"}, html=True)


def template(**words):
    return Template(event="e", medium=Channel.CHAT, updated_at=AT, **{"body": "", **words})


def test_a_template_is_read_in_its_own_language():
    source, data = "$name {{ name }}", {"name": "Ana"}

    for language, said in ((Language.VELOCITY, "Ana {{ name }}"), (Language.LIQUID, "$name Ana")):
        words = template(body=source, native={"a": [{"b": source}]}, language=language)
        assert LiquidRenderer().render(words, data).body == said
        assert LiquidRenderer().fill(words, data).value == {"a": [{"b": said}]}


def test_each_part_is_checked_in_its_language():
    words = template(body="a\n#if", subject="#end", html="{% x %}", native={"a": "$x.nope()"})

    assert [p.field for p in LiquidRenderer().check(words)] == ["html"]
    [*problems] = LiquidRenderer().check(Template(**{**vars(words), "language": Language.VELOCITY}))
    assert [(p.field, p.within) for p in problems] == [
        ("subject", ""),
        ("body", ""),
        ("native", "a"),
    ]


def test_only_html_is_escaped():
    words = template(
        body="$v", subject="$v", html="$v", native={"a": "$v"}, language=Language.VELOCITY
    )

    assert LiquidRenderer().render(words, {"v": "<i>"}) == RenderedTexts(
        subject="<i>", body="<i>", html="&lt;i&gt;"
    )
    assert LiquidRenderer().fill(words, {"v": "<i>"}).value == {"a": "<i>"}


def test_what_exceeds_a_limit_says_where():
    words = template(body="a\n$v.repeat($n)", language=Language.VELOCITY)

    with pytest.raises(Invalid, match="line 2: makes a text of more than 100000 characters"):
        LiquidRenderer().render(words, {"v": "x", "n": 10**9})
