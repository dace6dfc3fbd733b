"""In memory: guards of sets, and the versions of what is stored."""

from typing import Protocol

from carillon.domain.base.errors import Changed
from carillon.domain.base.guards import Guarded, Seen


class Guards:
    def __init__(self) -> None:
        self._moves: dict[tuple[str, Guarded], int] = {}

    def see(self, tenant: str, guarded: Guarded) -> Seen:
        return Seen(guarded, str(self._moves.get((tenant, guarded), "")))

    def check(self, tenant: str, *seen: Seen | None) -> None:
        for each in seen:
            if each and each != self.see(tenant, each.guarded):
                raise Changed(f"The set of {each.guarded}")

    def move(self, tenant: str, *seen: Seen | None) -> None:
        for each in seen:
            if each:
                place = (tenant, each.guarded)
                self._moves[place] = self._moves.get(place, 0) + 1


class Versioned(Protocol):
    @property
    def version(self) -> int: ...


def check_follows(version: int, stored: Versioned | None, what: str) -> None:
    """Raise Changed unless the version is the one after the stored; version 1 follows nothing."""
    if version - 1 != (stored.version if stored else 0):
        raise Changed(what)
