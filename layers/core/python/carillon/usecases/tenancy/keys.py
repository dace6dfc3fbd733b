"""Issue and revoke the API keys of a tenant; no key may do so beyond its own rights."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from carillon.domain.base.errors import Forbidden, Invalid, QuotaExceeded
from carillon.domain.base.guards import Guarded
from carillon.domain.base.paging import every
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.base.turns import in_turn
from carillon.domain.tenancy.access import (
    DEFAULT_APPLICATION,
    ApiKey,
    Credential,
    Grant,
    KeyReach,
    Scope,
    new_credential,
)
from carillon.ports import Ports, TenantPorts


@dataclass(frozen=True)
class Issued:
    """A new key with the only copy of its secret."""

    key: ApiKey
    credential: Credential


def issue(
    name: str,
    scopes: frozenset[Scope],
    *,
    ports: TenantPorts,
    application: str = DEFAULT_APPLICATION,
    reach: KeyReach = KeyReach.APPLICATION,
    environments: tuple[str, ...] = (),
    expires_at: datetime | None = None,
    issuer: Grant | None = None,
) -> Issued:
    """Create a key; raise Forbidden for one with more rights, or a longer life, than its issuer.

    Without an issuer it is the operator's.
    """
    now = ports.clock.now()
    if expires_at is not None and expires_at <= now:
        raise Invalid(FieldProblem(FieldName.EXPIRES_AT, "must be in the future"))
    credential = new_credential()
    key = ApiKey(
        id=credential.id,
        tenant=ports.tenant,
        name=name,
        digest=credential.digest,
        scopes=scopes,
        created_at=now,
        application=application,
        reach=reach,
        environments=environments,
        expires_at=expires_at,
    )
    if issuer is None:
        ports.api_keys.add(key)
    else:
        _check_within(issuer, key)
        in_turn(partial(_add_where_room, key, ports), ports.clock.pause)
    return Issued(key, credential)


def revoke(id: str, *, revoker: Grant, installation: Ports) -> None:
    """Revoke a key; raise Forbidden for one with more rights than the key that asks."""
    key = installation.api_keys.find(id)
    if key is not None and key.tenant == revoker.tenant and (right := revoker.lacks(key)):
        raise Forbidden(f"This API key cannot revoke a key with {right}, which it does not have")
    installation.of(revoker.tenant).api_keys.remove(id)


def _add_where_room(key: ApiKey, ports: TenantPorts) -> None:
    seen = ports.guards.see(Guarded.KEYS)
    most = ports.quotas.keys
    if sum(1 for _ in every(ports.api_keys.list)) >= most:
        raise QuotaExceeded(f"The quota of {most} API keys is used up")
    ports.api_keys.add(key, seen=seen)


def _check_within(issuer: Grant, key: ApiKey) -> None:
    if right := issuer.lacks(key):
        raise Forbidden(f"This API key cannot issue a key with {right}, which it does not have")
    if issuer.expires_at and (key.expires_at is None or key.expires_at > issuer.expires_at):
        until = issuer.expires_at.isoformat()
        raise Forbidden(f"This API key cannot issue a key that lasts longer than itself ({until})")
