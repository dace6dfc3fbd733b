"""Processes that die, or have others work in between, and the calls at which they do."""

from collections.abc import Iterable

import pytest

from tests.simulation import Crash, Faults, Simulation


def each_kill(calls: Iterable[str]) -> pytest.MarkDecorator:
    """Try a test with a kill before and one after each of the calls, as `call` and `late`."""
    points = [(call, late) for call in calls for late in (False, True)]
    names = [f"{'after' if late else 'before'} {call}" for call, late in points]
    return pytest.mark.parametrize(("call", "late"), points, ids=names)


# Calls of fan-out and of a worker behind which a message is hidden for longer than a removal waits.
each_hidden = each_kill(
    ["chunks.claim", "chunks.record", "invocations.record", "queues.send_chunks", "waiting.add"]
)


class KillOnce:
    """Each process dies at this call the first time that it comes there, and never again."""

    def __init__(self, call: str, *, late: bool) -> None:
        self.killed: set[object] = set()
        self._call, self._late = call, late
        self._process: object = None

    def begin(self, process: object) -> None:
        self._process = process

    def before(self, call: str) -> None:
        if not self._late:
            self._kill(call)

    def after(self, call: str) -> None:
        if self._late:
            self._kill(call)

    def _kill(self, call: str) -> None:
        if call == self._call and self._process not in self.killed:
            self.killed.add(self._process)
            raise Crash(call)


class KillAt:
    """The process dies at each of these numbers: every call has two, before and after."""

    def __init__(self, *numbers: int) -> None:
        self._numbers = frozenset(numbers)
        self.count = 0

    def begin(self, process: object) -> None: ...

    def before(self, call: str) -> None:
        self._step(call)

    def after(self, call: str) -> None:
        self._step(call)

    def _step(self, call: str) -> None:
        self.count += 1
        if self.count in self._numbers:
            raise Crash(call)


class Interleaved:
    """Between two calls of a process others have a turn, up to `depth` of them at once."""

    def __init__(self, sim: Simulation, share: float, faults: Faults, depth: int = 3) -> None:
        self._sim, self._share, self._faults, self._left = sim, share, faults, depth

    def begin(self, process: object) -> None:
        self._faults.begin(process)

    def before(self, call: str) -> None:
        self._faults.before(call)
        self._others()

    def after(self, call: str) -> None:
        self._faults.after(call)
        self._others()

    def _others(self) -> None:
        if self._left and self._sim.chance.random() < self._share:
            self._left -= 1
            try:
                self._sim.work()
            finally:
                self._left += 1


class Watch:
    """Notes the calls that there are."""

    def __init__(self) -> None:
        self.calls: dict[str, None] = {}

    def begin(self, process: object) -> None: ...

    def before(self, call: str) -> None:
        self.calls[call] = None

    def after(self, call: str) -> None: ...
