"""Dispatches: deliveries to subscriptions' own endpoints, and the answers to them.

A delivery is called a dispatch where its receiver may answer it. An answer names the dispatch by
its id and proves itself by its secret.
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
_KEPT_OPEN = timedelta(hours=96)  # longer than any delivery is attempted
LATE = "The response deadline has passed"


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """One event at one endpoint. `answer_by` is the deadline; None where no answer is wanted.

    `input` is a test's; the input of a real event is its invocation's payload. `output` or `error`
    is the answer that completed it.
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
        """Whether an answer can still come; the deadline is for `as_of` to check."""
        return self.answer_by is not None and self.completed_at is None

    def completed(
        self, at: datetime, output: Mapping[str, Any] | None = None, error: str = ""
    ) -> "Dispatch":
        return replace(self, completed_at=at, output=output, error=error)

    def as_of(self, now: datetime) -> "Dispatch":
        """Return it as it is now: over if its deadline has passed, although nobody wrote so."""
        if self.waits and self.answer_by is not None and now > self.answer_by:
            return self.completed(self.answer_by, error=LATE)
        return self

    @property
    def kept_until(self) -> datetime:
        """Return when it is deleted: a success after a day, a failure after two."""
        if self.completed_at:
            return self.completed_at + (_KEPT_FAILED if self.error else _KEPT)
        return (self.answer_by or self.created_at) + _KEPT_OPEN


def id_of(delivery: str) -> str:
    """Return the id of a delivery's dispatch, the same however often it is attempted."""
    return _uuid(hashlib.sha256(f"dispatch\x1f{delivery}".encode()).digest())


def secret_of(key: str, id: str) -> str:
    """Return the secret that proves an answer to a dispatch; `key` is its endpoint's own."""
    return _uuid(hmac.digest(key.encode(), id.encode(), hashlib.sha256))


def _uuid(digest: bytes) -> str:
    return str(uuid.UUID(bytes=digest[:16], version=4))
