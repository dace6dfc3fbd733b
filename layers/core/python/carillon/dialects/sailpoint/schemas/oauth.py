"""Tokens, and the endpoints that issue them, on the wire.

Source: https://developer.sailpoint.com/docs/api/authentication and RFC 6749, section 5.1.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from carillon.dialects.sailpoint.schemas.common import Wire


class TokenResponse(BaseModel):
    model_config = ConfigDict(frozen=True)

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a type, not a token
    expires_in: int
    scope: str
    tenant_id: str
    pod: str
    org: str
    identity_id: str
    user_name: str
    jti: str


class InfoResponse(Wire):
    """The tenant is null for a caller without a credential. There is no page to log in or out."""

    tenant_id: str | None
    tenant_name: str | None
    token_endpoint: str
    cloud_domain_url: str
    pod: str
