"""Issue tokens to holders of keys."""

from datetime import timedelta

from carillon.domain.base import ids
from carillon.domain.base.errors import MissingScope
from carillon.domain.tenancy import tokens
from carillon.domain.tenancy.access import ApiKey, Scope, implied
from carillon.domain.tenancy.tokens import Token
from carillon.ports import Ports


def issue(
    key: ApiKey, *, lasting: timedelta, ports: Ports, scopes: frozenset[Scope] | None = None
) -> tuple[Token, str]:
    """Return a token for the scopes, by default all of the key's, and its text.

    Raise MissingScope for one that the key does not allow.
    """
    scopes = key.scopes if scopes is None else scopes
    if missing := sorted(scopes - implied(key.scopes)):
        raise MissingScope(missing[0])
    token = tokens.of_key(key, id=ids.new(), now=ports.clock.now(), lasting=lasting, scopes=scopes)
    return token, ports.tokens.sign(token)
