"""Translate a tenant to Novu's environment."""

from carillon.dialects.novu.schemas.environments import (
    EnvironmentResponse,
    NotificationGroupResponse,
)
from carillon.domain.tenancy.access import Tenant


def environment(tenant: Tenant) -> EnvironmentResponse:
    return EnvironmentResponse(
        id=tenant.id,
        organization_id=tenant.id,
        name=tenant.name,
        identifier=tenant.id,
        slug=tenant.id,
        created_at=tenant.created_at,
    )


def group(tenant: str) -> NotificationGroupResponse:
    return NotificationGroupResponse(id=tenant, environment_id=tenant, organization_id=tenant)
