"""A path, and how it is walked: each step counts what it visits.

A path is definite if it can name no more than one value. What is missing on a definite path ends
it; elsewhere it is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from carillon.adapters.filters import limits
from carillon.adapters.filters.values import NotFound, OutOfBounds


class Run:
    """One evaluation on an event: its root, and what it remembers."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.found: dict[int, Any] = {}  # by the paths that begin with `$`, in conditions
        self.indexes: dict[int, int] = {}  # of the array that `..` is in, by the step after it


class Walk:
    """One way along a path; with `strict`, a missing property ends it anywhere."""

    def __init__(self, path: "Path", run: Run, *, strict: bool) -> None:
        self.path = path
        self.run = run
        self.strict = strict
        self.results: list[Any] = []

    def to(self, place: int, value: Any) -> None:
        """Go on with the step at a place, or end with the value."""
        if place == len(self.path.steps):
            self.add(value)
        else:
            limits.take(limits.SELECTOR)
            self.path.steps[place].visit(self, place, value)

    def add(self, value: Any) -> None:
        limits.take(limits.NODE)
        self.results.append(value)

    def is_leaf(self, place: int) -> bool:
        return place + 1 == len(self.path.steps)

    def refuse(self, place: int, error: Callable[[], Exception]) -> None:
        """Raise an error if all before this step is definite."""
        if self.path.definite_before[place]:
            raise error()

    def to_property(self, place: int, value: Mapping[str, Any], name: str) -> None:
        limits.take(limits.SELECTOR)
        if name in value:
            if not self.is_leaf(place):
                self.to(place + 1, value[name])
            elif self._is_at_index(place):
                self.add(value[name])
        elif self.strict or (not self.is_leaf(place) and self.path.definite_before[place + 1]):
            raise NotFound(name)

    def _is_at_index(self, place: int) -> bool:
        """Return whether `..[n].name` is in the nth item."""
        index = self.run.indexes.get(id(self.path.steps[place]))
        if index is None:
            return True
        tail = self.path.tail + len(self.path.steps)
        before = self.path.steps[tail - 1] if tail else None
        return before is not None and list(before.indexes) == [index]

    def to_index(self, place: int, value: list[Any], index: int) -> None:
        limits.take(limits.SELECTOR)
        if index < 0:
            index += len(value)
        if 0 <= index < len(value):
            with suppress(OutOfBounds):  # Jayway takes a function's for its own
                self.to(place + 1, value[index])


class Step:
    """A step of a path; it is definite if it can lead to no more than one value."""

    indexes: Sequence[int] = ()
    function: bool = False

    @property
    def definite(self) -> bool:
        return False

    def visit(self, walk: Walk, place: int, value: Any) -> None:
        """Go on from a value at this place."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Path:
    """Steps from the root, or from the item of a filter."""

    steps: Sequence[Step]
    relative: bool
    tail: int = -1  # the step that Jayway takes for the last
    scanned: bool = False  # its first step is a function of what `..` finds

    @cached_property
    def definite_before(self) -> Sequence[bool]:
        """Return of each step, and of the end, whether all before it is definite."""
        found = [True]
        for step in self.steps:
            found.append(found[-1] and step.definite and not self.scanned)
        return found

    @cached_property
    def definite(self) -> bool:
        return all(step.definite for step in self.steps)

    @property
    def function(self) -> bool:
        return bool(self.steps) and self.steps[-1].function

    def walk(self, value: Any, run: Run, *, strict: bool = False) -> list[Any]:
        walk = Walk(self, run, strict=strict)
        walk.to(0, value)
        return walk.results

    def read(self, value: Any, run: Run, *, strict: bool = False) -> Any:
        """Return what a definite path names, and of others a list. Raise NotFound for nothing."""
        found = self.walk(value, run, strict=strict)
        if not self.definite:
            return found
        if not found:
            raise NotFound
        return found[-1]

    def value(self, item: Any, run: Run) -> Any:
        """Return what it names within a condition: from the root, or the item."""
        if self.relative:
            return self.read(item, run)
        if id(self) not in run.found:
            run.found[id(self)] = self.read(run.root, run)
        return run.found[id(self)]
