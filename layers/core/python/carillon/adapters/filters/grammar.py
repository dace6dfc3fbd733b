"""Reads a path, step by step, as Jayway does: a name ends at `.`, `[` or `(`, and at nothing else.

https://github.com/json-path/JsonPath; no library for Python speaks that dialect.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from carillon.adapters.filters import literals
from carillon.adapters.filters.conditions import read_condition
from carillon.adapters.filters.functions import FUNCTIONS
from carillon.adapters.filters.paths import Path, Step
from carillon.adapters.filters.scanner import REFUSALS, Refused, Scanner, unescape
from carillon.adapters.filters.selectors import (
    Descent,
    Filter,
    Function,
    Given,
    Indexes,
    Properties,
    Slice,
    Wildcard,
)

_MOST = 2**31  # of an index
_BLANKS = " \t\n\r"


def read(text: str) -> Path:
    """Return the path; raise one of REFUSALS for what is none."""
    scanner = Scanner(text)
    scanner.trim()
    if text[0] not in "$@":
        scanner = Scanner(f"$.{text}")
        scanner.trim()
    if scanner.text[scanner.end] == ".":
        raise Refused("a path must not end with '.'")
    return _Reader(scanner).path()


def is_path(text: str) -> bool:
    try:
        read(text)
    except REFUSALS:
        return False
    return True


def _integer(text: str) -> int:
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not (digits.isascii() and digits.isdecimal()) or not -_MOST <= int(text) < _MOST:
        raise Refused(f"{text!r} is no index")
    return int(text)


class _Reader:
    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._steps: list[Callable[[bool], Step]] = []  # each by whether it is the last

    def path(self) -> Path:
        scanner = self._scanner
        relative = scanner.char == "@"
        if scanner.char not in "$@":
            raise Refused("a path begins with '$' or '@'")
        if not scanner.at_tail:
            scanner.place += 1
            if scanner.char not in ".[":
                raise Refused(f"expected '.' or '[' at position {scanner.place}")
            self._next()
            while not scanner.at_tail:
                self._next()
        last = len(self._steps) - 1
        steps = [make(place == last) for place, make in enumerate(self._steps)]
        return _inverted(steps, relative=relative)

    def _add(self, step: Step) -> None:
        self._steps.append(lambda _: step)

    def _next(self) -> None:
        match self._scanner.char:
            case "[":
                self._bracketed()
            case ".":
                self._dotted()
            case "*":
                self._scanner.place += 1
                self._add(Wildcard())
            case " ":
                raise Refused("unexpected blank")
            case _:
                self._name()

    def _dotted(self) -> None:
        scanner = self._scanner
        if scanner.text.startswith("..", scanner.place):
            self._add(Descent())
            scanner.place += 2
        elif scanner.place + 1 > scanner.end:
            raise Refused("a path must not end with '.'")
        else:
            scanner.place += 1
        if scanner.char == ".":
            raise Refused(f"unexpected '.' at position {scanner.place}")
        self._next()

    def _name(self) -> None:
        scanner = self._scanner
        begin = place = scanner.place
        while place <= scanner.end and scanner.text[place] not in ".[(":
            if scanner.text[place] == " ":
                raise Refused("a name with blanks is written ['…']")
            place += 1
        name = scanner.text[begin:place]
        if place > scanner.end or scanner.text[place] != "(":
            scanner.place = place
            self._steps.append(lambda last: Properties((name,), last))
            return
        scanner.place = place
        arguments = self._arguments(name)
        if name not in FUNCTIONS:
            raise ValueError(f"unknown function {name!r}")
        self._add(Function(name, arguments))

    def _arguments(self, name: str) -> Sequence[Path | Given]:
        scanner = self._scanner
        opened, place = 1, scanner.place + 1
        while place <= scanner.end and opened:
            opened += (scanner.text[place] == "(") - (scanner.text[place] == ")")
            place += 1
        if opened:
            raise Refused(f"the arguments of {name!r} are not closed")
        scanner.place += 1
        return () if scanner.char == ")" else _Arguments(scanner).read()

    def _bracketed(self) -> None:
        scanner = self._scanner
        char = scanner.significant(scanner.place)
        if char in "'\"":
            self._quoted(char)
        elif char in "-:" or char.isdecimal():
            self._numbered()
        elif char == "*":
            star = scanner.after_blanks(scanner.place)
            if scanner.significant(star) != "]":
                raise Refused(f"expected ']' after '*' at position {star}")
            scanner.place = scanner.after_blanks(star) + 1
            self._add(Wildcard())
        elif char == "?":
            self._filter()
        else:
            raise Refused(
                f"expected a name in quotes, a number, '*' or '?(' after '[', not {char!r}"
            )

    def _quoted(self, quote: str) -> None:
        scanner = self._scanner
        names: list[str] = []
        place = scanner.place + 1
        begin, closed, inside, comma = place, 0, False, False
        while place <= scanner.end:
            char = scanner.text[place]
            if char == "\\":
                place += 1
            elif char == quote and not inside:
                begin, inside, comma = place + 1, True, False
            elif char == quote:
                if scanner.significant(place) not in ("]", ","):
                    raise Refused(f"expected ',' or ']' after position {place}")
                names.append(unescape(scanner.text[begin:place]))
                closed, inside = place, False
            elif char in "]," and not inside:
                if comma:
                    raise Refused(f"a name is missing at position {place}")
                if char == "]":
                    break
                comma = True
            place += 1
        if inside or scanner.significant(closed) != "]" or not names:
            raise Refused(f"a name is not closed by {quote} and ']'")
        scanner.place = scanner.after_blanks(closed) + 1
        self._steps.append(lambda last: Properties(names, last))

    def _numbered(self) -> None:
        scanner = self._scanner
        end = scanner.text.find("]", scanner.place, scanner.end + 1)
        text = scanner.text[scanner.place + 1 : end].strip()
        if end < 0 or not all(char in ",-: " or char.isdecimal() for char in text):
            raise Refused(f"{text!r} is no index")
        if ":" not in text:
            self._add(Indexes([_integer(one.strip(_BLANKS)) for one in text.split(",")]))
        else:
            start, stop, *_ = *(_integer(one) if one else None for one in text.split(":")), None
            if start is None and stop is None:
                raise Refused("a slice begins or ends somewhere")
            self._add(Slice(start, stop))
        scanner.place = end + 1

    def _filter(self) -> None:
        scanner = self._scanner
        begin = scanner.place
        opening = scanner.after_blanks(scanner.after_blanks(begin))
        if scanner.text[opening] != "(":
            raise Refused("a condition is written ?(…)")
        closing = scanner.closing(opening, "()", patterns=True)
        if closing < 0 or scanner.significant(closing) != "]":
            raise Refused("a condition is not closed by ')]'")
        scanner.place = scanner.after_blanks(closing) + 1
        self._add(Filter(read_condition(scanner.text[begin : scanner.place], read, is_path)))


def _inverted(steps: Sequence[Step], *, relative: bool) -> Path:
    """Return the path; a function at the end of `$..` is one of all that it finds."""
    if len(steps) > 1 and isinstance(steps[0], Descent) and isinstance(steps[-1], Function):
        place = next(n for n, step in enumerate(steps) if isinstance(step, Function))
        first = steps[place]
        if isinstance(first, Function):
            before = steps[place - 1]
            if isinstance(before, Properties):
                before = replace(before, last=True)
            found = Function(first.name, [Path([*steps[: place - 1], before], relative=False)])
            return Path([found, *steps[place + 1 :]], relative, scanned=True)
    return Path(steps, relative)


class _Arguments:
    """Reads a function's arguments: paths and JSON. Jayway passes over what is neither."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._found: list[Path | Given] = []
        self._kind = ""
        self._text = ""
        self._open = {"(": 1, "[": 0, "{": 0, '"': 0}

    def read(self) -> Sequence[Path | Given]:
        scanner, before, ended = self._scanner, "", False
        while scanner.inside and not ended:
            char = scanner.char
            scanner.place += 1
            if not self._kind:
                if char in _BLANKS:
                    continue
                self._kind = (
                    "json" if char in '{"-' or char.isdecimal() else "path" if char in "$@" else ""
                )
            ended = self._count(char, before)
            separates = char == "," and self._level() == (1, 0, 0)
            if self._kind and not separates:
                self._text += char
            before = char
        if self._level() != (0, 0, 0):
            raise Refused("the arguments of a function are not closed")
        return self._found

    def _level(self) -> tuple[int, int, int]:
        return self._open["("], self._open["["], self._open["{"]

    def _count(self, char: str, before: str) -> bool:
        """Count what is open; take an argument where it ends. Return whether it was the last."""
        counts = self._open
        if char == '"':
            counts[char] += -1 if before != "\\" and counts[char] > 0 else 1
        elif char in "([{":
            counts[char] += 1
        elif char in "]}":
            opening = "[" if char == "]" else "{"
            if not counts[opening]:
                raise Refused(f"unexpected {char!r}")
            counts[opening] -= 1
        elif char == ")":
            counts["("] -= 1
            if counts["("] < 0 or before == "(":
                self._text += char
        return char in ")," and self._take(char)

    def _take(self, char: str) -> bool:
        counts = self._open
        within = counts["["] or counts["{"] or counts['"']
        if within or not (counts["("] == 1 or (counts["("] == 0 and char == ")")):
            return False
        if self._kind == "json":
            self._found.append(Given(literals.read(self._text)))
        elif self._kind == "path":
            self._found.append(read(self._text))
        self._kind = self._text = ""
        return counts["("] == 0
