"""Filters in JSONPath, by python-jsonpath taught Jayway's dialect.

https://github.com/json-path/JsonPath is what SailPoint names. Beyond RFC 9535 it lets a filter
choose an object itself, has operators on sets, `=~`, and functions at the end of a path. Whatever
a tenant writes is read within limits: of its length, of the nodes it visits, of the time of its
patterns.
"""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import regex
from jsonpath import JSONPathEnvironment, JSONPathMatch
from jsonpath.exceptions import JSONPathError, JSONPathSyntaxError
from jsonpath.filter import (
    BaseExpression,
    FilterExpression,
    FilterExpressionLiteral,
    FilterQuery,
    RelativeFilterQuery,
    RootFilterQuery,
    walk,
)
from jsonpath.lex import Lexer
from jsonpath.match import NodeList
from jsonpath.parse import Parser
from jsonpath.path import JSONPath
from jsonpath.selectors import Filter, FilterContext, JSONPathSelector, NameSelector
from jsonpath.stream import TokenStream
from jsonpath.token import (
    TOKEN_COMMA,
    TOKEN_IN,
    TOKEN_LPAREN,
    TOKEN_RE_FLAGS,
    TOKEN_RPAREN,
    Token,
)

LONGEST = 2_000  # characters of an expression
_DEEPEST = 20  # brackets in brackets
_MOST_NODES = 10_000
_SECONDS = 0.2  # of an expression's patterns, in all
_COMPILED = 512  # expressions kept in the warm process

_SETS = {
    name.upper(): name for name in ("nin", "subsetof", "anyof", "noneof", "size", "empty")
}  # by the kind of their tokens
# The one form of script that anybody uses: `[(@.length-1)]`.
_FROM_THE_END = re.compile(r"\[\s*\(\s*@\.length(?:\(\))?\s*-\s*(\d{1,9})\s*\)\s*\]")
_FLAGS = {"i": regex.I, "m": regex.M, "s": regex.S, "x": regex.X, "u": 0, "d": 0, "a": regex.A}

_work = threading.local()


class _TooMuch(Exception):
    """The expression asks for more work than anybody gets."""


def problem(expression: str) -> str:
    """What is wrong with an expression; empty for one that can be used."""
    if not expression.strip():
        return "must not be empty"
    if len(expression) > LONGEST:
        return f"must not be longer than {LONGEST} characters"
    if _depth(expression) > _DEEPEST:
        return f"must not be nested deeper than {_DEEPEST}"
    try:
        _compiled(expression)
    except (JSONPathError, RecursionError, ValueError, KeyError, AssertionError) as error:
        return f"is not JSONPath: {str(error).splitlines()[0][:200] if str(error) else 'syntax'}"
    return ""


def matches(expression: str, value: Any) -> bool:
    """Whether the path leads to anything; what cannot be told within the limits does not."""
    return _found(expression, value, existing=False)


def exists(expression: str, value: Any) -> bool:
    """Whether what the expression names is there, whatever its filters make of it."""
    return matches(expression, value) or _found(expression, value, existing=True)


def _found(expression: str, value: Any, *, existing: bool) -> bool:
    if problem(expression):
        return False
    try:
        with _limited(existing=existing):
            return any(True for _ in _compiled(expression).finditer(value))
    except (_TooMuch, JSONPathError, RecursionError, TimeoutError):
        return False


@contextmanager
def _limited(*, existing: bool) -> Iterator[None]:
    _work.nodes = 0
    _work.ends_at = time.monotonic() + _SECONDS
    _work.existing = existing
    try:
        yield
    finally:
        _work.existing = False


@lru_cache(maxsize=_COMPILED)
def _compiled(expression: str) -> "_Path":
    environment = _jayway()
    found = environment.compile(_FROM_THE_END.sub(r"[-\1]", expression))
    if not isinstance(found, JSONPath):
        raise ValueError("paths cannot be joined")  # noqa: TRY004 - a mistake in the expression
    return _Path(env=environment, segments=found.segments)


def _depth(expression: str) -> int:
    """Of brackets, those in texts too: it is a limit, not a grammar."""
    depth = deepest = 0
    for character in expression:
        depth += (character in "([") - (character in ")]") + (character == "!")
        deepest = max(deepest, depth)
    return deepest


class _Path(JSONPath):
    """A path whose nodes are counted, and whose `$` is the whole event wherever it stands."""

    def finditer(
        self, data: Any, *, filter_context: Mapping[str, Any] | None = None
    ) -> Iterable[JSONPathMatch]:
        root = (filter_context or {}).get("root", data)
        first = _Node(filter_context={}, obj=data, parent=None, path="", parts=(), root=root)
        nodes: Iterable[JSONPathMatch] = (first,)
        for segment in self.segments:
            nodes = segment.resolve(nodes)
        return nodes


class _Node(JSONPathMatch):
    """A node whose making is counted."""

    __slots__ = ()

    def __init__(self, **fields: Any) -> None:
        _work.nodes += 1
        if _work.nodes > _MOST_NODES:
            raise _TooMuch
        super().__init__(**fields)

    def new_child(self, obj: object, key: int | str) -> JSONPathMatch:  # noqa: ARG002 - not told
        """Without its path, which nobody asks for and which takes longer than all the rest."""
        return self.__class__(
            filter_context={}, obj=obj, parent=None, path="", parts=(), root=self.root
        )


class _Lexer(Lexer):
    """With the operators on sets, where `in` is read."""

    def compile_rules(self) -> re.Pattern[str]:
        flags = "".join(_FLAGS)
        self.re_pattern = rf"/(?P<G_RE>(?:(?!(?<!\\)/).)*)/(?P<G_RE_FLAGS>[{flags}]*)"
        before, within, after = super().compile_rules().pattern.partition(f"(?P<{TOKEN_IN}>")
        words = "".join(rf"(?P<{kind}>{name}\b)|" for kind, name in _SETS.items())
        return re.compile(before + words + within + after, re.DOTALL)


class _Pattern(FilterExpressionLiteral[regex.Pattern[str]]):
    """A pattern that can be given up, which those of Python's own library cannot."""

    __slots__ = ()


class _Parser(Parser):
    PRECEDENCES = Parser.PRECEDENCES | dict.fromkeys(_SETS, Parser.PRECEDENCE_MEMBERSHIP)
    BINARY_OPERATORS = Parser.BINARY_OPERATORS | _SETS
    INFIX_LITERAL_OPERATORS = Parser.INFIX_LITERAL_OPERATORS | set(_SETS.values())

    def parse_absolute_query(self, stream: TokenStream) -> BaseExpression:
        stream.next()
        return RootFilterQuery(_Path(env=self.env, segments=self.parse_query(stream)))

    def parse_relative_query(self, stream: TokenStream) -> BaseExpression:
        stream.next()
        return RelativeFilterQuery(_Path(env=self.env, segments=self.parse_query(stream)))

    def parse_filter_selector(self, stream: TokenStream, *, keys: bool = False) -> Any:
        found = super().parse_filter_selector(stream, keys=keys)
        if not isinstance(found, Filter):
            raise JSONPathSyntaxError("unexpected '~'", token=found.token)
        return _Filter(env=self.env, token=found.token, expression=found.expression)

    def parse_shorthand_selector(self, stream: TokenStream) -> JSONPathSelector:
        token = stream.current()
        if token.kind in _SETS:  # `..size`: a name like any other
            stream.next()
            found: JSONPathSelector = NameSelector(env=self.env, token=token, name=token.value)
        else:
            found = super().parse_shorthand_selector(stream)
        if stream.current().kind != TOKEN_LPAREN:
            return found
        return _Function(
            env=self.env, token=token, name=token.value, arguments=self._arguments(stream, token)
        )

    def _arguments(self, stream: TokenStream, name: Token) -> list[BaseExpression]:
        if name.value not in _Function.KNOWN:
            raise JSONPathSyntaxError(f"unknown function {name.value!r}", token=name)
        stream.eat(TOKEN_LPAREN)
        found: list[BaseExpression] = []
        while True:
            stream.skip_whitespace()
            if stream.current().kind == TOKEN_RPAREN:
                break
            found.append(self.parse_filter_expression(stream))
            stream.skip_whitespace()
            if stream.current().kind != TOKEN_RPAREN:
                stream.eat(TOKEN_COMMA)
        stream.eat(TOKEN_RPAREN)
        return found

    def parse_regex(self, stream: TokenStream) -> BaseExpression:
        pattern, flags = stream.next().value, 0
        if stream.current().kind == TOKEN_RE_FLAGS:
            for flag in stream.next().value:
                flags |= _FLAGS[flag]
        try:
            return _Pattern(value=regex.compile(pattern.replace(r"\/", "/"), flags))
        except regex.error as error:
            raise ValueError(f"pattern: {error}") from None


class _Filter(Filter):
    """Jayway's: the elements of an array, and an object itself, that hold."""

    __slots__ = ()

    def resolve(self, node: JSONPathMatch) -> Iterable[JSONPathMatch]:
        if isinstance(node.obj, Mapping):
            if self._holds(node, node.obj):
                yield node
        elif isinstance(node.obj, Sequence) and not isinstance(node.obj, str):
            for index, item in enumerate(node.obj):
                if self._holds(node, item):
                    yield node.new_child(item, index)

    def _holds(self, node: JSONPathMatch, value: Any) -> bool:
        context = _context(node, value)
        if getattr(_work, "existing", False):
            return all(_is_there(query.evaluate(context)) for query in _queries(self.expression))
        return bool(self.expression.evaluate(context))


def _context(node: JSONPathMatch, value: Any) -> FilterContext:
    return FilterContext(
        env=_jayway(), current=value, root=node.root, extra_context={"root": node.root}
    )


def _queries(expression: FilterExpression) -> Iterator[FilterQuery]:
    return (part for part in walk(expression) if isinstance(part, FilterQuery))


def _is_there(found: object) -> bool:
    return not (isinstance(found, NodeList) and found.empty())


class _Function(JSONPathSelector):
    """A function at the end of a path: of each node, what it makes of it."""

    KNOWN = frozenset({"length", "size", "concat", "min", "max", "sum", "avg", "keys"})
    __slots__ = ("arguments", "name")

    def __init__(
        self,
        *,
        env: JSONPathEnvironment,
        token: Token,
        name: str,
        arguments: list[BaseExpression],
    ) -> None:
        super().__init__(env=env, token=token)
        self.name = name
        self.arguments = arguments

    def __str__(self) -> str:
        return f"{self.name}()"

    def resolve(self, node: JSONPathMatch) -> Iterable[JSONPathMatch]:
        value = self._value(node)
        if value is not None:
            yield node.new_child(value, f"{self.name}()")

    def resolve_async(self, node: JSONPathMatch) -> Any:
        raise NotImplementedError

    def _value(self, node: JSONPathMatch) -> Any:
        value = node.obj
        match self.name:
            case "length" | "size":
                return len(value) if isinstance(value, Mapping | list | str) else None
            case "keys":
                return list(value) if isinstance(value, Mapping) else None
            case "concat":
                return self._concatenated(node)
        numbers = [n for n in value if _is_number(n)] if isinstance(value, list) else []
        return _REDUCED[self.name](numbers) if numbers else None

    def _concatenated(self, node: JSONPathMatch) -> str:
        context = _context(node, node.obj)
        own = node.obj if isinstance(node.obj, str | list) else ""
        parts: list[Any] = list(own) if isinstance(own, list) else [own]
        for argument in self.arguments:
            parts += _listed(argument.evaluate(context))
        return "".join(str(part) for part in parts if isinstance(part, str | int | float))


_REDUCED: Mapping[str, Callable[[list[float]], float]] = {
    "min": min,
    "max": max,
    "sum": sum,
    "avg": lambda numbers: sum(numbers) / len(numbers),
}


class _Jayway(JSONPathEnvironment):
    lexer_class = _Lexer
    parser_class = _Parser
    # None of these is Jayway's.
    pseudo_root_token = ""
    filter_context_token = ""
    intersection_token = ""
    key_token = ""
    keys_filter_token = ""
    union_token = ""
    keys_selector_token = "\x00"  # noqa: S105 - it may not be empty

    def compare(self, left: object, operator: str, right: object) -> bool:
        if operator in _COMPARED:
            return _COMPARED[operator](left, right)
        if operator in {"==", "!="} and _is_number(left) != _is_number(right):
            return _same_as_text(left, right) == (operator == "==")
        return super().compare(left, operator, right)


@cache
def _jayway() -> JSONPathEnvironment:
    # Caching would keep what one event says for the next one's evaluation.
    return _Jayway(filter_caching=False, well_typed=False)


def _value(found: object) -> Any:
    return found.values() if isinstance(found, NodeList) else found


def _listed(found: object) -> list[Any]:
    """What an operator on sets works on: an array, or the one value that there is."""
    value = _value(found)
    return value if isinstance(value, list) else [value]


def _contains(left: object, right: object) -> bool:
    value, wanted = _value(left), _value(right)
    if isinstance(value, str):
        return isinstance(wanted, str) and wanted in value
    return isinstance(value, list | Mapping) and wanted in value


def _sized(found: object) -> bool:
    return isinstance(_value(found), list | str | Mapping)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same_as_text(left: object, right: object) -> bool:
    """A number and a text that says it are equal, as they are for Jayway."""
    number, text = (left, right) if _is_number(left) else (right, left)
    try:
        return isinstance(text, str) and float(text) == number
    except ValueError:
        return False


def _among(left: object, right: object) -> bool:
    return _value(left) in _listed(right)


def _any_of(left: object, right: object) -> bool:
    wanted = _listed(right)
    return any(item in wanted for item in _listed(left))


def _subset_of(left: object, right: object) -> bool:
    wanted = _listed(right)
    return all(item in wanted for item in _listed(left))


def _fits(text: object, pattern: object) -> bool:
    """Whether all of the text fits, in what is left of the time."""
    if not isinstance(pattern, regex.Pattern) or not isinstance(text, str):
        return False
    left = _work.ends_at - time.monotonic()
    if left <= 0:
        raise _TooMuch
    return pattern.fullmatch(text, timeout=left) is not None


_COMPARED: Mapping[str, Callable[[object, object], bool]] = {
    "=~": _fits,
    "in": _among,
    "nin": lambda left, right: not _among(left, right),
    "subsetof": _subset_of,
    "anyof": _any_of,
    "noneof": lambda left, right: not _any_of(left, right),
    "size": lambda left, right: _sized(left) and len(_value(left)) == _value(right),
    "empty": lambda left, right: _sized(left) and (not _value(left)) is _value(right),
    "contains": _contains,
}
