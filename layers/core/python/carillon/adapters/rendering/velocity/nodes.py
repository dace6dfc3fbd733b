"""The parts of a template, and how each is written."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import override

from carillon.adapters.rendering.velocity import values
from carillon.adapters.rendering.velocity.expressions import Expression, is_true
from carillon.adapters.rendering.velocity.markup import form_of
from carillon.adapters.rendering.velocity.references import Reference
from carillon.adapters.rendering.velocity.state import Output, Rendering

_LOOP = "foreach"


class Broken(Exception):
    """Ends the innermost loop, by #break."""


class Stopped(Exception):
    """Ends the template, by #stop, or by #break outside of a loop."""


class Node(ABC):
    @abstractmethod
    def write(self, rendering: Rendering, text: Output, form: Output | None) -> None:
        """Write the part as text, and with its data marked if that is wanted."""


@dataclass(frozen=True)
class Text(Node):
    text: str

    @override
    def write(self, rendering: Rendering, text: Output, form: Output | None) -> None:
        rendering.step()
        text.write(self.text)
        if form:
            form.write(self.text)


@dataclass(frozen=True)
class Block:
    parts: Sequence[Node]

    def write(self, rendering: Rendering, text: Output, form: Output | None) -> None:
        for part in self.parts:
            part.write(rendering, text, form)


@dataclass(frozen=True)
class Shown(Node):
    """A reference in text, with the backslashes before it."""

    reference: Reference
    line: int
    backslashes: int = 0

    @override
    def write(self, rendering: Rendering, text: Output, form: Output | None) -> None:
        rendering.line = self.line
        value = self.reference.value(rendering)
        found = values.text_of(value)
        halves, is_escaped = divmod(self.backslashes, 2)
        if is_escaped:  # one more backslash is shown if there is nothing that it would hide
            shown = "\\" * (halves + (found is None)) + self.reference.source
            Text(shown).write(rendering, text, form)
        elif found is None:
            source = "" if self.reference.is_quiet else self.reference.source
            Text("\\" * self.backslashes + source).write(rendering, text, form)
        else:
            Text("\\" * halves).write(rendering, text, form)
            text.write(found)
            if form:
                # A number or a truth value is no markup anywhere, and JSON needs it as it is.
                form.write(found if isinstance(value, int | float) else form_of(found))


@dataclass(frozen=True)
class If(Node):
    cases: Sequence[tuple[Expression | None, Block]]
    line: int

    @override
    def write(self, rendering: Rendering, text: Output, form: Output | None) -> None:
        for condition, block in self.cases:
            rendering.line = self.line
            if condition is None or is_true(condition, rendering):
                block.write(rendering, text, form)
                return


@dataclass(frozen=True)
class Foreach(Node):
    name: str
    items: Expression
    block: Block
    otherwise: Block
    line: int

    @override
    def write(self, rendering: Rendering, text: Output, form: Output | None) -> None:
        rendering.line = self.line
        items = values.items_of(self.items.value(rendering))
        if not items:
            self.otherwise.write(rendering, text, form)
            return
        known = rendering.variables
        before, outer = known.get(self.name), known.get(_LOOP)
        loop = values.Loop(outer if isinstance(outer, values.Loop) else None)
        try:
            for index, item in enumerate(items):
                rendering.step()
                loop.index, loop.has_next = index, index + 1 < len(items)
                known[self.name], known[_LOOP] = item, loop
                self.block.write(rendering, text, form)
        except Broken:
            pass
        known[self.name], known[_LOOP] = before, outer


@dataclass(frozen=True)
class Set(Node):
    target: Reference
    expression: Expression
    line: int

    @override
    def write(self, rendering: Rendering, text: Output, form: Output | None) -> None:
        rendering.line = self.line
        self.target.set(self.expression.value(rendering), rendering)


@dataclass(frozen=True)
class Break(Node):
    in_loop: bool

    @override
    def write(self, rendering: Rendering, text: Output, form: Output | None) -> None:
        raise Broken if self.in_loop else Stopped


@dataclass(frozen=True)
class Stop(Node):
    @override
    def write(self, rendering: Rendering, text: Output, form: Output | None) -> None:
        raise Stopped
