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

# A domain, an address, a name or number of SMS, or `*`.
type SenderGrant = Annotated[
    str, Field(max_length=254, pattern=r"^(\*|[A-Za-z0-9+_-][A-Za-z0-9._%+@-]*)$")
]
type SenderGrants = Annotated[
    tuple[SenderGrant, ...],
    Field(
        max_length=100,
        description="Mail domains and addresses, SMS names and numbers of the installation's "
        "account that the tenant may send as; `*` is all of them",
    ),
]


type SmsParts = Annotated[
    int | None,
    Field(
        ge=0,
        le=1_000_000_000,
        strict=True,
        description="Parts of SMS that the tenant may send in a month by the installation's "
        "account; null is the stack's `SmsPartsPerMonth`",
    ),
]


class CreateTenantRequest(Request):
    id: Slug = Field(description="Chosen by the operator; cannot be changed")
    name: Name
    senders: SenderGrants = ()
    sms_parts: SmsParts = None


class ChangeTenantRequest(Request):
    name: Name = ""
    active: StrictBool = Field(default=True, description="An inactive tenant's keys are refused")
    senders: SenderGrants = ()
    sms_parts: SmsParts = None


class CreateKeyRequest(Request):
    name: Name
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    application: Application = Field(
        default=DEFAULT_APPLICATION, description="The namespace of the events the key triggers"
    )
    reach: KeyReach = Field(
        default=KeyReach.APPLICATION,
        description="What the key may name in a URL that names an application",
    )
    environments: Environments = ()
    expires_at: AwareDatetime | None = None


class TenantResponse(Response):
    id: str
    name: str
    active: bool
    senders: list[str]
    sms_parts: int | None
    created_at: datetime
    deleting_since: datetime | None = Field(
        description="When its deletion began; it cannot be stopped, and ends in a 404 here"
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
    secret: str = Field(description="Shown only here, and not stored")
    api_key: str = Field(description="Id and secret as one text; shown only here")


class CreatedTenantResponse(TenantResponse):
    key: IssuedKeyResponse = Field(description="The tenant's first key, with every scope")
