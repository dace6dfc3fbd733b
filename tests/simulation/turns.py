"""Two calls at the same time: the second one happens at a chosen port call of the first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import World
from tests.simulation.faults import faulty

# Methods of stores that write; the moments at which another call can spoil what was decided.
WRITES = frozenset(
    {
        "add",
        "add_members",
        "begin",
        "bury",
        "cancel",
        "claim",
        "joined",
        "remove",
        "remove_members",
        "rename",
        "save",
        "send_deletion",
        "send_erasure",
        "set_mail_from",
        "switch",
        "update",
    }
)


# What a write of the first writes, too.
_WITH = {"event_types": {"templates"}, "subscriptions": {"integrations"}}


@dataclass(frozen=True)
class Moment:
    """Before or after a call's n-th write."""

    write: int
    after: bool = False


@dataclass
class Turns:
    """Faults that are none: at the moment, somebody else has a turn, who is not interrupted."""

    moment: Moment | None = None
    meanwhile: Callable[[], None] = lambda: None
    writes: list[str] = field(default_factory=list)  # of the call that can be interrupted
    touched: set[str] = field(default_factory=set)  # stores that it read or wrote
    _busy: bool = False

    @property
    def written(self) -> set[str]:
        """The stores that it wrote, and those that are written with them."""
        stores = {call.partition(".")[0] for call in self.writes}
        return stores.union(*(_WITH.get(store, ()) for store in stores))

    def begin(self, process: object) -> None: ...

    def before(self, call: str) -> None:
        if self._busy:
            return
        self.touched.add(call.partition(".")[0])
        if is_write(call):
            self.writes.append(call)
            self._give(Moment(len(self.writes)))

    def after(self, call: str) -> None:
        if not self._busy and is_write(call):
            self._give(Moment(len(self.writes), after=True))

    def _give(self, moment: Moment) -> None:
        if moment == self.moment:
            self._busy = True
            self.meanwhile()
            self._busy = False


def is_write(call: str) -> bool:
    return call.partition(".")[2] in WRITES


def over(world: World, turns: Turns) -> Any:
    """The same world, whose callers give others their turn."""
    return faulty(world, turns)
