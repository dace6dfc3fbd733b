"""Match requests to functions as an HTTP API does, by what AWS documents of it and no more.

A full match goes before a greedy one, and that before `$default`. Of two routes the one whose
first other segment is fixed goes before the one that has a `{name}` there; whether the other would
fit where that one fails is documented nowhere: here it is not asked (no back-tracking). Nor does
`/e/{proxy+}` match `/e/`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote

from local.template import Function


@dataclass(frozen=True)
class Match:
    """A matching route, with the values of its `{parameters}`."""

    route_key: str
    function: Function
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class _Route:
    path: str
    key: str
    function: Function

    def match(self, segments: tuple[str, ...]) -> Match:
        own = _segments(self.path)
        if _is_greedy(own[-1]):
            segments = (*segments[: len(own) - 1], "/".join(segments[len(own) - 1 :]))
        pairs = zip(own, segments, strict=True)
        found = {name.strip("{}+"): value for name, value in pairs if name.startswith("{")}
        return Match(self.key, self.function, found)


@dataclass
class _Node:
    """What can follow a path so far; routes by method."""

    fixed: dict[str, "_Node"] = field(default_factory=dict)
    named: "_Node | None" = None
    full: dict[str, _Route] = field(default_factory=dict)
    greedy: dict[str, _Route] = field(default_factory=dict)

    def add(self, method: str, route: _Route) -> None:
        node = self
        for segment in _segments(route.path):
            if _is_greedy(segment):
                node.greedy[method] = route
                return
            node = node.below(segment)
        node.full[method] = route

    def below(self, segment: str) -> "_Node":
        if not segment.startswith("{"):
            return self.fixed.setdefault(segment, _Node())
        self.named = self.named or _Node()
        return self.named

    def walk(self, segments: tuple[str, ...]) -> Iterator["_Node | None"]:
        """Yield the node of each segment, the fixed one if there is one; None where all ends."""
        node: _Node | None = self
        for segment in segments:
            if node:
                node = node.fixed.get(segment) or (node.named if segment else None)
            yield node


@dataclass(frozen=True)
class Routes:
    """A template's routes: those without a greedy end, and those with one, apart."""

    full: _Node
    greedy: _Node
    default: Match | None

    @classmethod
    def of(cls, functions: Iterable[Function]) -> Self:
        full, greedy, default = _Node(), _Node(), None
        for function in functions:
            for method, path in function.routes:
                route = _Route(path, f"{method} {path}", function)
                if path == "$default":
                    default = Match("$default", function, {})
                else:
                    (greedy if _is_greedy(path) else full).add(method, route)
        return cls(full, greedy, default)

    def find(self, method: str, path: str) -> Match | None:
        """Return the match for a percent-encoded path, which is decoded before it is matched."""
        segments = _segments(unquote(path))
        *_, last = self.full.walk(segments)
        route = _of(last.full, method) if last else None
        if route is None:
            route = self._greedy(method, segments)
        return route.match(segments) if route else self.default

    def _greedy(self, method: str, segments: tuple[str, ...]) -> _Route | None:
        """The deepest greedy route that has something left to take."""
        found = None
        for node, left in zip([self.greedy, *self.greedy.walk(segments)], segments, strict=False):
            if node and left:
                found = _of(node.greedy, method) or found
        return found


def _of(routes: Mapping[str, _Route], method: str) -> _Route | None:
    return routes.get(method) or routes.get("ANY")


def _is_greedy(path: str) -> bool:
    return path.endswith("+}")


def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")[1:])
