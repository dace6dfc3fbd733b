"""Match requests to functions by an HTTP API's routes, the most specific first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote

from local.template import Function

_FIXED, _NAMED, _GREEDY = range(3)  # kinds of path segments, the most specific first


@dataclass(frozen=True)
class Match:
    """A matching route, with the values of its `{parameters}`."""

    route_key: str
    function: Function
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class _Route:
    method: str
    segments: tuple[str, ...]
    function: Function
    key: str

    @property
    def rank(self) -> tuple[object, ...]:
        """Sort key: full before greedy, fixed segments before `{name}`, ANY last."""
        kinds = tuple(_kind(segment) for segment in self.segments)
        return self.greedy, kinds, self.method == "ANY"

    @property
    def greedy(self) -> bool:
        return bool(self.segments) and _kind(self.segments[-1]) == _GREEDY

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        own = self.segments
        if self.greedy:
            # Whether `/e/{proxy+}` also matches `/e/` is documented nowhere: here it does not.
            if len(segments) < len(own) or not segments[len(own) - 1]:
                return None
            rest = "/".join(segments[len(own) - 1 :])
            segments = (*segments[: len(own) - 1], rest)
        if len(own) != len(segments):
            return None
        found: dict[str, str] = {}
        for pattern, segment in zip(own, segments, strict=True):
            kind = _kind(pattern)
            if (kind == _FIXED and pattern != unquote(segment)) or (kind == _NAMED and not segment):
                return None
            if kind != _FIXED:
                found[pattern.strip("{}+")] = unquote(segment)
        return found


def _kind(segment: str) -> int:
    if not segment.startswith("{"):
        return _FIXED
    return _GREEDY if segment.endswith("+}") else _NAMED


@dataclass(frozen=True)
class Routes:
    """A template's routes. Routes without parameters are looked up in a dictionary."""

    fixed: Mapping[tuple[str, str], Match]
    others: tuple[_Route, ...]
    default: Match | None

    @classmethod
    def of(cls, functions: Iterable[Function]) -> Self:
        fixed: dict[tuple[str, str], Match] = {}
        others: list[_Route] = []
        default: Match | None = None
        for function in functions:
            for method, path in function.routes:
                if path == "$default":
                    default = Match("$default", function, {})
                    continue
                key = f"{method} {path}"
                if "{" in path:
                    others.append(_Route(method, _segments(path), function, key))
                else:
                    fixed[method, path] = Match(key, function, {})
        return cls(fixed, tuple(sorted(others, key=lambda route: route.rank)), default)

    def find(self, method: str, path: str) -> Match | None:
        """Return the match for a percent-encoded path."""
        exact = self.fixed.get((method, path)) or self.fixed.get(("ANY", path))
        if exact:
            return exact
        segments = _segments(path)
        for route in self.others:
            if route.method not in {method, "ANY"}:
                continue
            parameters = route.match(segments)
            if parameters is not None:
                return Match(route.key, route.function, parameters)
        return self.default


def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")[1:])
