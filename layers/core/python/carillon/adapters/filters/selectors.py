"""The parts of a path: its counted nodes, filters that may select an object, and functions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from jsonpath import JSONPathEnvironment, JSONPathMatch
from jsonpath.filter import BaseExpression, FilterExpression, FilterQuery, walk
from jsonpath.match import NodeList
from jsonpath.path import JSONPath
from jsonpath.segments import (
    JSONPathChildSegment,
    JSONPathRecursiveDescentSegment,
    JSONPathSegment,
)
from jsonpath.selectors import Filter, FilterContext, JSONPathSelector
from jsonpath.token import Token

from carillon.adapters.filters import functions, limits


class JaywayPath(JSONPath):
    """A path whose nodes are counted, and whose `$` is the whole event even within a filter."""

    def __init__(self, *, env: JSONPathEnvironment, segments: Iterable[JSONPathSegment]) -> None:
        super().__init__(env=env, segments=[_counted(segment) for segment in segments])

    def finditer(
        self, data: Any, *, filter_context: Mapping[str, Any] | None = None
    ) -> Iterable[JSONPathMatch]:
        root = (filter_context or {}).get("root", data)
        first = _Node(filter_context={}, obj=data, parent=None, path="", parts=(), root=root)
        nodes: Iterable[JSONPathMatch] = (first,)
        for segment in self.segments:
            nodes = segment.resolve(nodes)
        return nodes


def _counted(segment: JSONPathSegment) -> JSONPathSegment:
    """Return the segment in a form that counts each selector it tries."""
    deep = isinstance(segment, JSONPathRecursiveDescentSegment)
    return (_Descent if deep else _Child)(
        env=segment.env, token=segment.token, selectors=segment.selectors
    )


class _Child(JSONPathChildSegment):
    def resolve(self, nodes: Iterable[JSONPathMatch]) -> Iterable[JSONPathMatch]:
        for node in nodes:
            yield from _selected(self, node)


class _Descent(JSONPathRecursiveDescentSegment):
    def resolve(self, nodes: Iterable[JSONPathMatch]) -> Iterable[JSONPathMatch]:
        for node in nodes:
            for descendant in self._visit(node):
                yield from _selected(self, descendant)


def _selected(segment: JSONPathSegment, node: JSONPathMatch) -> Iterator[JSONPathMatch]:
    for selector in segment.selectors:
        limits.take(limits.SELECTOR)
        yield from selector.resolve(node)


class _Node(JSONPathMatch):
    """A node that counts when it is made."""

    __slots__ = ()

    def __init__(self, **fields: Any) -> None:
        limits.take(limits.NODE)
        super().__init__(**fields)

    def new_child(self, obj: object, key: int | str) -> JSONPathMatch:  # noqa: ARG002 - see below
        """Make a child without its path: unused here, and the slowest part of making one."""
        return self.__class__(
            filter_context={}, obj=obj, parent=None, path="", parts=(), root=self.root
        )


class JaywayFilter(Filter):
    """Selects the items of an array that match, or an object itself."""

    @cached_property
    def _parts(self) -> int:
        return sum(1 for _ in walk(self.expression))

    def resolve(self, node: JSONPathMatch) -> Iterable[JSONPathMatch]:
        if isinstance(node.obj, Mapping):
            if self._matches(node, node.obj):
                yield node
        elif isinstance(node.obj, Sequence) and not isinstance(node.obj, str):
            for index, item in enumerate(node.obj):
                if self._matches(node, item):
                    yield node.new_child(item, index)

    def _matches(self, node: JSONPathMatch, value: Any) -> bool:
        limits.take(limits.PART * self._parts)
        context = _context(self.env, node, value)
        if limits.work().existence_only:
            return all(_is_there(query.evaluate(context)) for query in _queries(self.expression))
        return bool(self.expression.evaluate(context))


class Function(JSONPathSelector):
    """A function at the end of a path, applied to each node."""

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
        context = _context(self.env, node, node.obj)
        arguments = [argument.evaluate(context) for argument in self.arguments]
        value = functions.call(self.name, node.obj, arguments)
        if value is not None:
            yield node.new_child(value, f"{self.name}()")

    def resolve_async(self, node: JSONPathMatch) -> Any:
        raise NotImplementedError


def _context(env: JSONPathEnvironment, node: JSONPathMatch, value: Any) -> FilterContext:
    return FilterContext(env=env, current=value, root=node.root, extra_context={"root": node.root})


def _queries(expression: FilterExpression) -> Iterator[FilterQuery]:
    return (part for part in walk(expression) if isinstance(part, FilterQuery))


def _is_there(found: object) -> bool:
    return not (isinstance(found, NodeList) and found.empty())
