"""Tenants and API keys on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool

from carillon.dialects.admin.schemas.common import (
    Application,
    Environments,
    Name,
    Request,
    Response,
    Slug,
)
from carillon.domain.tenancy.access import DEFAULT_APPLICATION, KeyReach, Scope


class CreateTenantRequest(Request):
    id: Slug = Field(description="Chosen by the operator, and never changed")
    name: Name


class ChangeTenantRequest(Request):
    name: Name = ""
    active: StrictBool = Field(default=True, description="An inactive tenant's keys are refused")


class CreateKeyRequest(Request):
    name: Name
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    application: Application = Field(
        default=DEFAULT_APPLICATION, description="The namespace of the events the key triggers"
    )
    reach: KeyReach = Field(
        default=KeyReach.APPLICATION,
        description="How far it goes where a URL names the application",
    )
    environments: Environments = ()
    expires_at: AwareDatetime | None = None


class TenantResponse(Response):
    id: str
    name: str
    active: bool
    created_at: datetime
    deleting_since: datetime | None = Field(
        description="When its deletion began, which nothing stops; it is gone once this is a 404"
    )


class KeyResponse(Response):
    id: str
    name: str
    scopes: list[Scope]
    application: str
    reach: KeyReach
    environments: list[str]
    created_at: datetime
    expires_at: datetime | None


class IssuedKeyResponse(KeyResponse):
    secret: str = Field(description="Shown only here; it is not stored")
    api_key: str = Field(description="Id and secret in one; shown only here")


class CreatedTenantResponse(TenantResponse):
    key: IssuedKeyResponse = Field(description="The tenant's first key, with every scope")
