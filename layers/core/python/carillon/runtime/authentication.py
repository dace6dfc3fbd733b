"""Turn the credential that a request presents into a grant, and so into a tenant.

A key is looked up, and so is the key that a token was issued for. Either way the tenant must be
active. Keys and tenants are believed for 5 seconds, and absence never.
"""

import hmac
from dataclasses import replace

from carillon.domain.base.errors import (
    MissingScope,
    RateLimited,
    TokenExpired,
    Unauthenticated,
)
from carillon.domain.tenancy.access import ApiKey, Grant, Scope, parse_credential
from carillon.domain.tenancy.rate_limits import Category
from carillon.ports import Ports
from carillon.runtime import wiring
from carillon.runtime.call import Call
from carillon.telemetry import log_context
from carillon.usecases.tenancy import tenants

_WRONG_SECRET = 10  # calls for a token that a wrong secret counts as
_DOTS = 2  # between the parts of a JSON Web Token; a key has none


def authenticate(presented: str, ports: Ports, *, tokens: bool) -> Grant:
    """Return the grant of a key, or of a token if `tokens` are accepted.

    Raise Unauthenticated, or TokenExpired for a token of ours that is past its time.
    """
    if tokens and presented.count(".") == _DOTS:
        return _authenticate_token(presented, ports)
    return authenticate_key(presented, ports).grant


def authenticate_key(presented: str, ports: Ports) -> ApiKey:
    """Return the API key; raise Unauthenticated with one message, whatever is wrong with it."""
    credential = parse_credential(presented)
    key = ports.api_keys.find(credential.id) if credential else None
    if not credential or not key or not credential.opens(key):
        raise Unauthenticated("API Key not found")
    log_context.bind(tenant=key.tenant, key_id=key.id)  # proven, even if it is refused below
    if key.expired(ports.clock.now()):
        raise Unauthenticated("API Key not found")
    if not tenants.is_active(ports=ports.of(key.tenant)):
        raise Unauthenticated("API Key not found")
    return key


def authenticate_client(presented: str, call: Call) -> ApiKey:
    """Return the API key that asks for a token, and count the call against it.

    Raise RateLimited if it asks too often. A wrong secret costs its address as much as ten calls,
    and its owner nothing.
    """
    limits = wiring.limits()
    try:
        key = authenticate_key(presented, call.installation)
    except Unauthenticated:
        limits.fine(call.request.address, Category.TOKEN, _WRONG_SECRET)
        raise
    allowance = limits.draw(f"client {key.id}", Category.TOKEN, 1)
    if allowance and allowance.retry_after:
        raise RateLimited(allowance.retry_after)
    return key


def authenticate_operator(presented: str, ports: Ports) -> None:
    if not hmac.compare_digest(presented.encode(), ports.operator.key().encode()):
        raise Unauthenticated("API Key not found")
    log_context.bind(key_id="operator")


def authorize(grant: Grant, scope: Scope) -> None:
    if not grant.allows(scope):
        raise MissingScope(scope)


def _authenticate_token(presented: str, ports: Ports) -> Grant:
    token = ports.tokens.read(presented)
    log_context.bind(tenant=token.grant.tenant, key_id=token.grant.key)
    if token.expires_at <= ports.clock.now():
        raise TokenExpired("The token is expired")
    key = ports.api_keys.find(token.grant.key)
    if key is None or key.expired(ports.clock.now()):
        raise Unauthenticated("The token's key was revoked, or has expired")
    if not tenants.is_active(ports=ports.of(token.grant.tenant)):
        raise Unauthenticated("The token was not issued here")
    return replace(token.grant, expires_at=key.expires_at)
