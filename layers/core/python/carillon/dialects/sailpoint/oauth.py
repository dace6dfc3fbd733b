"""The token endpoint: requests, answers and errors of OAuth 2.0 (RFC 6749).

Source: https://developer.sailpoint.com/docs/api/authentication and RFC 6749, section 5.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from carillon.dialects.common import PlainDialect, http_headers, plain
from carillon.dialects.dialect import Answer, Asked
from carillon.dialects.sailpoint.schemas.oauth import InfoResponse, TokenResponse
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import (
    CarillonError,
    Invalid,
    Malformed,
    MethodNotAllowed,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from carillon.domain.tenancy.access import Scope, Tenant, credential
from carillon.domain.tenancy.tokens import Token

# The official SDKs request one token at construction, and never renew it.
LASTING = timedelta(hours=12)

ALL = "sp:scopes:all"
_POD = "carillon"
_DEFAULT = "sp:scopes:default"
# SailPoint's scopes for each of ours.
_SCOPES: Mapping[Scope, tuple[str, ...]] = {
    Scope.ADMIN: (
        "idn:notification-preferences:read",
        "idn:notification-preferences:update",
        "idn:notification-template-defaults:read",
        "idn:notification-templates:create",
        "idn:notification-templates:delete",
        "idn:notification-templates:read",
        "sp:trigger-service-subscriptions:manage",
    ),
    Scope.EVENT_TRIGGER: ("sp:trigger-service-invocation-status:manage",),
    Scope.EVENT_LIST: ("sp:trigger-service-subscriptions:read",),
    Scope.ACTIVITY: ("sp:trigger-service-invocation-status:read",),
}
_LEAST = frozenset({Scope.EVENT_LIST, Scope.ACTIVITY})


class OAuthDialect(PlainDialect):
    """The token endpoint's dialect: no bearer token, and OAuth's error bodies."""

    name = "sailpoint"

    def credential(self, headers: Mapping[str, str]) -> str:  # noqa: ARG002 - the interface's
        raise Unauthenticated("Send client_id and client_secret")

    def encode(self, result: Any) -> Any:
        return plain(result, exclude_none=True)

    def error(self, error: CarillonError, asked: Asked) -> Answer:
        status, code = _classified(error)
        body = {
            "error": code,
            "error_description": _description(error, status),
            "trackingId": asked.tracking_id,
        }
        headers = {"cache-control": "no-store", **http_headers(error, "Basic")}
        return Answer(status=status, body=body, headers=headers)


def client(form: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """Return the API key of the client id and secret in the form, or in the Basic header.

    Raise Invalid for another grant, Unauthenticated for a malformed key.
    """
    grant = form.get("grant_type", "")
    if not grant:
        raise Invalid(WireProblem("grant_type", "is missing", kind="missing"))
    if grant.lower() != "client_credentials":
        raise Invalid(WireProblem("grant_type", "must be client_credentials", kind="choice"))
    id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if not id and not secret:
        id, secret = _basic(headers.get("authorization", ""))
    found = credential(id, secret)
    if found is None:
        raise Unauthenticated("Unknown client")
    return str(found)


def scopes(form: Mapping[str, str]) -> frozenset[Scope]:
    """Return the requested scopes, by default all; raise Invalid for an unknown one."""
    asked = form.get("scope", "").split()
    if not asked or ALL in asked:
        return frozenset(Scope)
    known = {name: scope for scope, names in _SCOPES.items() for name in names}
    found = set[Scope]()
    for name in asked:
        if name == _DEFAULT:
            found |= _LEAST
        elif name in known:
            found.add(known[name])
        else:
            raise Invalid(WireProblem("scope", "is not known", name, "reference"))
    return frozenset(found)


def granted(token: Token, text: str) -> Answer[TokenResponse]:
    """Return the token's answer, which no cache may keep."""
    own = token.grant.scopes
    names = [ALL] if own == frozenset(Scope) else [n for s in own for n in _SCOPES.get(s, ())]
    body = TokenResponse(
        access_token=text,
        expires_in=token.seconds,
        scope=" ".join(sorted(names)),
        tenant_id=token.grant.tenant,
        pod=_POD,
        org=token.grant.tenant,
        identity_id=token.grant.key,
        user_name=token.grant.key,
        jti=token.id,
    )
    return Answer(status=200, body=plain(body), headers={"cache-control": "no-store"})


def info(base_url: str, tenant: Tenant | None) -> InfoResponse:
    """Return where tokens are issued. There is no login page behind the URLs for browsers."""
    return InfoResponse(
        tenant_id=tenant.id if tenant else None,
        tenant_name=tenant.name if tenant else None,
        authorize_endpoint=f"{base_url}/oauth/authorize",
        token_endpoint=f"{base_url}/oauth/token",
        cloud_domain_url=base_url,
        logout_url=f"{base_url}/logout",
        pod=_POD,
    )


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        return "", ""
    return id, secret


def _classified(error: CarillonError) -> tuple[int, str]:
    match error:
        case Invalid():
            return 400, _invalid(error)
        case Malformed() | TooLarge():
            return 400, "invalid_request"
        case Unauthenticated():
            return 401, "invalid_client"
        case MethodNotAllowed():
            return 405, "invalid_request"
        case Unavailable():
            return 503, "temporarily_unavailable"
        case _:
            return 500, "server_error"


def _invalid(error: Invalid) -> str:
    match error.problems:
        case [WireProblem(path="grant_type", kind="choice")]:
            return "unsupported_grant_type"
        case [WireProblem(path="scope", kind="reference")]:
            return "invalid_scope"
        case _:
            return "invalid_request"


def _description(error: CarillonError, status: int) -> str:
    match error:
        case Unauthenticated():
            return "Bad client credentials"
        case _ if status == 500:  # noqa: PLR2004 - a status
            return "An internal fault occurred."
        case _:
            return str(error)
