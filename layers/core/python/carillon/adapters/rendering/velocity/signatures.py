"""Methods that a template may call, and the arguments that they take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Refused(Exception):
    """A call that throws in Java: it is worth nothing."""


class Method(NamedTuple):
    """A function of the rendering, the owner and the arguments, and the kinds of these."""

    function: Callable[..., Any]
    kinds: Sequence[type]
    optional: int = 0

    def takes(self, arguments: Sequence[Any]) -> bool:
        given = len(arguments)
        if not len(self.kinds) - self.optional <= given <= len(self.kinds):
            return False
        return all(map(_fits, arguments, self.kinds))


def _fits(argument: Any, kind: type) -> bool:
    if kind is int and isinstance(argument, bool):
        return False
    return kind is object or isinstance(argument, kind)


@dataclass(frozen=True)
class Tool:
    """A variable that is nothing but its methods, such as `$__esc`."""

    methods: Mapping[str, Method]
