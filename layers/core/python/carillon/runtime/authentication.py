"""From a credential to the key, and so to the tenant, that a request acts for."""

import hmac

from carillon.domain.access import ApiKey, Scope, parse_credential
from carillon.domain.errors import Forbidden, Unauthenticated
from carillon.ports import Ports
from carillon.usecases import manage_tenants


def authenticate(presented: str, ports: Ports) -> ApiKey:
    """The API key, or Unauthenticated in the same words whatever is wrong with it."""
    credential = parse_credential(presented)
    key = ports.api_keys.find(credential.id) if credential else None
    if not credential or not key or not credential.opens(key) or key.expired(ports.clock.now()):
        raise Unauthenticated("API Key not found")
    if not manage_tenants.is_active(key.tenant, ports=ports):
        raise Unauthenticated("API Key not found")
    return key


def authenticate_operator(presented: str, ports: Ports) -> None:
    if not hmac.compare_digest(presented.encode(), ports.operator.key().encode()):
        raise Unauthenticated("API Key not found")


def authorize(key: ApiKey, scope: Scope) -> None:
    if not key.allows(scope):
        raise Forbidden(f"The API key does not have the scope {scope}")
