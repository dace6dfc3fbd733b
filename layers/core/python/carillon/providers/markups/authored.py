"""A rendered text: whose each character is, and what the author's words make of its place."""

import re
from bisect import bisect, bisect_left
from collections.abc import Iterator
from functools import cached_property

from carillon.domain.catalogue.markups import CHARACTERS, plain

# What stands for a character of data where the author's structure is looked for.
_DATA = "x"
_HIDDEN = str.maketrans(dict.fromkeys(CHARACTERS, _DATA))
_DELIMITERS = re.compile(r"\*+|_+|~+|\|\||`+")
_LIST = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)]|#{1,6}|-#)[ \t]+")
_QUOTE = re.compile(r"[ \t]{0,3}(?:(?:>|&gt;)[ \t]?)+")
_TABLE = re.compile(r"^[ \t|:-]*-\|[ \t|:-]*$|^[ \t|:-]*-[ \t]+\|[ \t|:-]*$", re.MULTILINE)
_SIGNS = frozenset("*_~|")
_SPACES = frozenset(" \t\n")
_BEFORE_A_LINE = re.compile(r"[ \t>*+\-#=0-9.)(\u00a0]*\Z")


class Line:
    """One line of the author's, which begins at a place of a text."""

    def __init__(self, begin: int, view: str) -> None:
        self.begin = begin
        self.view = view
        quote = _QUOTE.match(view)
        self.quote = quote[0] if quote else ""
        listed = _LIST.match(view, len(self.quote))
        self.item = listed.end() if listed else 0  # where the content of an item begins
        self._signs: dict[str, list[int]] = {}
        for found in _DELIMITERS.finditer(view, self.item):
            self._signs.setdefault(found[0], []).append(begin + found.start())

    def open_signs(self, at: int) -> str:
        """Return the signs by which the author made the place bold, struck or the like."""
        counted = ((sign, places, bisect(places, at)) for sign, places in self._signs.items())
        return "".join(
            sign for sign, places, before in counted if before % 2 and before < len(places)
        )


class Text:
    """A text with marks. `whole` is what people shall read, character for character.

    `view` has the author's words, with a letter for each character of data that is marked.
    """

    def __init__(self, marked: str) -> None:
        self.marked = marked
        self.whole = plain(marked)
        self.view = marked.translate(_HIDDEN)
        self._lines: dict[int, Line] = {}

    def is_data(self, at: int) -> bool:
        return 0 <= at < len(self.marked) and self.marked[at] in CHARACTERS

    def at(self, place: int) -> str:
        return self.whole[place] if 0 <= place < len(self.whole) else ""

    @cached_property
    def _line_ends(self) -> list[int]:
        return [at for at, character in enumerate(self.view) if character == "\n"]

    def line(self, at: int) -> Line:
        """Return the author's line around a place."""
        number = bisect_left(self._line_ends, at)
        begin = self._line_ends[number - 1] + 1 if number else 0
        if begin not in self._lines:
            end = self._line_ends[number] if number < len(self._line_ends) else len(self.view)
            self._lines[begin] = Line(begin, self.view[begin:end])
        return self._lines[begin]

    def starts_line(self, at: int) -> bool:
        """Return whether nothing but signs that begin a line stands before the place."""
        first = max(0, at - _FAR)
        begin = self.whole.rfind("\n", first, at) + 1 or first
        return (begin > first or not first) and _BEFORE_A_LINE.match(
            self.whole, begin, at
        ) is not None

    def quote(self, at: int) -> str:
        """Return the signs by which the author's line is a quotation, or nothing."""
        line = self.line(at)
        return line.quote if line.begin + len(line.quote) <= at else ""

    @cached_property
    def _has_table(self) -> bool:
        return _TABLE.search(self.view) is not None

    def has_one_line(self, at: int) -> bool:
        """Return whether the author's line is an item, a heading, or a row of a table."""
        line = self.line(at)
        is_item = line.item > 0 and line.begin + line.item <= at
        return is_item or (self._has_table and "|" in line.view)

    def open_signs(self, at: int) -> str:
        """Return the signs by which the author made the place bold, struck or the like."""
        return self.line(at).open_signs(at)

    def is_edge(self, at: int) -> bool:
        """Return whether a space at the edge of data is all that is between it and a sign.

        It would keep the author's words from being bold.
        """
        if not self.open_signs(at):
            return False
        begins, ends = self._spaces
        run = bisect(begins, at) - 1
        around = (begins[run] - 1, ends[run]) if run >= 0 and at < ends[run] else (at - 1, at + 1)
        return any(self.at(place) in _SIGNS and not self.is_data(place) for place in around)

    @cached_property
    def _spaces(self) -> tuple[list[int], list[int]]:
        """Where each run of spaces of data begins, and where it ends."""
        begins: list[int] = []
        ends: list[int] = []
        for at, character in enumerate(self.whole):
            if character in _SPACES and self.is_data(at):
                if ends and ends[-1] == at:
                    ends[-1] = at + 1
                else:
                    begins.append(at)
                    ends.append(at + 1)
        return begins, ends


_FAR = 200  # characters of a line, behind which nothing begins it


def spans(pattern: re.Pattern[str], text: Text) -> Iterator[tuple[int, int, re.Match[str] | None]]:
    """Return the pieces of a text in order, as places, each with its match.

    They are what the pattern finds in the author's words, and what is between, which has None.
    """
    last = 0
    for found in pattern.finditer(text.view):
        if found.start() > last:
            yield last, found.start(), None
        yield found.start(), found.end(), found
        last = found.end()
    if last < len(text.view):
        yield last, len(text.view), None
