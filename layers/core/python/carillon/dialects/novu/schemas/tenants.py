"""Tenants on the wire, which are contexts here. Only the first generation has them.

Source: https://docs.novu.co/api-reference/tenants/create-tenant
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from carillon.dialects.novu.schemas.common import Listed, NewId, Wire

type Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class CreateTenantRequest(Wire):
    identifier: NewId
    name: Name
    data: dict[str, Any] | None = None


class ChangeTenantRequest(Wire):
    identifier: NewId | None = None
    name: Name | None = None
    data: dict[str, Any] | None = None


class TenantResponse(Wire):
    id: str = Field(alias="_id")
    identifier: str
    name: str
    data: dict[str, Any]
    organization_id: str = Field(alias="_organizationId")
    environment_id: str = Field(alias="_environmentId")
    created_at: datetime
    updated_at: datetime


class TenantsPage(Listed[TenantResponse]):
    page: int
    page_size: int
    has_more: bool
