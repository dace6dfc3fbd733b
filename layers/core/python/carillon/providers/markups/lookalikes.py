"""Services whose markup has no escape: what data would format is shown by a character like it.

A sign that formats nothing where it stands stays what it is, so addresses and paths do.
https://github.com/yhatt/jsx-slack/blob/main/docs/about-escape-and-exact-mode.md
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from carillon.domain.catalogue.markups import ANY, MARKS, Markup, plain
from carillon.providers.markups.authored import Text, spans
from carillon.providers.markups.links import target

LOOKALIKES: Mapping[str, str] = {
    "*": "\N{ASTERISK OPERATOR}",
    "_": "\N{MODIFIER LETTER LOW MACRON}",
    "~": "\N{TILDE OPERATOR}",
    "`": "\N{MODIFIER LETTER GRAVE ACCENT}",
    "[": "\N{FULLWIDTH LEFT SQUARE BRACKET}",
}
_WORD_JOINER = "\u2060"
_FAR = 2_000  # characters, beyond which no URL goes
_SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What a service reads as markup.

    `structure` finds what the author wrote: `block` and `code`, and links by `target` and `label`.
    `formats` are the signs that format, `within_words` those that do so there too, with
    `formats_spaces` also what begins or ends with a space. A line that
    begins with `line_starts`, and what one of `broken` finds, is kept from being read by `joiner`,
    which has no width, before the group `at`. `links_run_on` says that an opening bracket begins
    the label of any later link in its line, and that a URL goes on into one without a space.
    """

    structure: re.Pattern[str]
    formats: str = "*_~`"
    line_starts: re.Pattern[str] | None = None
    within_words: str = ""
    formats_spaces: bool = False
    entities: Mapping[str, str] = field(default_factory=dict)
    broken: Sequence[re.Pattern[str]] = ()
    joiner: str = _WORD_JOINER
    links_run_on: bool = False


@dataclass(frozen=True)
class _Found:
    """The places of data that would format, and those before which a joiner is due."""

    formatting: frozenset[int]
    breaks: frozenset[int]


def markup(name: str, signs: Signs) -> Markup:
    return Markup(name=name, write=partial(_written, signs))


def _written(signs: Signs, marked: str) -> str:
    if not ANY.search(marked) and "](" not in marked and "<" not in marked:
        return marked
    text = Text(marked)
    shown = _in_lines(signs, text)
    found = _Found(_formatting(signs, text, shown), _breaks(signs, text, shown))
    return "".join(_pieces(signs, text, found))


def _pieces(signs: Signs, text: Text, found: _Found) -> Iterator[str]:
    for begin, end, structure in spans(signs.structure, text):
        if structure is None:
            yield from _words(signs, text, (begin, end), found)
            continue
        if signs.links_run_on and _runs_into(text, begin):
            yield " "
        groups = {n: structure.span(n) for n, said in structure.groupdict().items() if said}
        last = begin
        for name, (start, stop) in sorted(groups.items(), key=lambda group: group[1]):
            yield text.whole[last:start]
            if name == "target":
                yield target(text, start, stop, signs.entities)
            elif name == "label":
                yield from _words(signs, text, (start, stop), found, within_link=True)
            else:
                yield from _code(signs, text, start, stop, is_block=name == "block")
            last = stop
        yield text.whole[last:end]


def _code(signs: Signs, text: Text, begin: int, end: int, *, is_block: bool) -> Iterator[str]:
    for at in range(begin, end):
        character = text.whole[at]
        if not text.is_data(at):
            yield character
        elif character == "\n":
            yield "\n" if is_block else " "
        elif character == "`":
            yield LOOKALIKES[character]
        else:
            yield signs.entities.get(character, character)


def _words(
    signs: Signs,
    text: Text,
    place: tuple[int, int],
    found: _Found,
    *,
    within_link: bool = False,
) -> Iterator[str]:
    for at in range(*place):
        character = text.whole[at]
        if at in found.breaks:
            yield signs.joiner
        if not text.is_data(at):
            yield character
        elif character == "\n":
            yield _line_end(text, at, within_link=within_link)
        elif character == " ":
            yield "" if text.is_edge(at) else " "
        elif at in found.formatting:
            yield LOOKALIKES[character]
        else:
            yield signs.entities.get(character, character)


def _in_lines(signs: Signs, text: Text) -> str:
    """Return the text with a space for each line end of data that is shown as one."""
    links = signs.structure.finditer(text.view) if "label" in signs.structure.groupindex else ()
    within = {at for link in links for at in range(*link.span("label"))}
    return "".join(
        " " if c == "\n" and text.is_data(at) and (at in within or _is_folded(text, at)) else c
        for at, c in enumerate(text.whole)
    )


def _is_folded(text: Text, at: int) -> bool:
    return text.has_one_line(at) or bool(text.open_signs(at))


def _line_end(text: Text, at: int, *, within_link: bool) -> str:
    if within_link or _is_folded(text, at):
        return "" if text.is_edge(at) or text.at(at - 1).isspace() else " "
    return f"\n{text.quote(at)}"


def _runs_into(text: Text, at: int) -> bool:
    """Return whether data that may be a URL ends where the author's words go on."""
    run = text.whole[max(0, at - _FAR) : at].rpartition(" ")[2]
    return (
        text.view[at] == "["
        and text.view[at - 1 : at] not in {"", "\n"}
        and bool({".", ":"} & set(run))
    )


def _breaks(signs: Signs, text: Text, shown: str) -> frozenset[int]:
    found: set[int] = set()
    for line in signs.line_starts.finditer(shown) if signs.line_starts else ():
        begin, end = line.span()
        if text.is_data(begin - 1) or any(map(text.is_data, range(begin, end))):
            found.add(next((at for at in range(begin, end) if text.is_data(at)), begin))
    for sign in (sign for pattern in signs.broken for sign in pattern.finditer(shown)):
        if any(map(text.is_data, range(*sign.span()))):
            at = sign.start("at")
            # Within what is bold, only what follows the sign counts.
            is_inside = text.at(at) in {"@", "#"} and text.open_signs(at)
            found.add(at + 1 if is_inside else at)
    return frozenset(found)


def _formatting(signs: Signs, text: Text, shown: str) -> frozenset[int]:
    """Return the places of data whose sign makes a pair with another of its line."""
    found: set[int] = set()
    if "`" in signs.formats and text.whole.count("`") > 1:
        found.update(at for at, c in enumerate(text.whole) if c == "`" and text.is_data(at))
    found.update(_closing(signs, text))
    begin = 0
    if signs.links_run_on:
        found.update(_brackets(text))
    for line in shown.split("\n"):
        for sign in signs.formats.replace("`", ""):
            places = [begin + at for at, c in enumerate(line) if c == sign]
            found.update(_paired(signs, text, places, sign))
        begin += len(line) + 1
    return frozenset(found)


def _closing(signs: Signs, text: Text) -> Iterator[int]:
    """Return the places of data whose sign would end what the author formats by it."""
    for at, character in enumerate(text.whole):
        is_sign = character in signs.formats and character != "`" and text.is_data(at)
        if is_sign and character in text.open_signs(at):
            yield at


def _brackets(text: Text) -> Iterator[int]:
    """Return the places of data whose bracket would begin the label of the author's link."""
    last, end = text.view.rfind("]("), len(text.view)
    for at in range(end - 1, -1, -1):
        if text.view[at] == "\n":
            last = text.view.rfind("](", 0, at)
        elif text.whole[at] == "[" and text.is_data(at) and last > at:
            yield at


def _paired(signs: Signs, text: Text, places: list[int], sign: str) -> Iterator[int]:
    anywhere = sign in signs.within_words
    opening = [at for at in places if anywhere or _opens(text.at(at - 1), text.at(at + 1), signs)]
    closing = [at for at in places if anywhere or _opens(text.at(at + 1), text.at(at - 1), signs)]
    for at in opening:
        if closing and closing[-1] > at and text.is_data(at):
            yield at
    for at in closing:
        if opening and opening[0] < at and text.is_data(at):
            yield at


def _opens(outside: str, inside: str, signs: Signs) -> bool:
    """Return whether a sign between these characters can begin, or end, what it formats."""
    is_word = outside.isascii() and outside.isalnum()
    return not is_word and (signs.formats_spaces or bool(inside.strip()))


_CODE = r"```(?P<block>(?s:.*?))(?:```|\Z)|`(?P<code>[^`\n]+)`"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_EMOJI = re.compile(r"(?<![A-Za-z0-9]):[\w+.-]+(?P<at>:)")
_AS_ENTITIES = str.maketrans({MARKS[c]: entity for c, entity in _ENTITIES.items()})

# https://docs.slack.dev/messaging/formatting-message-text
# A quotation is one even where its sign is an entity.
SLACK = markup(
    "mrkdwn",
    Signs(
        structure=re.compile(_CODE + r"|<(?P<target>[^<>|\n]*)(?:\|(?P<label>[^<>\n]*))?>"),
        line_starts=re.compile(r"(?:^|(?<=[*_~|]))[ \t]*>", re.MULTILINE),
        entities=_ENTITIES,
        broken=(_EMOJI,),
        joiner=_SOFT_HYPHEN,
    ),
)
# A header or a button: only the entities are read.
SLACK_PLAIN = Markup(
    name="entities",
    special="".join(_ENTITIES),
    write=lambda text: plain(text.translate(_AS_ENTITIES)),
)
# https://faq.whatsapp.com/539178204879377
WHATSAPP = markup(
    "WhatsApp's",
    Signs(
        structure=re.compile(_CODE),
        line_starts=re.compile(r"^(?:[-*>] |>|\d{1,9}\. )", re.MULTILINE),
    ),
)
_LINK = re.compile(r"\](?P<at>\()")
_MENTION = re.compile(r"(?<![A-Za-z0-9])(?P<at>@)\w")
# https://github.com/RocketChat/Rocket.Chat/blob/develop/packages/message-parser/src/grammar.pegjs
ROCKET_CHAT = markup(
    "Rocket.Chat's",
    Signs(
        structure=re.compile(
            _CODE + r"|\[(?P<label>[^\[\]\n]*)\]\((?P<target>[^()\n]*)\)"
            r"|^#{1,4}[ \t]+(?P<heading>[^\n]*)$",
            re.MULTILINE,
        ),
        line_starts=re.compile(r"^(?:[-*][ \t]|>|#{1,4}[ \t]|\d+\.[ \t]|\|\|)", re.MULTILINE),
        within_words="*~",
        formats_spaces=True,
        links_run_on=True,
        broken=(
            _LINK,
            re.compile(r"<(?P<at>)(?:[^|\s<]+\||t:)"),
            _MENTION,
            re.compile(r"(?<![A-Za-z0-9])(?P<at>#)[\w.-]"),
            re.compile(r"#(?P<at>)(?![A-Za-z0-9])"),
            _EMOJI,
            re.compile(r"\|(?P<at>\|)"),
            re.compile(r"\\(?P<at>[(\[])"),
        ),
    ),
)
# A service that passes a text on to others, each with a markup of its own.
FORWARDED = markup(
    "forwarded",
    Signs(
        structure=re.compile(r"(?!)"),
        formats="",
        broken=(_LINK, re.compile(r"<(?P<at>[!@#/A-Za-z])"), _MENTION),
    ),
)
