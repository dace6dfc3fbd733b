"""Hostile values, and the places in a template where they are told."""

from typing import NamedTuple

VALUES = {
    "link": "[your bank](https://evil.example/login)",
    "image": "![x](https://evil.example/i.png)",
    "slack link": "<https://evil.example|your bank>",
    "autolink": "<https://evil.example>",
    "reference": "[bank][1]\n\n[1]: https://evil.example",
    "channel": "<!channel> <!here> <@U123> <#C123> <!subteam^S1>",
    "everyone": "@everyone @here @channel @all @**all** @team",
    "discord mention": "<@80351110224678912> <@&165511591545143296> <t:1618953630>",
    "teams mention": "<at>Ana</at>",
    "names": "@ana #general ~town-square",
    "bold": "*a* **b** __c__ _d_",
    "struck": "~a~ ~~b~~ ||c||",
    "code": "`a` ``b`` ```c```",
    "fence": "```\nrm -rf\n```",
    "tildes": "~~~\nx\n~~~",
    "heading": "# big",
    "heading below": "x\n# big\n## b",
    "underlined": "big\n===\nbig\n---",
    "list": "- a\n- b",
    "stars": "* a\n* b",
    "numbers": "1. a\n2. b",
    "brackets": "1) a",
    "quotation": "> said",
    "three quotations": ">>> said",
    "rule": "---",
    "stars rule": "***",
    "table": "a | b\n--- | ---\n1 | 2",
    "row": "| a | b |",
    "html": "<b>x</b><script>alert(1)</script><img src=x onerror=alert(1)>",
    "comment": "<!-- x",
    "entities": "&lt;b&gt; &amp; &#42;x&#42; &copy;",
    "backslashes": "\\*x\\* C:\\dir_a\\b \\",
    "emoji code": ":tada: :smile:",
    "times": "12:30:45 10:00",
    "maths": "$x$ $$y$$",
    "address": "first_last@example.com help@here.com x@all.example @here/maps",
    "path": "/var/my_dir/__init__.py ~/x_y_z @all-hands",
    "url": "https://shop.example/a_b_c?x=1&y=2#z",
    "sum": "5 * 3 * 2 = 30; a_b_c; 2 < 3 > 1",
    "lines": "one\ntwo",
    "paragraphs": "one\n\ntwo",
    "windows lines": "one\r\ntwo\rthree",
    "indented": "one\n\n    two",
    "command": "/me is here",
    "zero width": "a\u200b*b*\u200bc @\u200dall",
    "right to left": "a\u202e*gnp.exe*",
    "emoji": "👨\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 🇩🇪 e\u0301",
    "scripts": "Zoë Müller 日本語 *日本* _ü_",
    "date": "{{DATE(2017-02-14T06:08:00Z, SHORT)}}",
    "liquid": "{{ x }} {% y %} $z ${z}",
    "json": '{"type":"AdaptiveCard","body":[]}',
    "quote marks": "\"a\" 'b'",
    "javascript": "javascript:alert(1)",
    "target": "7) [evil](https://evil.example",
    "pipe": "7|x> <!here>",
}
# Of neighbouring values, each harmless by itself.
HALVES = {
    "slack call": ("<", "!channel> hi"),
    "link": ("[bank]", "(https://evil.example)"),
    "link within": ("[", "bank](https://evil.example)"),
    "bold": ("*", "*x**"),
    "bold around": ("*a", "b*"),
    "code": ("`", "x`"),
    "entity": ("&", "lt;b>"),
    "call": ("@", "everyone"),
    "tag": ("<", "b>x</b>"),
    "rule": ("--", "-"),
    "number": ("1", ". x"),
    "backslash": ("\\", "*x*"),
    "image": ("!", "[x](https://evil.example/i.png)"),
    "emoji": (":ta", "da:"),
    "lines": ("a\n", "# b"),
}


class Place(NamedTuple):
    """A template, and whether the value is in its text, or in the target of its link."""

    source: str
    is_target: bool = False


MARKDOWN = {
    "alone": Place("§"),
    "start": Place("§ said so"),
    "middle": Place("He said § and left"),
    "end": Place("He said §"),
    "second line": Place("Hello\n§"),
    "bold": Place("He **§** left"),
    "italics": Place("He *§* left"),
    "bold twice": Place("**Who**: § **when**: now"),
    "label": Place("See [§](https://x.example/o) now"),
    "target": Place("See [order](https://x.example/o/§) now", is_target=True),
    "code": Place("Run `§` now"),
    "fence": Place("Run\n```\n§\n```\nnow"),
    "item": Place("- §\n- two"),
    "quotation": Place("> §\n\nHe said"),
    "after a link": Place("[a](https://x.example/o)§"),
    "after a bracket": Place("[note]§"),
    "before a link": Place("§[a](https://x.example/o)"),
    "after a bang": Place("Ho!§"),
}
SLACK = {
    "alone": Place("§"),
    "start": Place("§ said so"),
    "middle": Place("He said § and left"),
    "end": Place("He said §"),
    "second line": Place("Hello\n§"),
    "bold": Place("He *§* left"),
    "italics": Place("He _§_ left"),
    "bold twice": Place("*Who*: § *when*: now"),
    "label": Place("See <https://x.example/o|§> now"),
    "target": Place("See <https://x.example/o/§|order> now", is_target=True),
    "code": Place("Run `§` now"),
    "fence": Place("Run\n```\n§\n```\nnow"),
    "item": Place("- §\n- two"),
    "quotation": Place("&gt; §\nHe said"),
    "mention": Place("<@U1> <!here> §"),
}
ROCKET_CHAT = {
    name: place for name, place in MARKDOWN.items() if name not in {"quotation", "after a bang"}
} | {
    "bold": Place("He *§* left"),
    "italics": Place("He _§_ left"),
    "bold twice": Place("*Who*: § *when*: now"),
    "heading": Place("# §\nnow"),
}
