"""References: `$name`, `${a.b}`, `$list[0]`, `$!text.trim()`, `${x|'none'}`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, override

from carillon.adapters.rendering.velocity import methods, values
from carillon.adapters.rendering.velocity.expressions import Expression
from carillon.adapters.rendering.velocity.state import Rendering, check_items


@dataclass(frozen=True)
class Property:
    name: str

    def of(self, owner: Any, rendering: Rendering) -> Any:
        return methods.property_of(owner, self.name, rendering)


@dataclass(frozen=True)
class Call:
    name: str
    arguments: Sequence[Expression]

    def of(self, owner: Any, rendering: Rendering) -> Any:
        arguments = [argument.value(rendering) for argument in self.arguments]
        return methods.called(owner, self.name, arguments, rendering)


@dataclass(frozen=True)
class Index:
    at: Expression

    def of(self, owner: Any, rendering: Rendering) -> Any:
        return methods.item_of(owner, self.at.value(rendering))


@dataclass(frozen=True)
class Reference(Expression):
    """A variable, and what of it is meant. `source` is shown where there is no such thing."""

    name: str
    tail: Sequence[Property | Call | Index]
    source: str
    is_quiet: bool = False
    alternative: Expression | None = None

    @override
    def value(self, rendering: Rendering) -> Any:
        rendering.step()
        value = rendering.variables.get(self.name)
        for part in self.tail:
            if value is None:
                break
            rendering.step()
            value = part.of(value, rendering)
        if self.alternative is not None and not values.is_true(value):
            return self.alternative.value(rendering)
        return value

    @property
    @override
    def written(self) -> str:
        return self.source

    def set(self, value: Any, rendering: Rendering) -> None:
        """Set the variable, or what of it is meant; what has no place is left."""
        if not self.tail:
            rendering.variables[self.name] = value
            return
        owner = rendering.variables.get(self.name)
        for part in self.tail[:-1]:
            owner = None if owner is None else part.of(owner, rendering)
        last = self.tail[-1]
        match owner, last:
            case dict(), Property(name):
                owner[name] = value
                check_items(len(owner))
            case dict() | list(), Index(at):
                methods.set_item(owner, at.value(rendering), value)
            case _:
                pass
