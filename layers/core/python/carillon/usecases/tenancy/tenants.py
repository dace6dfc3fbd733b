"""Create and change tenants, for the operator of an installation."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from carillon.domain.base.errors import Conflict, NotFound
from carillon.domain.base.turns import in_turn
from carillon.domain.tenancy.access import KeyReach, Scope, Tenant
from carillon.ports import Ports, TenantPorts
from carillon.usecases.tenancy import announce, keys
from carillon.usecases.tenancy.keys import Issued

FIRST_KEY = "First key"


def create(
    id: str,
    name: str,
    *,
    senders: tuple[str, ...] = (),
    sms_parts: int | None = None,
    ports: Ports,
) -> tuple[Tenant, Issued]:
    """Create a tenant and its first key, which has every scope.

    Raise Conflict if the id is taken.
    """
    tenant = Tenant(
        id=id,
        name=name,
        created_at=ports.clock.now(),
        senders=senders,
        sms_parts=sms_parts,
    )
    ports.tenants.add(tenant)
    own = ports.of(id)
    announce.declare(ports=own)
    issued = keys.issue(FIRST_KEY, frozenset(Scope), ports=own, reach=KeyReach.ORGANIZATION)
    return tenant, issued


def change(id: str, changes: Mapping[str, Any], *, ports: Ports) -> Tenant:
    """Change a tenant; raise Conflict when it is being deleted."""

    def attempt() -> Tenant:
        tenant = existing(id, ports=ports)
        if replace(tenant, **changes) == tenant:
            return tenant
        changed = replace(tenant, **changes, version=tenant.version + 1)
        ports.tenants.save(changed)
        return changed

    return in_turn(attempt, ports.clock.pause)


def existing(id: str, *, ports: Ports) -> Tenant:
    """Return a tenant; raise Conflict when it is being deleted, NotFound for an unknown one."""
    tenant = ports.tenants.get(id)
    if tenant.deleting_since:
        raise Conflict(f"Tenant {id!r} is being deleted")
    return tenant


def is_gone(*, ports: TenantPorts) -> bool:
    """Return whether the tenant is deleted or being deleted, so that nothing may be written."""
    try:
        return ports.record.get().deleting_since is not None
    except NotFound:
        return True


def is_active(*, ports: TenantPorts) -> bool:
    """Return whether the tenant exists and is not switched off."""
    try:
        return ports.record.get().active
    except NotFound:
        return False
