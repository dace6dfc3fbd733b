"""Translate tenants between wire and domain, where they are contexts."""

from collections.abc import Mapping
from datetime import datetime

from carillon.dialects.common import path_id
from carillon.dialects.novu.schemas.tenants import (
    ChangeTenantRequest,
    CreateTenantRequest,
    TenantResponse,
)
from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.base.errors import Conflict
from carillon.domain.base.terms import Noun


def identifier_of(path: Mapping[str, str]) -> str:
    return path_id(path, Noun.CONTEXT, "identifier")


def to_context(body: CreateTenantRequest, now: datetime) -> Context:
    return Context(
        identifier=body.identifier, name=body.name, data=body.data, created_at=now, updated_at=now
    )


def to_changes(identifier: str, body: ChangeTenantRequest) -> ContextChanges:
    return ContextChanges(identifier=identifier, name=body.name, data=body.data)


def tenant(context: Context, *, tenant: str) -> TenantResponse:
    return TenantResponse(
        id=context.identifier,
        identifier=context.identifier,
        name=context.name,
        data=dict(context.data or {}),
        organization_id=tenant,
        environment_id=tenant,
        created_at=context.created_at,
        updated_at=context.updated_at,
    )


def taken(identifier: str, *, tenant: str) -> Conflict:
    where = f"already exists under environment {tenant}"
    return Conflict(f"Tenant with identifier: {identifier} {where}")
