"""A text that is read from left to right. A blank is a space, and nothing else, as in Jayway."""


class Refused(ValueError):
    """The text is no path of Jayway's."""


# By Python, for what is no path: an index beyond the text, a number beyond all numbers.
REFUSALS = (ArithmeticError, IndexError, RecursionError, ValueError)


class Scanner:
    """A text, the place that is read next, and `end`, the last place that is read.

    What reads beyond the text raises IndexError.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.end = len(text) - 1

    @property
    def char(self) -> str:
        return self.text[self.place]

    @property
    def at_tail(self) -> bool:
        """Return whether no more than one character is left, which Jayway does not read."""
        return self.place >= self.end

    @property
    def inside(self) -> bool:
        return 0 <= self.place <= self.end

    def trim(self) -> None:
        self.skip_blanks()
        while self.place < self.end and self.text[self.end] == " ":
            self.end -= 1

    def skip_blanks(self) -> None:
        while self.place < self.end and self.char == " ":
            self.place += 1

    def after_blanks(self, place: int) -> int:
        """Return the first place after `place` that is no blank; one beyond the end if none is."""
        place += 1
        while place <= self.end and self.text[place] == " ":
            place += 1
        return place

    def before_blanks(self, place: int) -> int:
        """Return the last place before `place` that is no blank, or -1."""
        place -= 1
        while place >= 0 and self.text[place] == " ":
            place -= 1
        return place

    def significant(self, place: int) -> str:
        """Return the first character after a place that is no blank, or a blank."""
        found = self.after_blanks(place)
        return self.text[found] if found <= self.end else " "

    def eat(self, char: str) -> None:
        self.skip_blanks()
        if self.char != char:
            raise Refused(f"expected {char!r} at position {self.place}")
        self.place += 1

    def skipped(self, word: str) -> bool:
        """Skip a word if it comes next; return whether it did."""
        self.skip_blanks()
        if self.place + len(word) - 1 > self.end or not self.text.startswith(word, self.place):
            return False
        self.place += len(word)
        return True

    def unescaped(self, place: int, char: str) -> int:
        """Return the next place of a character without a backslash before it, or -1."""
        place += 1
        while place <= self.end:
            if self.text[place] == "\\":
                place += 1
            elif self.text[place] == char:
                return place
            place += 1
        return -1

    def closing(self, place: int, pair: str, *, patterns: bool) -> int:
        """Return where the bracket at a place is closed, or -1; quoted brackets do not count.

        Nor do those in patterns, where there may be some.
        """
        opening, ending = pair[0], pair[1]
        quotes = "'\"/" if patterns else "'\""
        opened, place = 1, place + 1
        while place <= self.end:
            for kind in (quotes[:2], quotes[2:]):  # a pattern may begin where a string ends
                char = self.text[place]
                if kind and char in kind:
                    found = self.unescaped(place, char)
                    if found < 0:
                        raise Refused(f"{char} is not closed")
                    place = found + 1
            opened += (self.text[place] == opening) - (self.text[place] == ending)
            if not opened:
                return place
            place += 1
        return -1


_ESCAPES = {"r": "\r", "f": "\f", "t": "\t", "n": "\n", "b": "\b"}


def unescape(text: str) -> str:
    """Replace backslashes and what they stand for."""
    if "\\" not in text:
        return text
    made: list[str] = []
    place, end = 0, len(text)
    while place < end:
        char = text[place]
        place += 1
        if char != "\\" or place == end:
            made.append(char)
        elif text[place] == "u":
            digits = text[place + 1 : place + 5]
            made.append(chr(int(digits, 16)) if len(digits) == 4 else "")  # noqa: PLR2004
            place += 5
        else:
            made.append(_ESCAPES.get(text[place], text[place]))
            place += 1
    return "".join(made)
