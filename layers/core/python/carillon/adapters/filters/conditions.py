"""Reads the condition of a filter, `?(…)`: `!` before `&&` before `||`, and comparisons."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import regex

from carillon.adapters.filters import limits, literals
from carillon.adapters.filters.operators import NEVER, OPERATORS, Operator
from carillon.adapters.filters.paths import Path, Run
from carillon.adapters.filters.scanner import Refused, Scanner, unescape
from carillon.adapters.filters.selectors import Condition
from carillon.adapters.filters.values import UNDEFINED, Json, Node, NotFound, node_of

type Operand = Node | Path

_FLAGS = {"i": regex.I, "m": regex.M, "s": regex.S, "x": regex.X, "u": regex.U, "U": regex.U}
# A brace that repeats nothing: Java refuses it, and Python takes it as it is.
_BRACES = regex.compile(r"\\[pPxN]\{[^}]*\}|\\.|\[[^\]]*\]|\{\d+(?:,\d*)?\}|(?P<odd>\{)")
_UNIX_LINES = "d"  # a flag of Java's for what is so here
_NUMERIC = frozenset("-.Ee0123456789")
_COMPARING = frozenset("<>=~!")


@dataclass(frozen=True)
class Joined:
    """Conditions of which all, or one, must hold."""

    every: bool
    among: Sequence[Condition]

    @cached_property
    def parts(self) -> int:
        return 1 + sum(one.parts for one in self.among)

    def holds(self, item: object, run: Run) -> bool:
        limits.take(1)
        if self.every:
            return all(one.holds(item, run) for one in self.among)
        return any(one.holds(item, run) for one in self.among)

    def paths(self) -> Iterator[Path]:
        for one in self.among:
            yield from one.paths()


@dataclass(frozen=True)
class Denied:
    condition: Condition

    @cached_property
    def parts(self) -> int:
        return 1 + self.condition.parts

    def holds(self, item: object, run: Run) -> bool:
        return not self.condition.holds(item, run)

    def paths(self) -> Iterator[Path]:
        return self.condition.paths()


@dataclass(frozen=True)
class Exists:
    """Whether a path leads somewhere from the item, or, if not `wanted`, nowhere."""

    path: Path
    wanted: bool
    parts: int = 2

    def holds(self, item: object, run: Run) -> bool:
        try:
            self.path.read(item, run, strict=True)
        except NotFound:
            return not self.wanted
        return self.wanted

    def paths(self) -> Iterator[Path]:
        yield self.path


@dataclass(frozen=True)
class Comparison:
    left: Operand
    operator: Operator
    right: Operand
    is_path: Callable[[str], bool]
    parts: int = 3

    def holds(self, item: object, run: Run) -> bool:
        return self.operator(self._value(self.left, item, run), self._value(self.right, item, run))

    def paths(self) -> Iterator[Path]:
        yield from (one for one in (self.left, self.right) if isinstance(one, Path))

    def _value(self, operand: Operand, item: object, run: Run) -> Node:
        if not isinstance(operand, Path):
            return operand
        try:
            return node_of(operand.value(item, run), self.is_path)
        except NotFound:
            return UNDEFINED


def read_condition(
    text: str, read_path: Callable[[str], Path], is_path: Callable[[str], bool]
) -> Condition:
    """Return the condition that is written as `[?(…)]`."""
    scanner = Scanner(text)
    scanner.place, scanner.end = 1, scanner.end - 1
    scanner.trim()
    scanner.place += 1  # the question mark
    scanner.trim()
    reader = _Reader(scanner, read_path, is_path)
    found = reader.any_of()
    scanner.skip_blanks()
    if scanner.inside:
        raise Refused(f"unexpected {text[scanner.place : scanner.end + 1]!r}")
    return found


class _Reader:
    def __init__(
        self,
        scanner: Scanner,
        read_path: Callable[[str], Path],
        is_path: Callable[[str], bool],
    ) -> None:
        self._scanner = scanner
        self._read_path = read_path
        self._is_path = is_path

    def any_of(self) -> Condition:
        return self._joined("||", self._all_of, every=False)

    def _all_of(self) -> Condition:
        return self._joined("&&", self._one, every=True)

    def _joined(self, word: str, read: Callable[[], Condition], *, every: bool) -> Condition:
        found = [read()]
        while True:
            place = self._scanner.place
            if not self._scanner.skipped(word):
                self._scanner.place = place
                return found[0] if len(found) == 1 else Joined(every, found)
            found.append(read())

    def _one(self) -> Condition:
        scanner = self._scanner
        scanner.skip_blanks()
        place = scanner.place
        if scanner.char == "!":
            scanner.place += 1
            scanner.skip_blanks()
            if scanner.char not in "$@":
                return Denied(self._one())
            scanner.place = place
        if scanner.char == "(":
            scanner.eat("(")
            found = self.any_of()
            scanner.eat(")")
            return found
        return self._expression()

    def _expression(self) -> Condition:
        left = self._operand()
        place = self._scanner.place
        try:
            operator = self._operator()
            return Comparison(left[0], operator, self._operand()[0], self._is_path)
        except Refused as refusal:
            self._scanner.place = place
            following = self._scanner.significant(place - 1)
            if not isinstance(left[0], Path) or following not in ")&| ":
                raise refusal from None  # no end of a condition: it says more than `Exists` would
        return Exists(left[0], wanted=left[1])

    def _operator(self) -> Operator:
        scanner = self._scanner
        scanner.skip_blanks()
        begin = scanner.place
        if scanner.char in _COMPARING:
            while scanner.inside and scanner.char in _COMPARING:
                scanner.place += 1
        else:
            while scanner.inside and scanner.char != " ":
                scanner.place += 1
        word = scanner.text[begin : scanner.place].lower()
        if word in NEVER:
            raise ValueError(f"the operator {word!r} holds for nothing")
        if word not in OPERATORS:
            raise Refused(f"unknown operator {word!r}")
        return OPERATORS[word]

    def _operand(self) -> tuple[Operand, bool]:
        """Return a value or a path, and whether there is no `!` before it."""
        scanner = self._scanner
        scanner.skip_blanks()
        if scanner.char == "!":
            scanner.place += 1
            scanner.skip_blanks()
            if scanner.char not in "$@":
                raise Refused("unexpected '!'")
        if scanner.char in "$@":
            before = scanner.before_blanks(scanner.place)
            wanted = before < 0 or scanner.text[before] != "!"
            return self._path(), wanted
        return self._literal(), True

    def _path(self) -> Path:
        scanner = self._scanner
        begin = scanner.place
        scanner.place += 1
        while scanner.inside:
            if scanner.char == "[":
                closing = scanner.closing(scanner.place, "[]", patterns=False)
                if closing < 0:
                    raise Refused("'[' is not closed")
                scanner.place = closing + 1
            ends = scanner.char == ")" and not self._ends_function(begin)
            if not scanner.inside or ends or scanner.char in _COMPARING or scanner.char == " ":
                break
            scanner.place += 1
        text = scanner.text[begin : scanner.place]
        if "(" in text and text.count("(") > text.count(")") and "[" not in text:
            raise ValueError(f"{text!r}: a function takes no arguments within a condition")
        return self._read_path(text)

    def _ends_function(self, begin: int) -> bool:
        """Return whether a bracket closes one before it, of a function without arguments."""
        scanner = self._scanner
        opening = scanner.before_blanks(scanner.place)
        return (
            opening >= 0
            and scanner.text[opening] == "("
            and "." in scanner.text[begin + 1 : opening]
        )

    def _literal(self) -> Operand:
        match self._scanner.char:
            case "'" | '"' as quote:
                return unescape(self._closed(quote)[1:-1])
            case "t" | "f":
                return self._word({"true": True, "false": False})
            case "n":
                return self._word({"null": None})
            case "{" | "[":
                return self._json()
            case "/":
                return self._pattern()
            case _:
                return self._number()

    def _closed(self, char: str) -> str:
        scanner = self._scanner
        begin = scanner.place
        closing = scanner.unescaped(begin, char)
        if closing < 0:
            raise Refused(f"{char} is not closed")
        scanner.place = closing + 1
        return scanner.text[begin : scanner.place]

    def _word(self, words: dict[str, bool | None]) -> bool | None:
        for word, value in words.items():
            if self._scanner.skipped(word):
                return value
        raise Refused("expected true, false, null, a number, a path or a text in quotes")

    def _json(self) -> Json:
        scanner = self._scanner
        begin = scanner.place
        pair = "[]" if scanner.char == "[" else "{}"
        closing = scanner.closing(begin, pair, patterns=False)
        if closing < 0:
            raise Refused(f"{pair[0]} is not closed")
        scanner.place = closing + 1
        text = scanner.text[begin : scanner.place]
        return Json(literals.read(text), text, is_path=self._is_path)

    def _pattern(self) -> "regex.Pattern[str]":
        pattern = self._closed("/")[1:-1]
        scanner = self._scanner
        flags = 0
        while scanner.inside and scanner.char in {*_FLAGS, _UNIX_LINES}:
            flags |= _FLAGS.get(scanner.char, 0)
            scanner.place += 1
        if any(found["odd"] for found in _BRACES.finditer(pattern)):
            raise ValueError("pattern: '{' repeats nothing; as itself it is \\{")
        try:
            return regex.compile(pattern, flags if flags & regex.U else flags | regex.A)
        except regex.error as error:
            raise ValueError(f"pattern: {error}") from None

    def _number(self) -> Decimal:
        scanner = self._scanner
        begin = scanner.place
        while scanner.inside and scanner.char in _NUMERIC:
            scanner.place += 1
        text = scanner.text[begin : scanner.place]
        if not text:
            raise ValueError(f"unexpected {scanner.char!r} at position {begin}")
        return Decimal(text)
