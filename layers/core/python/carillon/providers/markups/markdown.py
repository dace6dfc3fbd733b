"""Markdown: data is escaped where it would be read as markup, as each service's dialect escapes.

Long, since how a text is written and what the dialects differ in are read beside each other.

https://spec.commonmark.org/0.31.2/#backslash-escapes
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from carillon.domain.catalogue.markups import ANY, LINE_END, SPACE, Markup
from carillon.providers.markups.authored import Text, spans
from carillon.providers.markups.links import target

# What the author may have written around data.
_STRUCTURE = re.compile(
    r"""
      (?P<escape>\\[!-/:-@\[-`{-~])
    | ^[ ]{0,3}(?P<bars>`{3,}|~{3,})(?P<info>[^\n`]*\n)(?P<block>(?s:.*?))
      (?P<closing>\n?^[ ]{0,3}(?P=bars)[`~]*[ \t]*$|\Z)
    | (?<!`)(?P<ticks>`+)(?!`)(?P<code>[^\n]{1,1000}?)(?<!`)(?P=ticks)(?!`)
    | \[(?P<label>[^\[\]\n]*)\]\((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)
      (?P<title>[ \t]+"[^"\n]*")?\)
    | \[(?P<words>[^\[\]\n]*)\]\((?P<place>[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)
    | <(?P<url>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\n]*)>
    """,
    re.VERBOSE | re.MULTILINE,
)
_URL = re.compile(
    r"(?<![^\s(])https?://[A-Za-z0-9._:/?#@!$&',;=%+-]*[A-Za-z0-9/_=&#%+-]", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});")
_EMOJI = re.compile(r":[A-Za-z0-9_+-]+:")
_TICKS = re.compile(r"`+")
_INDENTED = re.compile(r"(?:[ \t\uffff]{4,}|[ \uffff]*\t[ \t\uffff]*)")
_BLOCK = 3  # backticks
LOOKALIKE = "\u02cb"  # of a backtick, where a service has no other way to show one within code
_IN_LABELS = {
    "[": "\N{FULLWIDTH LEFT SQUARE BRACKET}",
    "]": "\N{FULLWIDTH RIGHT SQUARE BRACKET}",
}
_ALWAYS = frozenset("\\`*[]<~|")
_AT_LINE_START = frozenset("#+-=>")


def backslashed(character: str) -> str:
    return f"\\{character}"


def numbered(character: str) -> str:
    return f"&#{ord(character)};"


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """What a service's Markdown has beside CommonMark's, and how it escapes.

    `also` are further characters to escape, each if what follows matches its pattern. `line_end`
    shows a line end. `links_urls` says that the service makes links of URLs by itself,
    `has_backslashes` that one escapes.
    """

    escape: Callable[[str], str] = backslashed
    also: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    line_end: str = "\n"
    links_urls: bool = True
    has_backslashes: bool = True
    has_emoji: bool = False
    has_long_fences: bool = True
    escapes_in_labels: bool = True
    escapes_underscores: bool = True


def markup(name: str, dialect: Dialect) -> Markup:
    return Markup(name=name, write=partial(_written, dialect))


def _written(dialect: Dialect, marked: str) -> str:
    if not ANY.search(marked) and "](" not in marked:
        return marked
    return "".join(_Writing(dialect, Text(marked)).pieces())


class _Writing:
    """How one text is written in a dialect."""

    def __init__(self, dialect: Dialect, text: Text) -> None:
        self.dialect = dialect
        self.text = text

    def pieces(self) -> Iterator[str]:
        text = self.text
        for begin, end, found in spans(_STRUCTURE, text):
            if found is None:
                yield from self._words(begin, end)
            elif found["ticks"]:
                yield _code(self.dialect, found["ticks"], text.whole[slice(*found.span("code"))])
            elif found["bars"]:
                yield _fence(self.dialect, text, found)
            elif found["url"]:
                yield f"<{target(text, begin + 1, end - 1)}>"
            elif found["escape"]:
                yield found["escape"]
            else:
                yield from self._link(found)

    def _link(self, found: re.Match[str]) -> Iterator[str]:
        text = self.text
        label, place = ("label", "target") if found["label"] is not None else ("words", "place")
        yield "["
        yield from self._words(*found.span(label), within_link=True)
        yield f"]({target(text, *found.span(place))}"
        if found["title"]:
            begin, end = found.span("title")
            yield "".join(
                self.dialect.escape('"') if text.is_data(at) and character == '"' else character
                for at, character in enumerate(text.whole[begin:end].replace("\n", " "), begin)
            )
        yield ")"

    def _words(self, begin: int, end: int, *, within_link: bool = False) -> Iterator[str]:
        text, at = self.text, begin
        links_urls = self.dialect.links_urls and not within_link
        urls = self._urls(begin, end) if links_urls else frozenset[int]()
        while at < end:
            if indent := self._indent(at, end):  # no block of code
                yield "\u00a0" * indent
                at += indent
                continue
            character = text.whole[at]
            if not text.is_data(at) or at in urls:
                yield character
            elif character == "\n":
                yield self._line_end(at, within_link=within_link)
            elif character == " ":
                yield "" if text.is_edge(at) else " "
            else:
                yield self._after_backslash(at) + self._escaped(at, within_link=within_link)
            at += 1

    def _escaped(self, at: int, *, within_link: bool) -> str:
        character = self.text.whole[at]
        if within_link and character in _IN_LABELS and not self.dialect.escapes_in_labels:
            return _IN_LABELS[character]
        return self.dialect.escape(character) if self._is_markup(at) else character

    def _indent(self, at: int, end: int) -> int:
        """Return how many spaces of data, at the start of a line, would make a block of code."""
        marked = self.text.marked
        begins = marked[at] == SPACE or (at and marked[at - 1] == LINE_END)
        if not begins or self.text.is_edge(at):
            return 0
        found = _INDENTED.match(marked, at, end)
        return len(found[0]) if found and self.text.starts_line(at) else 0

    def _urls(self, begin: int, end: int) -> frozenset[int]:
        """Return the places in URLs, which the service reads as a whole and shows as they are."""
        found = (url.span() for url in _URL.finditer(self.text.whole, begin, end))
        return frozenset(
            place for url in found if url[1] not in self._run_on for place in range(*url)
        )

    @cached_property
    def _run_on(self) -> frozenset[int]:
        """Return the places from which on markup, or what is escaped, follows without a space.

        A service that makes links of URLs would take it for a part of one.
        """
        found, runs = set(), False
        for at in range(len(self.text.whole) - 1, -1, -1):
            character = self.text.whole[at]
            if character.isspace():
                runs = False
            elif not runs and character != ":":
                is_data = self.text.is_data(at)
                runs = self._is_markup(at) if is_data else character in _ALWAYS
            if runs:
                found.add(at)
        return frozenset(found)

    def _after_backslash(self, at: int) -> str:
        """Return a backslash for one of the author's that would escape what stands here."""
        if not self.dialect.has_backslashes or self.text.is_data(at - 1):
            return ""
        before = self.text.view[max(0, at - 100) : at]
        return "\\" * ((len(before) - len(before.rstrip("\\"))) % 2)

    def _line_end(self, at: int, *, within_link: bool) -> str:
        """Return what shows a line end of data, and leaves the author's line what it is."""
        text = self.text
        if within_link or text.has_one_line(at) or text.open_signs(at):
            return "" if text.is_edge(at) or text.at(at - 1).isspace() else " "
        quote = text.quote(at)
        return f"\n{quote}" if quote else self.dialect.line_end

    def _is_markup(self, at: int) -> bool:
        """Return whether a character of data would be read as markup where it stands."""
        character, whole = self.text.whole[at], self.text.whole
        also = self.dialect.also.get(character)
        return (
            character in _ALWAYS
            or (also is not None and also.match(whole, at) is not None)
            or (character in _AT_LINE_START and self._starts(at))
            or self._is_markup_here(at)
        )

    def _starts(self, at: int) -> bool:
        """Return whether the place is where a line, bold text or a label begins."""
        before = self.text.at(at - 1)
        after_sign = before in set("*_~|[") and not self.text.is_data(at - 1)
        return after_sign or self.text.starts_line(at)

    def _is_markup_here(self, at: int) -> bool:
        """Return whether it is markup by what is before and behind it."""
        text, dialect = self.text, self.dialect
        before, after = text.at(at - 1), text.at(at + 1)
        after_link = before == "]" and not text.is_data(at - 1)  # the author's
        match text.whole[at]:
            case "_":
                found = dialect.escapes_underscores and not (before.isalnum() and after.isalnum())
            case "." | ")":
                found = before.isdigit() and text.starts_line(at)
            case "(":
                found = after_link
            case ":":
                scheme = dialect.links_urls and before.isalnum() and bool(after.strip())
                found = after_link or (scheme and at + 1 in self._run_on)
                found = found or (dialect.has_emoji and _emoji(text.whole, at))
            case "!":
                found = after == "[" and not text.is_data(at + 1)
            case "&":
                found = _ENTITY.match(text.whole, at) is not None
            case _:
                found = False
        return found


def _code(dialect: Dialect, ticks: str, code: str) -> str:
    """Return code between as many backticks as none of its data closes."""
    code = code.replace("\n", " ")
    lengths = {len(run) for run in _TICKS.findall(code)}
    if len(ticks) in lengths:
        wanted = next(n for n in range(1, len(code) + 2) if n not in lengths)
        if wanted < _BLOCK or dialect.has_long_fences:
            ticks = "`" * wanted
        else:  # three begin a block wherever they are
            code = code.replace("`", LOOKALIKE)
    space = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{ticks}{space}{code}{space}{ticks}"


def _fence(dialect: Dialect, text: Text, found: re.Match[str]) -> str:
    """Return a block of code between longer lines than any in its data."""
    bars, sign = found["bars"], found["bars"][0]
    begin, end = found.span("block")
    code, closing = text.whole[begin:end], found["closing"]
    longest = max(map(len, re.findall(re.escape(sign) + "+", code)), default=0)
    if longest >= len(bars):
        if not dialect.has_long_fences:
            code = code.replace(bars, bars[:-1] + LOOKALIKE)
        else:
            longer = sign * (longest + 1)
            closing = closing.replace(bars, longer, 1)
            bars = longer
    info = text.whole[slice(*found.span("info"))]
    return text.whole[found.start() : found.start("bars")] + bars + info + code + closing


def _emoji(whole: str, at: int) -> bool:
    """Return whether a colon begins or ends the name of an emoji."""
    begin = whole.rfind(":", max(0, at - 100), at)
    ends = begin >= 0 and _EMOJI.fullmatch(whole, begin, at + 1) is not None
    return ends or _EMOJI.match(whole, at) is not None


def _as_mattermost(character: str) -> str:
    """Escape as both of its readers do: one has more backslashes, the other more entities."""
    return backslashed(character) if character in _BACKSLASHED else numbered(character)


# https://github.com/mattermost/marked (escape), https://github.com/mattermost/commonmark.js
_BACKSLASHED = frozenset("\\`*{}[]()#+-.!_>~|")
_ANY = re.compile(".", re.DOTALL)

COMMONMARK = markup("Markdown", Dialect())
# `{{DATE(…)}}` in a TextBlock is a date, and a single line end is a space.
# https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/text-features
TEAMS = markup("Teams' Markdown", Dialect(also={"{": _ANY}, line_end="\n\n", links_urls=False))
# https://support.discord.com/hc/en-us/articles/210298617-Markdown-Text-101
# https://discord.com/developers/docs/reference#message-formatting
DISCORD = markup(
    "Discord's Markdown",
    Dialect(
        also={"@": re.compile(r"@(?:everyone|here)"), ":": re.compile(r":\w+:")},
        has_long_fences=False,
        escapes_in_labels=False,
    ),
)
# https://docs.mattermost.com/end-user-guide/collaborate/format-messages.html
# https://github.com/mattermost/mattermost/blob/master/server/public/shared/markdown/inlines.go
MATTERMOST = markup(
    "Mattermost's Markdown",
    Dialect(
        escape=_as_mattermost,
        also={"@": re.compile(r"(?<![A-Za-z0-9])@\w"), "#": re.compile(r"#\w"), "$": _ANY},
        has_emoji=True,
    ),
)
# It has no backslashes (https://github.com/zulip/zulip/issues/18202), and reads entities.
# https://zulip.com/help/format-your-message-using-markdown
# https://github.com/zulip/zulip/blob/main/zerver/lib/markdown/__init__.py
ZULIP = markup(
    "Zulip's Markdown",
    Dialect(
        escape=numbered,
        also={"$": re.compile(r"\$\$"), "/": re.compile(r"(?<!.)/(?:me|poll|todo)\b", re.DOTALL)},
        has_backslashes=False,
        has_emoji=True,
        escapes_underscores=False,
    ),
)
