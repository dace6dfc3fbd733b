"""Issue tokens to holders of keys."""

from datetime import timedelta

from carillon.domain.base import ids
from carillon.domain.tenancy import tokens
from carillon.domain.tenancy.access import ApiKey, Scope
from carillon.domain.tenancy.tokens import Token
from carillon.ports import Ports


def issue(
    key: ApiKey, *, lasting: timedelta, ports: Ports, scopes: frozenset[Scope] = frozenset(Scope)
) -> tuple[Token, str]:
    """Return a token for the requested scopes that the key has, and its text."""
    token = tokens.of_key(key, id=ids.new(), now=ports.clock.now(), lasting=lasting, scopes=scopes)
    return token, ports.tokens.sign(token)
