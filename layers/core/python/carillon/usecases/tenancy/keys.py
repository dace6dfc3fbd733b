"""Issue the API keys of a tenant."""

from dataclasses import dataclass
from datetime import datetime

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.tenancy.access import (
    DEFAULT_APPLICATION,
    ApiKey,
    Credential,
    KeyReach,
    Scope,
    new_credential,
)
from carillon.ports import TenantPorts


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
) -> Issued:
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
    ports.api_keys.add(key)
    return Issued(key, credential)
