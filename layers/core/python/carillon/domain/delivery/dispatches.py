"""Dispatches: one event brought to one subscription's own endpoint, and what was answered.

A dispatch is what a delivery is called where its subscriber may answer it: it has an id that an
answer names, and a secret that an answer proves itself with.
"""

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from carillon.domain.tenancy.access import DEFAULT_APPLICATION

_KEPT = timedelta(hours=24)
_KEPT_FAILED = timedelta(hours=48)
_KEPT_OPEN = timedelta(hours=96)  # longer than anything is tried
LATE = "The response deadline has passed"


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """`answer_by` is until when an answer is taken; None where none is wanted.

    The input of a test is here, that of a real event is its invocation's. `output` and `error`
    are what it was completed with.
    """

    id: str
    tenant: str
    event: str
    subscription: str
    subscription_name: str
    integration: str
    created_at: datetime
    application: str = DEFAULT_APPLICATION
    test: bool = False
    invocation: str = ""
    input: Mapping[str, Any] | None = None
    content: Mapping[str, Any] | None = None  # the caller's own, of a test
    answer_by: datetime | None = None
    completed_at: datetime | None = None
    output: Mapping[str, Any] | None = None
    error: str = ""

    @property
    def waits(self) -> bool:
        """Whether an answer to it can still come, for all that is written of it."""
        return self.answer_by is not None and self.completed_at is None

    def completed(
        self, at: datetime, output: Mapping[str, Any] | None = None, error: str = ""
    ) -> "Dispatch":
        return replace(self, completed_at=at, output=output, error=error)

    def as_of(self, now: datetime) -> "Dispatch":
        """As it is now: what has not been answered in time is over, though nobody wrote so."""
        if self.waits and self.answer_by is not None and now > self.answer_by:
            return self.completed(self.answer_by, error=LATE)
        return self

    @property
    def kept_until(self) -> datetime:
        """When it is forgotten: a success after a day, a failure after two."""
        if self.completed_at:
            return self.completed_at + (_KEPT_FAILED if self.error else _KEPT)
        return (self.answer_by or self.created_at) + _KEPT_OPEN


def id_of(delivery: str) -> str:
    """The dispatch that a delivery is, the same however often it is attempted."""
    return _uuid(hashlib.sha256(f"dispatch\x1f{delivery}".encode()).digest())


def secret_of(key: str, id: str) -> str:
    """What proves an answer to a dispatch; `key` is its endpoint's own."""
    return _uuid(hmac.digest(key.encode(), id.encode(), hashlib.sha256))


def _uuid(digest: bytes) -> str:
    return str(uuid.UUID(bytes=digest[:16], version=4))
