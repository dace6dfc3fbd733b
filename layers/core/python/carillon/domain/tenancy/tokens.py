"""Tokens: signed grants of a key, for clients that expect OAuth.

A token is valid no longer than its key: each call looks the key up (runtime/authentication.py,
which remembers it for 5 seconds), and the token expires when the key does.
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
    """Return a token of the key with these scopes, which the key allows."""
    until = now + lasting
    return Token(
        id=id,
        grant=replace(key.grant, scopes=scopes),
        issued_at=now,
        expires_at=min(until, key.expires_at) if key.expires_at else until,
    )
