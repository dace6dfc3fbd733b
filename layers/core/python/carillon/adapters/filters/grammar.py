"""Jayway's grammar: operators on sets, patterns with flags, functions at the end of a path."""

import re
from typing import Any

import regex
from jsonpath.exceptions import JSONPathSyntaxError
from jsonpath.filter import (
    BaseExpression,
    FilterExpressionLiteral,
    RelativeFilterQuery,
    RootFilterQuery,
)
from jsonpath.lex import Lexer
from jsonpath.parse import Parser
from jsonpath.selectors import Filter, JSONPathSelector, NameSelector, SingularQuerySelector
from jsonpath.stream import TokenStream
from jsonpath.token import (
    TOKEN_COMMA,
    TOKEN_IN,
    TOKEN_LPAREN,
    TOKEN_RE_FLAGS,
    TOKEN_RPAREN,
    Token,
)

from carillon.adapters.filters.functions import FUNCTIONS
from carillon.adapters.filters.operators import SETS
from carillon.adapters.filters.selectors import Function, JaywayFilter, JaywayPath

_SETS = {name.upper(): name for name in SETS}  # by the kind of their tokens
_FLAGS = {"i": regex.I, "m": regex.M, "s": regex.S, "x": regex.X, "u": 0, "d": 0, "a": regex.A}


class JaywayLexer(Lexer):
    def compile_rules(self) -> re.Pattern[str]:
        """Add the operators on sets beside `in`, and the flags of patterns."""
        flags = "".join(_FLAGS)
        self.re_pattern = rf"/(?P<G_RE>(?:(?!(?<!\\)/).)*)/(?P<G_RE_FLAGS>[{flags}]*)"
        before, within, after = super().compile_rules().pattern.partition(f"(?P<{TOKEN_IN}>")
        words = "".join(rf"(?P<{kind}>{name}\b)|" for kind, name in _SETS.items())
        return re.compile(before + words + within + after, re.DOTALL)


class _Pattern(FilterExpressionLiteral[regex.Pattern[str]]):
    """A pattern with a timeout, which those of Python's own library lack."""

    __slots__ = ()


class JaywayParser(Parser):
    PRECEDENCES = Parser.PRECEDENCES | dict.fromkeys(_SETS, Parser.PRECEDENCE_MEMBERSHIP)
    BINARY_OPERATORS = Parser.BINARY_OPERATORS | _SETS
    INFIX_LITERAL_OPERATORS = Parser.INFIX_LITERAL_OPERATORS | set(_SETS.values())

    def parse_absolute_query(self, stream: TokenStream) -> BaseExpression:
        stream.next()
        return RootFilterQuery(JaywayPath(env=self.env, segments=self.parse_query(stream)))

    def parse_relative_query(self, stream: TokenStream) -> BaseExpression:
        stream.next()
        return RelativeFilterQuery(JaywayPath(env=self.env, segments=self.parse_query(stream)))

    def parse_filter_selector(self, stream: TokenStream, *, keys: bool = False) -> Any:
        found = super().parse_filter_selector(stream, keys=keys)
        if not isinstance(found, Filter):
            raise JSONPathSyntaxError("unexpected '~'", token=found.token)
        return JaywayFilter(env=self.env, token=found.token, expression=found.expression)

    def parse_singular_query_selector(self, stream: TokenStream) -> SingularQuerySelector:
        """Refuse `[$.a]`, an extension of the library that Jayway lacks."""
        raise JSONPathSyntaxError("unexpected '$'", token=stream.current())

    def parse_shorthand_selector(self, stream: TokenStream) -> JSONPathSelector:
        token = stream.current()
        if token.kind in _SETS:  # `..size`: a name like any other
            stream.next()
            found: JSONPathSelector = NameSelector(env=self.env, token=token, name=token.value)
        else:
            found = super().parse_shorthand_selector(stream)
        if stream.current().kind != TOKEN_LPAREN:
            return found
        return Function(
            env=self.env, token=token, name=token.value, arguments=self._arguments(stream, token)
        )

    def _arguments(self, stream: TokenStream, name: Token) -> list[BaseExpression]:
        if name.value not in FUNCTIONS:
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
