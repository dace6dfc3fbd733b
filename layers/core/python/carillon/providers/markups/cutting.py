"""Text that is too long is cut with a mark, and stays what it was.

It is never cut within a link, an escape or what people see as one character, and what the author
made bold is closed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

CUT = "…"

type Measure = Callable[[str], int]
type Atom = "regex.Match[str]"


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What of a text is in one piece: `whole`, or a link that keeps its target with less label.

    `signs` open and close what they format, `code` what is read as it is; each is a pattern.
    """

    whole: str = r"(?!)"
    link: str = r"(?<before>(?!))(?<label>)(?<after>)"
    signs: str = r"(?!)"
    code: str = r"(?!)"


PLAIN = Structure()
_LINK = (
    r"(?<before>!?\[)(?<label>(?:\\.|[^\[\]\\]){0,200000})"
    r"(?<after>\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\))"
)
MARKDOWN = Structure(
    whole=r"\\[!-/:-@\[-`{-~]|&\#?[A-Za-z0-9]{1,32};|<[^<>\s]{1,2000}>",
    link=_LINK,
    signs=r"\*{1,3}|_{1,3}|~~|\|\|",
    code=r"`+",
)
SLACK = Structure(
    whole=r"&(?:amp|lt|gt);|<[^<>|\n]{1,3000}>",
    link=r"(?<before><[^<>|\n]{1,3000}\|)(?<label>[^<>]{0,200000})(?<after>>)",
    signs=r"[*_~]",
    code=r"```|`",
)
# Rocket.Chat and WhatsApp.
SIMPLE = Structure(link=_LINK, signs=r"\*{1,2}|_{1,2}|~{1,2}|\|\|", code=r"```|`")


def cut(
    text: str,
    longest: int,
    structure: Structure = PLAIN,
    *,
    mark: str = CUT,
    measure: Measure = len,
) -> str:
    """Return the text, or as much of it with the mark as measures `longest` at most."""
    if measure(text) <= longest:
        return text
    taken = _Taken(longest - measure(mark), measure)
    for atom in _pattern(structure).finditer(text):
        if not taken.add(atom):
            label = _shortened(atom, longest - taken.size, mark, taken)
            if label:
                return taken.text + label + taken.closing
            break
    return taken.text.rstrip() + mark + taken.closing


def pieces(text: str, longest: int, structure: Structure) -> Iterator[str]:
    """Return the text in pieces of at most `longest` characters, between lines if it can be."""
    rest = text
    while len(rest) > longest:
        taken, line = _Taken(longest, len), None
        for atom in _pattern(structure).finditer(rest):
            if not taken.add(atom):
                break
            if atom[0] == "\n":
                line = (taken.until, taken.opened)
        until, opened = line or (taken.until, taken.opened)
        if not until:  # one link that is longer than a piece
            rest = cut(rest, longest, structure)
            break
        yield rest[:until].rstrip("\n") + _closing(opened)
        rest = "".join(map(_opening, opened)) + rest[until:].lstrip(" ")
    if rest:
        yield rest


@dataclass
class _Taken:
    """The beginning of a text that has room, up to a place, and the signs that are open there."""

    room: int
    measure: Measure
    text: str = ""
    size: int = 0
    until: int = 0
    opened: tuple[str, ...] = field(default=())

    @property
    def closing(self) -> str:
        return _closing(self.opened)

    def add(self, atom: Atom) -> bool:
        """Add an atom, if it fits with what closes what is open then."""
        opened = _follow(self.opened, atom)
        size = self.size + self.measure(atom[0])
        if size + self.measure(_closing(opened)) > self.room:
            return False
        self.text += atom[0]
        self.size, self.until, self.opened = size, atom.end(), opened
        return True


@cache
def _pattern(structure: Structure) -> "regex.Pattern[str]":
    import regex  # noqa: PLC0415 - only long texts need `\X`, what people see as one character

    atoms = f"(?<whole>{structure.whole})|(?<link>{structure.link})"
    signs = f"(?<code>{structure.code})|(?<sign>{structure.signs})"
    return regex.compile(rf"{atoms}|{signs}|\X", regex.DOTALL)


def _follow(opened: tuple[str, ...], atom: Atom) -> tuple[str, ...]:
    """Return the signs that are open behind an atom."""
    sign = atom["code"] or atom["sign"]
    if not sign or (opened and opened[-1][0] == "`" and sign != opened[-1]):
        return opened
    begin, end = atom.span()
    before, after = atom.string[max(0, begin - 1) : begin], atom.string[end : end + 1]
    if opened and opened[-1] == sign:
        return opened[:-1] if atom["code"] or before.strip() else opened
    opens = after.strip() and not (sign[0] == "_" and before.isalnum())
    return (*opened, sign) if atom["code"] or opens else opened


def _is_block(sign: str) -> bool:
    return sign.startswith("```")


def _opening(sign: str) -> str:
    return f"{sign}\n" if _is_block(sign) else sign


def _closing(opened: tuple[str, ...]) -> str:
    return "".join(f"\n{sign}" if _is_block(sign) else sign for sign in reversed(opened))


def _shortened(atom: Atom, room: int, mark: str, taken: _Taken) -> str:
    """Return a link with as much of its label as there is room for; nothing if there is none."""
    if not atom["link"]:
        return ""
    before, label, after = atom["before"], atom["label"], atom["after"]
    left = room - taken.measure(before + after + taken.closing)
    if left <= taken.measure(mark):
        return ""
    return before + cut(label, left, MARKDOWN, mark=mark, measure=taken.measure) + after
