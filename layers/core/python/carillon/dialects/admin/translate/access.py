"""Translate tenants and API keys between wire and domain."""

from carillon.dialects.admin.schemas.access import (
    CreatedTenantResponse,
    IssuedKeyResponse,
    KeyResponse,
    TenantResponse,
)
from carillon.domain.tenancy.access import ApiKey, Tenant
from carillon.usecases.tenancy.keys import Issued


def tenant(tenant: Tenant) -> TenantResponse:
    return TenantResponse(
        id=tenant.id,
        name=tenant.name,
        active=tenant.active,
        senders=list(tenant.senders),
        sms_parts=tenant.sms_parts,
        created_at=tenant.created_at,
        deleting_since=tenant.deleting_since,
    )


def created_tenant(made: Tenant, issued: Issued) -> CreatedTenantResponse:
    return CreatedTenantResponse(**tenant(made).model_dump(), key=issued_key(issued))


def key(key: ApiKey) -> KeyResponse:
    return KeyResponse(
        id=key.id,
        name=key.name,
        scopes=sorted(key.scopes),
        application=key.application,
        reach=key.reach,
        environments=list(key.environments),
        created_at=key.created_at,
        expires_at=key.expires_at,
    )


def issued_key(issued: Issued) -> IssuedKeyResponse:
    return IssuedKeyResponse(
        **key(issued.key).model_dump(),
        secret=issued.credential.secret,
        api_key=str(issued.credential),
    )
