"""Markups: how a service reads the text of a message, and how data is kept from being read as it.

The author's words may be markup; data never is. So the characters of data that a markup may read
are marked before a template is rendered: each becomes a noncharacter, one for one, which filters
carry along. Afterwards a markup writes marks as itself escapes them, where it sees all of the text:
whose a character is, what is around it, and what the neighbouring value makes of it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import punctuation
from typing import Any

# Noncharacters, which no text is exchanged with: https://www.unicode.org/faq/private_use.html
LINE_END = "\ufffe"
SPACE = "\uffff"
MARKS: Mapping[str, str] = {
    **{character: chr(0xFDD0 + place) for place, character in enumerate(punctuation)},
    "\n": LINE_END,
    " ": SPACE,  # at the edges of a value only: within it, a space is never markup
}
CHARACTERS: Mapping[str, str] = {mark: character for character, mark in MARKS.items()}
_MARKING = str.maketrans({character: mark for character, mark in MARKS.items() if mark != SPACE})
_PLAIN = str.maketrans(dict(CHARACTERS))
_EDGES = re.compile(r"\A[ \t\n]+|[ \t\n]+\Z")
_BLANK = re.compile(r"[ \t]")
_LINE_ENDS = re.compile(r"\r\n?")
ANY = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")

type Json = Mapping[str, Any]


def marked(text: str) -> str:
    """Return data with its characters marked."""
    text = ANY.sub("\ufffd", _LINE_ENDS.sub("\n", text))
    return _EDGES.sub(lambda found: _BLANK.sub(SPACE, found[0]), text).translate(_MARKING)


def plain(text: str) -> str:
    """Return a text with all marks as the characters that they stand for."""
    return text.translate(_PLAIN) if ANY.search(text) else text


def _uncut(text: str, _longest: int) -> str:
    return text


@dataclass(frozen=True, kw_only=True, eq=False)  # each is one of a kind
class Markup:
    """A way to read text. `write` turns marked text into text in which data is what it says.

    `special` are the characters of data to mark; none where nothing is markup.
    """

    name: str
    special: str = punctuation + "\n "
    write: Callable[[str], str] = plain

    @property
    def marks(self) -> Mapping[str, str]:
        return {character: MARKS[character] for character in self.special}

    def escaped(self, text: str) -> str:
        """Return data as text that shows it."""
        return self.write(marked(text))


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_AS_HTML = str.maketrans(
    {mark: _ENTITIES.get(character, character) for mark, character in CHARACTERS.items()}
)

PLAIN = Markup(name="plain", special="")
HTML = Markup(name="html", special="".join(_ENTITIES), write=lambda text: text.translate(_AS_HTML))


def _all_text(_name: str, _owner: Json) -> Markup:
    return PLAIN


@dataclass(frozen=True, kw_only=True, eq=False)
class Markups:
    """The markups of a service's messages.

    `text` is that of the text, and of the title where that is part of it. `of_field` tells that of
    a text within the service's own fields, by its name and the JSON object that it is in.
    `json_text` says that a text which is a JSON object is such fields, not text.
    """

    text: Markup = PLAIN
    of_field: Callable[[str, Json], Markup] = _all_text
    json_text: bool = False


NO_MARKUP = Markups()
