"""Builds expressions and references from what the grammar found."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lark import Token, Tree

from carillon.adapters.rendering.velocity import collections, methods
from carillon.adapters.rendering.velocity.expressions import (
    AllOf,
    AnyOf,
    Chain,
    Expression,
    Interpolated,
    ListOf,
    Literal,
    MapOf,
    Negation,
    Opposite,
    RangeOf,
)
from carillon.adapters.rendering.velocity.grammar import Start, SyntaxProblem, parsed
from carillon.adapters.rendering.velocity.nodes import Block
from carillon.adapters.rendering.velocity.references import Call, Index, Property, Reference
from carillon.adapters.rendering.velocity.tools import GLOBALS, TOOLS

type Found = Tree[Token] | Token

_CHAINS = frozenset({"equality", "relation", "sum", "product"})
_OPERATORS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_UNICODE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_OURS = "__"  # how the names of SailPoint's globals begin
_NEVER = frozenset({"class", "getClass"})


@dataclass
class Notes:
    """What was noticed in a template."""

    changes: bool = False  # whether it changes its data


class Builder:
    """Builds what one piece of a template holds; a text in double quotes by `inner`."""

    def __init__(
        self, text: str, at: int, notes: Notes, inner: Callable[[str, int], Block]
    ) -> None:
        self._text = text
        self._at = at
        self._notes = notes
        self._inner = inner

    def condition(self) -> Expression:
        [expression] = self._parsed("condition").children
        return self._expression(expression)

    def assignment(self) -> tuple[Reference, Expression]:
        target, expression = self._parsed("assignment").children
        reference = self._reference(_tree(target))
        if reference.alternative or any(isinstance(part, Call) for part in reference.tail):
            raise SyntaxProblem("#set can only set a variable or a part of one", self._at)
        self._notes.changes |= bool(reference.tail)
        return reference, self._expression(expression)

    def loop(self) -> tuple[str, Expression]:
        item, items = self._parsed("loop").children
        reference = self._reference(_tree(item))
        if reference.tail:
            raise SyntaxProblem("#foreach needs a plain variable", self._at)
        return reference.name, self._expression(items)

    def reference(self) -> Reference:
        return self._reference(self._parsed("reference"))

    def _parsed(self, start: Start) -> Tree[Token]:
        try:
            return parsed(self._text, start)
        except SyntaxProblem as problem:
            raise SyntaxProblem(str(problem), self._at + problem.at) from None

    def _expression(self, found: Found) -> Expression:
        """Build a tree by its rule: one of operators, or an operand."""
        tree = _tree(found)
        rule, parts = str(tree.data), tree.children
        if rule in _CHAINS:
            return self._chain(parts)
        match rule:
            case "any":
                return AnyOf(self._all(parts))
            case "all":
                return AllOf(self._all(parts))
            case "negation":
                return Negation(self._expression(parts[-1]), len(parts) - 1)
            case "opposite":
                return Opposite(self._expression(parts[-1]))
            case _:
                return self._operand(rule, tree)

    def _operand(self, rule: str, tree: Tree[Token]) -> Expression:
        match rule:
            case "reference":
                return self._reference(tree)
            case "list":
                return ListOf(self._all(tree.children))
            case "map":
                items = self._all(tree.children)
                return MapOf(list(zip(items[::2], items[1::2], strict=True)))
            case "range":
                return self._range(tree)
            case _:
                return self._literal(rule, _token(tree.children[0]))

    def _all(self, found: list[Found]) -> list[Expression]:
        return [self._expression(one) for one in found]

    def _chain(self, found: list[Found]) -> Chain:
        operators = [str(_token(one)) for one in found[1::2]]
        operands = self._all(found[2::2])
        signs = (_OPERATORS.get(operator, operator) for operator in operators)
        return Chain(self._expression(found[0]), list(zip(signs, operands, strict=True)))

    def _range(self, tree: Tree[Token]) -> RangeOf:
        first, last = self._all(tree.children)
        made = RangeOf(first, last)
        if made.is_too_long:
            raise SyntaxProblem("the range is too long", self._at)
        return made

    def _literal(self, rule: str, token: Token) -> Expression:
        match rule:
            case "integer":
                return Literal(int(token))
            case "fraction":
                return Literal(float(token))
            case "truth":
                return Literal(token.type == "TRUE")
            case _:
                return self._quoted(token)

    def _quoted(self, token: Token) -> Expression:
        quote, text = token[0], token[1:-1]
        text = text.replace(quote * 2, quote)
        if quote == "'":
            return Literal(text)
        text = _UNICODE.sub(lambda found: chr(int(found[1], 16)), text)
        if "$" in text or "#" in text:
            return Interpolated(self._inner(text, self._place(token)))
        return Literal(text)

    def _reference(self, tree: Tree[Token]) -> Reference:
        first, last = _token(tree.children[0]), tree.children[-1]
        end = self._text[: _token(last).end_pos] if isinstance(last, Token) else self._text
        name = first.lstrip("$!{")
        if name.startswith(_OURS) and name not in GLOBALS:
            raise SyntaxProblem(f"${name} is not supported", self._place(first))
        parts, alternative = self._tail(iter(tree.children[1:]))
        self._check_tool(name, parts, first)
        return Reference(
            name,
            parts,
            end[first.start_pos or 0 :],
            is_quiet=first.startswith("$!"),
            alternative=alternative,
        )

    def _tail(
        self, rest: Iterator[Found]
    ) -> tuple[list[Property | Call | Index], Expression | None]:
        parts: list[Property | Call | Index] = []
        for token in map(_token, rest):
            match token.type:
                case "PROPERTY":
                    self._check(token, token[1:])
                    parts.append(Property(token[1:]))
                case "CALL":
                    parts.append(self._call(token, rest))
                case "INDEX":
                    parts.append(Index(self._expression(next(rest))))
                    next(rest)
                case "ELSE":
                    return parts, self._expression(next(rest))
        return parts, None

    def _call(self, token: Token, rest: Iterator[Found]) -> Call:
        name = token[1:-1]
        self._check(token, name)
        self._notes.changes |= name in collections.CHANGING
        arguments = []
        for one in rest:
            if isinstance(one, Token):
                break
            arguments.append(self._expression(one))
        if name not in methods.KNOWN and not (methods.is_getter(name) and not arguments):
            raise SyntaxProblem(f"the method {name} is not supported", self._place(token))
        return Call(name, arguments)

    def _check_tool(self, name: str, parts: list[Property | Call | Index], at: Token) -> None:
        """Refuse what one of SailPoint's helpers does not do here."""
        tool = TOOLS.get(name)
        if tool and not (parts and isinstance(parts[0], Call) and parts[0].name in tool.methods):
            wanted = f".{parts[0].name}" if parts and not isinstance(parts[0], Index) else ""
            raise SyntaxProblem(f"${name}{wanted} is not supported", self._place(at))

    def _check(self, token: Token, name: str) -> None:
        if name in _NEVER:
            raise SyntaxProblem(f"{name} is not supported", self._place(token))

    def _place(self, token: Token) -> int:
        return self._at + (token.start_pos or 0)


def _tree(found: Found) -> Tree[Token]:
    if isinstance(found, Token):
        raise SyntaxProblem(f"{str(found)[:20]!r} is not expected here", found.start_pos or 0)
    return found


def _token(found: Found) -> Token:
    if not isinstance(found, Token):
        raise SyntaxProblem("a name is missing")
    return found
