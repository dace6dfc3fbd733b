"""Tokens: signed proofs of what a key may do, for clients that expect OAuth.

A token ends with its key: the key is looked up with each call (runtime/authentication.py), and
believed for 5 seconds. A token never outlives its key's own expiry.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from carillon.domain.tenancy.access import ApiKey, Grant, Scope


@dataclass(frozen=True, kw_only=True)
class Token:
    id: str
    grant: Grant
    issued_at: datetime
    expires_at: datetime

    @property
    def seconds(self) -> int:
        return int((self.expires_at - self.issued_at).total_seconds())


def of_key(
    key: ApiKey, *, id: str, now: datetime, lasting: timedelta, scopes: frozenset[Scope]
) -> Token:
    """A token of the key for those of its scopes."""
    until = now + lasting
    return Token(
        id=id,
        grant=replace(key.grant, scopes=key.scopes & scopes),
        issued_at=now,
        expires_at=min(until, key.expires_at) if key.expires_at else until,
    )
