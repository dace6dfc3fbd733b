"""SailPoint's filters and sorters of collections.

A filter is SCIM-like: `triggerId eq "x" and not (name sw "a" or tags ca ("b", "c"))`. Operators are
in lower case; `not` binds tighter than `and`, which binds tighter than `or`. Texts compare
case-insensitively. Fields that a collection does not list are refused.
Source: https://developer.sailpoint.com/docs/api/standard-collection-parameters
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import contains, ge, gt, le, lt
from typing import Any, NamedTuple

from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import ProblemKind

type Row = Mapping[str, Any]
type Predicate = Callable[[Row], bool]
type Filterable = Mapping[str, frozenset[str]]  # a field's operators, by the field's name

_LONGEST = 4096  # characters
_DEEPEST = 32
_MOST_SORTERS = 20  # each sorts the whole list
_PRESENCE = frozenset({"pr", "isnull"})
_SETS = frozenset({"in", "ca"})
_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([(),])|([^\s(),"]+))', re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}


class _Token(NamedTuple):
    text: str
    quoted: bool = False


def compiled(text: str, filterable: Filterable) -> Predicate:
    """Compile a filter to a predicate of a row; raise Invalid for a text that is no filter."""
    if len(text) > _LONGEST:
        raise _wrong(f"must not be longer than {_LONGEST} characters", "limit")
    parser = _Parser(_tokens(text), filterable)
    predicate = parser.either(depth=0)
    parser.end()
    return predicate


def ordered[T](
    items: Iterable[T], text: str, sortable: frozenset[str], row: Callable[[T], Row]
) -> list[T]:
    """Sort by a comma list of fields, `-` before a descending one; absent fields come last."""
    found = [(item, row(item)) for item in items]
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > _MOST_SORTERS:
        raise Invalid(WireProblem("sorters", f"must be at most {_MOST_SORTERS}", kind="limit"))
    for part in reversed(parts):
        name = part.removeprefix("-")
        if name not in sortable:
            known = ", ".join(sorted(sortable))
            raise Invalid(WireProblem("sorters", f"must be among {known}", part[:100]))
        # Sorted apart, absent values come last in either direction.
        present = [one for one in found if one[1].get(name) is not None]
        absent = [one for one in found if one[1].get(name) is None]
        present.sort(key=lambda one: _folded(one[1][name]), reverse=part.startswith("-"))
        found = present + absent
    return [item for item, _ in found]


class _Parser:
    """A recursive descent parser with one token of lookahead."""

    def __init__(self, tokens: Sequence[_Token], filterable: Filterable) -> None:
        self._tokens = tokens
        self._at = 0
        self._filterable = filterable

    def either(self, depth: int) -> Predicate:
        parts = [self._both(depth)]
        while self._skip("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise _wrong(f"has an error at {self._tokens[self._at].text[:50]!r}")

    def _both(self, depth: int) -> Predicate:
        parts = [self._one(depth)]
        while self._skip("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def _one(self, depth: int) -> Predicate:
        if depth > _DEEPEST:
            raise _wrong(f"is nested deeper than {_DEEPEST}", "limit")
        if self._skip("not"):
            negated = self._one(depth + 1)
            return lambda row: not negated(row)
        if self._skip("("):
            inner = self.either(depth + 1)
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Predicate:
        field, operator = self._next().text, self._next().text
        if field not in self._filterable:
            raise _wrong(f"may name {', '.join(sorted(self._filterable))}, not {field[:50]!r}")
        if operator not in self._filterable[field]:
            known = ", ".join(sorted(self._filterable[field]))
            raise _wrong(f"may compare {field} by {known}, not {operator[:50]!r}")
        if operator in _PRESENCE:
            return lambda row: (row.get(field) is not None) == (operator == "pr")
        values = self._values() if operator in _SETS else [self._value()]
        return lambda row: _holds(operator, row.get(field), values)

    def _values(self) -> list[Any]:
        self._expect("(")
        values = [self._value()]
        while self._skip(","):
            values.append(self._value())
        self._expect(")")
        return values

    def _value(self) -> Any:
        token = self._next()
        if token.quoted:
            return _folded(re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL))
        if token.text in _WORDS:
            return _WORDS[token.text]
        if _NUMBER.match(token.text):
            return float(token.text)
        if token.text in {"(", ")", ","}:
            raise _wrong(f"has {token.text!r} instead of a value")
        return _folded(token.text)

    def _next(self) -> _Token:
        if self._at == len(self._tokens):
            raise _wrong("is incomplete")
        self._at += 1
        return self._tokens[self._at - 1]

    def _skip(self, word: str) -> bool:
        here = self._tokens[self._at] if self._at < len(self._tokens) else None
        found = here is not None and not here.quoted and here.text == word
        self._at += found
        return found

    def _expect(self, word: str) -> None:
        if not self._skip(word):
            raise _wrong(f"has no {word!r} where one is required")


def _holds(operator: str, found: Any, values: Sequence[Any]) -> bool:
    value, wanted = _folded(found), values[0]
    match operator:
        case "eq" | "ne":
            return bool(value == wanted) == (operator == "eq")
        case "in":
            return value in values
        case "ca":
            return isinstance(found, list) and all(v in map(_folded, found) for v in values)
        case "co" | "sw" if not (isinstance(value, str) and isinstance(wanted, str)):
            return False
    return type(value) is type(wanted) and bool(_COMPARED[operator](value, wanted))


_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": gt,
    "ge": ge,
    "lt": lt,
    "le": le,
    "co": contains,
    "sw": str.startswith,
}


def _folded(value: Any) -> Any:
    """Return texts in one case, and numbers in one type."""
    if isinstance(value, str):
        return value.casefold()
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _tokens(text: str) -> list[_Token]:
    found, at, end = list[_Token](), 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise _wrong("has a text without its closing quote")
        quoted = match[1] is not None
        found.append(_Token(match[1] if quoted else match[2] or match[3], quoted))
        at = match.end()
    return found


def _wrong(message: str, kind: ProblemKind = "") -> Invalid:
    return Invalid(WireProblem("filters", message, kind=kind))
