"""How services read a message: each reader returns what is structure, and the text that is shown.

None of it is ours: markdown-it (CommonMark), Python-Markdown as Zulip sets it up, and the parsers
of `tests/references/markups`.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import markdown
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from tests.references.markups import reference

type Tree = str | Sequence[Any]
type Read = tuple[Any, str]

# In these a text is nothing but a text; adjacent ones are lines of one.
_LINES = {"paragraph", "p", "message", "document", "root", "Root", "PARAGRAPH", "CODE_LINE"}
# What a service has no other way to show data by.
_AS_SHOWN = str.maketrans(
    {
        "\N{ASTERISK OPERATOR}": "*",
        "\N{MODIFIER LETTER LOW MACRON}": "_",
        "\N{TILDE OPERATOR}": "~",
        "\N{MODIFIER LETTER GRAVE ACCENT}": "`",
        "\N{FULLWIDTH LEFT SQUARE BRACKET}": "[",
        "\N{FULLWIDTH RIGHT SQUARE BRACKET}": "]",
        "\N{SOFT HYPHEN}": "",
        "\N{WORD JOINER}": "",
    }
)
_OWN = "https://x.example/o"  # the author's link, whatever data its target ends with
_SPACES = re.compile(r"[\s\u00a0]+")


def read(tree: Tree) -> Read:
    """Return the structure of a tree, and what it shows; a bare URL that is a link is text."""
    if isinstance(tree, str):
        return (), tree
    name, *children = tree
    found = [child for child in children if not isinstance(child, list) or child[0] != "target"]
    read_children = [read(child) for child in found]
    inner = tuple(part for structure, _ in read_children for part in structure)
    text = "".join(shown for _, shown in read_children)
    targets = [child[1] for child in children if isinstance(child, list) and child[0] == "target"]
    bare = {unquote(target.removeprefix("mailto:")).rstrip("/") for target in targets}
    if unquote(text).rstrip("/") in bare:
        return (), text
    if name in _LINES:
        return inner, text + "\n"
    own = (_OWN if target.startswith(_OWN) else target for target in targets)
    return ((name, *own, *inner),), text


def plain(text: str) -> str:
    return _SPACES.sub(" ", text.translate(_AS_SHOWN)).strip()


_COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def commonmark(text: str) -> Tree:
    return _of_node(SyntaxTreeNode(_COMMONMARK.parse(text)))


def _of_node(node: SyntaxTreeNode) -> Tree:
    match node.type:
        case "text" | "text_special":
            return node.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "inline":
            return ["message", *map(_of_node, node.children)]
        case "code_inline" | "fence" | "code_block" | "html_inline" | "html_block":
            return [node.type, node.content]
        case _:
            attributes = node.attrs if node.type != "root" else {}
            href = attributes.get("href") or attributes.get("src")
            target = [["target", str(href)]] if href is not None else []
            return [node.type, *target, *map(_of_node, node.children)]


def _as_zulip() -> markdown.Markdown:
    """https://github.com/zulip/zulip/blob/main/zerver/lib/markdown/__init__.py"""
    made = markdown.Markdown(extensions=["nl2br", "fenced_code", "tables"])
    patterns = made.inlinePatterns
    absent = "escape reference image_link image_reference short_reference short_image_ref"
    for name in (*absent.split(), "autolink", "automail", "html", "linebreak", "em_strong"):
        patterns.deregister(name)
    for name in ("setextheader", "reference"):
        made.parser.blockprocessors.deregister(name)
    made.preprocessors.deregister("html_block")
    strong = r"(\*\*)([^\n*]+?)\1"
    inline = markdown.inlinepatterns.SimpleTagInlineProcessor
    patterns.register(inline(strong, "strong"), "strong", 62)
    patterns.register(inline(r"(\*)(?!\s+)([^\*\n]+)(?<!\s)\*", "em"), "em", 60)
    patterns.register(inline(r"(?<!~)(~~)([^~\n]+?)~~(?!~)", "del"), "del", 58)
    # Mentions and streams, with a tag that shows them.
    mention = r"(@_?\*{1,2}|#\*\*)([^\*\n]+)\*{1,2}"
    patterns.register(inline(mention, "mention"), "mention", 165)
    patterns.register(inline(r"(:)([A-Za-z0-9_+-]+):", "emoji"), "emoji", 40)
    return made


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tree: list[Any] = ["message"]
        self._open = [self.tree]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node: list[Any] = [tag]
        href = dict(attrs).get("href")
        if href is not None:
            node.append(["target", href])
        if tag == "br":
            self._open[-1].append("\n")
            return
        self._open[-1].append(node)
        self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag != "br" and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].append(data)


def zulip(text: str) -> Tree:
    parser = _Html()
    parser.feed(_as_zulip().convert(text))
    parser.close()
    return parser.tree


@cache
def _recorded(service: str) -> dict[str, Tree]:
    return reference.recorded(service)


def by(service: str) -> Callable[[str], Tree]:
    return lambda text: _recorded(service)[text]
