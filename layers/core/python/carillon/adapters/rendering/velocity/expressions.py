"""Expressions: what they are worth in a rendering."""

import operator as operators
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, override

from carillon.adapters.rendering.velocity import numbers, values
from carillon.adapters.rendering.velocity.markup import Marked, joined
from carillon.adapters.rendering.velocity.state import (
    MOST_ITEMS,
    Output,
    Rendering,
    check_items,
    check_length,
)

if TYPE_CHECKING:
    from carillon.adapters.rendering.velocity.nodes import Block


class Expression(ABC):
    @abstractmethod
    def value(self, rendering: Rendering) -> Any:
        """Return what the expression is worth; None if it is nothing."""

    @property
    def written(self) -> str:
        """Return the source, where it is said in place of nothing."""
        return ""


@dataclass(frozen=True)
class Literal(Expression):
    constant: Any

    @override
    def value(self, rendering: Rendering) -> Any:
        rendering.step()
        if isinstance(self.constant, str) and rendering.marks:
            return Marked(self.constant, self.constant)
        return self.constant


@dataclass(frozen=True)
class Interpolated(Expression):
    """A text in double quotes, which is a template of its own."""

    block: "Block"

    @override
    def value(self, rendering: Rendering) -> str:
        rendering.step()
        text, form = Output(), Output()
        self.block.write(rendering, text, form if rendering.marks else None)
        return Marked(str(text), str(form)) if rendering.marks else str(text)


@dataclass(frozen=True)
class ListOf(Expression):
    items: Sequence[Expression]

    @override
    def value(self, rendering: Rendering) -> list[Any]:
        rendering.step()
        return [item.value(rendering) for item in self.items]


@dataclass(frozen=True)
class MapOf(Expression):
    entries: Sequence[tuple[Expression, Expression]]

    @override
    def value(self, rendering: Rendering) -> dict[Any, Any]:
        rendering.step()
        made = {}
        for key, item in self.entries:
            name = key.value(rendering)
            if isinstance(name, str | int | float | None):
                made[name] = item.value(rendering)
        return made


@dataclass(frozen=True)
class RangeOf(Expression):
    first: Expression
    last: Expression

    @override
    def value(self, rendering: Rendering) -> list[int] | None:
        rendering.step()
        first, last = self.first.value(rendering), self.last.value(rendering)
        if not (_is_integer(first) and _is_integer(last)):
            return None
        check_items(abs(last - first) + 1)
        way = 1 if last >= first else -1
        return list(range(first, last + way, way))

    @property
    def is_too_long(self) -> bool:
        """Say whether the range is too long whatever the data."""
        ends = (self.first, self.last)
        if not all(isinstance(end, Literal | Opposite) for end in ends):
            return False
        first, last = (end.value(Rendering({})) for end in ends)
        return bool(abs(last - first) >= MOST_ITEMS)


@dataclass(frozen=True)
class AnyOf(Expression):
    """Operands joined by `||`."""

    operands: Sequence[Expression]

    @override
    def value(self, rendering: Rendering) -> bool:
        return any(is_true(operand, rendering) for operand in self.operands)


@dataclass(frozen=True)
class AllOf(Expression):
    """Operands joined by `&&`."""

    operands: Sequence[Expression]

    @override
    def value(self, rendering: Rendering) -> bool:
        return all(is_true(operand, rendering) for operand in self.operands)


@dataclass(frozen=True)
class Negation(Expression):
    operand: Expression
    times: int

    @override
    def value(self, rendering: Rendering) -> bool:
        return is_true(self.operand, rendering) is (self.times % 2 == 0)


@dataclass(frozen=True)
class Opposite(Expression):
    """A number with a minus."""

    operand: Expression

    @override
    def value(self, rendering: Rendering) -> Any:
        number = numbers.number_of(self.operand.value(rendering))
        return None if number is None else numbers.negated(number)


@dataclass(frozen=True)
class Chain(Expression):
    """Operands joined by operators of one precedence, from left to right."""

    first: Expression
    rest: Sequence[tuple[str, Expression]]

    @override
    def value(self, rendering: Rendering) -> Any:
        result, written = self.first.value(rendering), self.first.written
        for operator, operand in self.rest:
            rendering.step()
            right = operand.value(rendering)
            if operator in _COMPARISONS:
                result = _compared(operator, result, right, rendering)
            else:
                result = _calculated(operator, (result, written), (right, operand.written))
            written = ""
        return result


_ORDERS = {"<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge}
_COMPARISONS = frozenset({"==", "!=", *_ORDERS})


def is_true(expression: Expression, rendering: Rendering) -> bool:
    rendering.step()
    return values.is_true(expression.value(rendering))


def _compared(operator: str, left: Any, right: Any, rendering: Rendering) -> bool:
    if operator in {"==", "!="}:
        return values.are_equal(left, right, rendering) is (operator == "==")
    if isinstance(left, str) and isinstance(right, str):
        return False  # Velocity orders numbers only; of two texts, neither is taken for one
    a, b = numbers.number_of(left), numbers.number_of(right)
    if a is None or b is None:
        return False
    return bool(_ORDERS[operator](numbers.compare(a, b), 0))


def _calculated(operator: str, left: tuple[Any, str], right: tuple[Any, str]) -> Any:
    """Calculate with two values and how they are written; join texts."""
    (a, a_written), (b, b_written) = left, right
    if operator == "+" and (isinstance(a, str) or isinstance(b, str)):
        start = a_written if a is None else values.text_of(a) or ""
        end = b_written if b is None else values.text_of(b) or ""
        check_length(len(start) + len(end))
        return joined(start, end)
    x, y = numbers.number_of(a), numbers.number_of(b)
    return None if x is None or y is None else numbers.calculate(operator, x, y)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
