"""What a world holds, so that two worlds compare equal when callers could not tell them apart."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from itertools import count
from typing import Any

import pytest

from carillon.domain.base import ids
from carillon.domain.tenancy import access
from tests.fakes import World

# How often somebody wrote, and what is no state of a tenant.
_UNTOLD = frozenset({"version", "joins", "digest", "updated_at", "last_online_at"})
_STORES = (
    "tenants",
    "api_keys",
    "applications",
    "event_types",
    "templates",
    "integrations",
    "contexts",
    "subscribers",
    "topics",
    "erasures",
    "subscriptions",
    "feeds",
    "senders",
    "identities",
)
_MADE = re.compile(r"\b(caller[AB])-\d+")
_SECRETS = frozenset({"key", "secret"})  # which nobody chose, among settings


class Callers:
    """Makes new ids of who asks for them, so that they are the same in any order of calls."""

    def __init__(self) -> None:
        self.now = ""
        self._count = count(1)

    @contextmanager
    def at_work(self, caller: str) -> Iterator[None]:
        before, self.now = self.now, caller
        try:
            yield
        finally:
            self.now = before

    @contextmanager
    def preparing(self) -> Iterator[None]:
        """Make the same ids each time."""
        self._count = count(1)
        with self.at_work("0"):
            yield

    def new(self) -> str:
        return f"caller{self.now}-{next(self._count):06}"

    def chance(self, length: int) -> str:
        return self.now.ljust(length, "x")

    def patch(self, patched: pytest.MonkeyPatch) -> None:
        patched.setattr(ids, "new", self.new)
        patched.setattr(ids, "suffixed", lambda name: f"{name}-caller{self.now}")
        patched.setattr(access, "_random", self.chance)


def of(world: World) -> Any:
    return {name: _plain(vars(getattr(world, name))) for name in _STORES}


def _plain(value: Any) -> Any:  # noqa: PLR0911  # one for each kind of value
    match value:
        case Enum():
            return str(value.value)
        case str():
            return _MADE.sub(r"\1", value)
        case datetime():
            return value.isoformat()
        case Mapping():
            pairs = [
                [_plain(key), "***" if key in _SECRETS else _plain(one)]
                for key, one in value.items()
            ]
            return sorted((pair for pair in pairs if pair[1]), key=repr)
        case set() | frozenset():
            return sorted(map(_plain, value), key=repr)
        case list() | tuple():
            return [_plain(one) for one in value]
        case _ if is_dataclass(value):
            told = (each.name for each in fields(value) if each.name not in _UNTOLD)
            return {name: _plain(getattr(value, name)) for name in told}
        case int() | float() | bool() | None:
            return value
        case _:
            return type(value).__name__  # another store
