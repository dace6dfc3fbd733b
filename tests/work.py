"""How much work code does, counted: the same on every machine, however busy it is."""

import sys
from collections.abc import Callable

_TOOL = 4
_EVENTS = sys.monitoring.events
_COUNTED = (_EVENTS.PY_START, _EVENTS.PY_RESUME, _EVENTS.CALL, _EVENTS.JUMP)


class Counted(str):
    """A text that counts how often it is compared or hashed, as Python's own code does unseen."""

    __slots__ = ()
    work = 0

    def __eq__(self, other: object) -> bool:
        Counted.work += 1
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        Counted.work += 1
        return str.__hash__(self)


def counted[T](work: Callable[[], T]) -> tuple[T, int]:
    """Return the result of the work, and how many calls, jumps and comparisons it took."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1

    sys.monitoring.use_tool_id(_TOOL, "work")
    for event in _COUNTED:
        sys.monitoring.register_callback(_TOOL, event, count)
    sys.monitoring.set_events(_TOOL, sum(_COUNTED))
    Counted.work = 0
    try:
        result = work()
    finally:
        sys.monitoring.set_events(_TOOL, _EVENTS.NO_EVENTS)
        sys.monitoring.free_tool_id(_TOOL)
    return result, seen + Counted.work
