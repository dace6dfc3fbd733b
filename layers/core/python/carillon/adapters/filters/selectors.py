"""The steps of a path."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from carillon.adapters.filters import functions, limits
from carillon.adapters.filters.paths import Path, Run, Step, Walk
from carillon.adapters.filters.values import Broken, NotFound, Unfit


class Condition(Protocol):
    @property
    def parts(self) -> int: ...

    def holds(self, item: Any, run: "Run") -> bool: ...

    def paths(self) -> "Iterator[Path]": ...


@dataclass(frozen=True, eq=False)
class Properties(Step):
    names: Sequence[str]
    last: bool

    @property
    def definite(self) -> bool:
        return len(self.names) == 1 or self.last

    def visit(self, walk: Walk, place: int, value: Any) -> None:
        if not isinstance(value, Mapping):
            walk.refuse(place, NotFound)
        elif len(self.names) == 1 or not self.last:
            for name in self.names:
                walk.to_property(place, value, name)
        else:  # several at the end are one object
            limits.take(len(self.names) * limits.SELECTOR)
            if walk.strict and any(name not in value for name in self.names):
                raise NotFound
            walk.add({name: value[name] for name in self.names if name in value})


@dataclass(frozen=True, eq=False)
class Indexes(Step):
    indexes: Sequence[int]

    @property
    def definite(self) -> bool:
        return len(self.indexes) == 1

    def visit(self, walk: Walk, place: int, value: Any) -> None:
        if not isinstance(value, list):
            walk.refuse(place, NotFound)
            return
        for index in self.indexes:
            walk.to_index(place, value, index)


@dataclass(frozen=True, eq=False)
class Slice(Step):
    start: int | None
    stop: int | None

    def visit(self, walk: Walk, place: int, value: Any) -> None:
        if not isinstance(value, list):
            walk.refuse(place, NotFound)
            return
        length = len(value)
        if self.start is None:
            start, stop = 0, self.stop or 0
            stop += length if stop < 0 else 0
        elif self.stop is None:
            start, stop = max(0, self.start + (length if self.start < 0 else 0)), length
        else:  # Jayway counts from where it starts, below zero too
            start, stop = (self.start, self.stop) if length else (0, 0)
        for index in range(start, min(length, stop)):
            walk.to_index(place, value, index)


@dataclass(frozen=True, eq=False)
class Wildcard(Step):
    def visit(self, walk: Walk, place: int, value: Any) -> None:
        if isinstance(value, Mapping):
            for name in value:
                walk.to_property(place, value, name)
        elif isinstance(value, list):
            for index in range(len(value)):
                try:
                    walk.to_index(place, value, index)
                except NotFound:
                    if walk.strict:
                        raise


@dataclass(frozen=True, eq=False)
class Filter(Step):
    condition: Condition

    def visit(self, walk: Walk, place: int, value: Any) -> None:
        if isinstance(value, Mapping):
            if self.accepts(value, walk.run):
                walk.to(place + 1, value)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if self.accepts(item, walk.run):
                    walk.to_index(place, value, index)
        else:
            walk.refuse(place, Unfit)

    def accepts(self, item: Any, run: Run) -> bool:
        limits.take(limits.PART * self.condition.parts)
        try:
            if limits.work().existence_only:
                return all(_is_there(path, item, run) for path in self.condition.paths())
            return self.condition.holds(item, run)
        except Unfit:
            return False


def _is_there(path: Path, item: Any, run: Run) -> bool:
    found = path.value(item, run)
    return path.definite or bool(found)


@dataclass(frozen=True, eq=False)
class Descent(Step):
    """`..`: the step after it, on all values within."""

    def visit(self, walk: Walk, place: int, value: Any) -> None:
        if walk.is_leaf(place):
            raise Broken("'..' leads nowhere")
        self._visit(walk, place + 1, value)

    def _visit(self, walk: Walk, place: int, value: Any) -> None:
        if not isinstance(value, Mapping | list):
            return
        limits.take(limits.NODE)
        if self._is_for(walk, place, value):
            if isinstance(value, Mapping) or walk.is_leaf(place):
                walk.path.steps[place].visit(walk, place, value)
            else:  # the steps after it decide by the index
                for index, item in enumerate(value):
                    walk.run.indexes[id(walk.path.steps[place + 1])] = index
                    walk.to(place + 1, item)
        for item in value.values() if isinstance(value, Mapping) else value:
            self._visit(walk, place, item)

    @staticmethod
    def _is_for(walk: Walk, place: int, value: Any) -> bool:
        match walk.path.steps[place]:
            case Properties(names=names) as step:
                limits.take(len(names))
                known = isinstance(value, Mapping)
                return known and (not step.definite or all(name in value for name in names))
            case Indexes() | Slice():
                return isinstance(value, list)
            case Filter() as step:
                return step.accepts(value, walk.run)
            case step:
                return isinstance(step, Wildcard)


@dataclass(frozen=True, eq=False)
class Function(Step):
    """A function of the value, and of arguments: paths from the root, or `Given`."""

    name: str
    arguments: Sequence["Path | Given"]
    definite = True
    function = True

    def visit(self, walk: Walk, place: int, value: Any) -> None:
        root = walk.run.root
        given = [
            one.value if isinstance(one, Given) else one.read(root, walk.run)
            for one in self.arguments
        ]
        result = self._children(value)
        if result is None:
            result = functions.call(self.name, value, given)
        walk.add(result)
        if not walk.is_leaf(place):
            walk.to(place + 1, result)

    def _children(self, value: Any) -> int | None:
        """Return the length that an argument of `length` has: of all that is within its path."""
        if not self.arguments or self.name not in ("length", "size"):
            return None
        first = self.arguments[0]
        if isinstance(first, Given):
            raise Broken("no path")
        path = first
        if first.steps and not first.function:
            *before, last = first.steps
            last = replace(last, last=False) if isinstance(last, Properties) else last
            path = Path((*before, last, Wildcard()), first.relative, tail=-2)
        found = path.walk(value, Run(value))
        if not first.definite:
            return len(found)
        if not found:
            raise NotFound
        return len(found[-1]) if isinstance(found[-1], list) else None


@dataclass(frozen=True)
class Given:
    """An argument that is written in the path."""

    value: Any
