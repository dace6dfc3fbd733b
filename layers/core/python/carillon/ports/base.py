"""Ports of every capability."""

from datetime import datetime
from typing import Protocol

from carillon.domain.base.guards import Guarded, Seen


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the time in UTC."""

    def pause(self, seconds: float) -> None: ...


class Guards(Protocol):
    def see(self, guarded: Guarded) -> Seen:
        """Return a set's guard, to be read before the set.

        A write that is given what was seen moves the guard, and raises Changed, with nothing
        written, if another has moved it since.
        """
