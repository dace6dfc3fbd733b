"""The token endpoint: requests, answers and errors of OAuth 2.0 (RFC 6749).

Source: https://developer.sailpoint.com/docs/api/authentication and RFC 6749, section 5.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from carillon.dialects.common import PlainDialect, http_headers, nearest, plain
from carillon.dialects.dialect import Answer, Asked
from carillon.dialects.sailpoint.schemas.oauth import InfoResponse, TokenResponse
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import (
    CarillonError,
    Invalid,
    Malformed,
    MethodNotAllowed,
    MissingScope,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from carillon.domain.tenancy.access import ApiKey, Credential, Scope, Tenant, implied
from carillon.domain.tenancy.tokens import Token

# The official SDKs request one token at construction, and never renew it.
LASTING = timedelta(hours=12)

ALL = "sp:scopes:all"
_POD = "carillon"
_DEFAULT = "sp:scopes:default"
# "The minimum", as SailPoint calls it: what reads and shows no credential or person.
_LEAST = frozenset({Scope.SUBSCRIPTIONS_READ, Scope.INVOCATIONS_READ})
_KNOWN = {scope.value: scope for scope in Scope}


_CODES: Mapping[type[CarillonError], tuple[int, str]] = {
    MissingScope: (400, "invalid_scope"),
    Malformed: (400, "invalid_request"),
    TooLarge: (400, "invalid_request"),
    Unauthenticated: (401, "invalid_client"),
    MethodNotAllowed: (405, "invalid_request"),
    RateLimited: (429, "temporarily_unavailable"),
    Unavailable: (503, "temporarily_unavailable"),
}


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
        if isinstance(error, RateLimited):  # as all calls of SailPoint's say it, with its spaces
            body["message"] = " Rate Limit Exceeded "
        headers = {"cache-control": "no-store", **http_headers(error, "Basic")}
        return Answer(status=status, body=body, headers=headers)


def client(form: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """Return the API key of the client id and secret in the form, or in the Basic header.

    Raise Invalid for another grant. The key may be malformed.
    """
    grant = form.get("grant_type", "")
    if not grant:
        raise Invalid(WireProblem("grant_type", "is missing", kind="missing"))
    if grant.lower() != "client_credentials":
        raise Invalid(WireProblem("grant_type", "must be client_credentials", kind="choice"))
    id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if not id and not secret:
        id, secret = _basic(headers.get("authorization", ""))
    return str(Credential(id, secret))


def scopes(form: Mapping[str, str], key: ApiKey) -> frozenset[Scope] | None:
    """Return the requested scopes; None for all that the key has.

    Raise Invalid for an unknown scope, and for a default of which the key has nothing.
    """
    asked = form.get("scope", "").split()
    if not asked or ALL in asked:
        return None
    if unknown := [name for name in asked if name not in _KNOWN and name != _DEFAULT]:
        raise Invalid(WireProblem("scope", "is not known", unknown[0], "reference"))
    found = frozenset(_KNOWN[name] for name in asked if name != _DEFAULT)
    least = _LEAST & implied(key.scopes) if _DEFAULT in asked else frozenset()
    if not found | least:
        raise Invalid(WireProblem("scope", "has nothing that the key allows", kind="reference"))
    return found | least


def granted(token: Token, text: str) -> Answer[TokenResponse]:
    """Return the token's answer, which no cache may keep."""
    own = implied(token.grant.scopes)
    names = [ALL] if own == frozenset(Scope) else sorted(own)
    body = TokenResponse(
        access_token=text,
        expires_in=token.seconds,
        scope=" ".join(names),
        tenant_id=token.grant.tenant,
        pod=_POD,
        org=token.grant.tenant,
        identity_id=token.grant.key,
        user_name=token.grant.key,
        jti=token.id,
    )
    return Answer(status=200, body=plain(body), headers={"cache-control": "no-store"})


def info(base_url: str, tenant: Tenant | None) -> InfoResponse:
    """Return where tokens are issued."""
    return InfoResponse(
        tenant_id=tenant.id if tenant else None,
        tenant_name=tenant.name if tenant else None,
        token_endpoint=f"{base_url}/oauth/token",
        cloud_domain_url=base_url,
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
    if isinstance(error, Invalid):
        return 400, _invalid(error)
    return nearest(error, _CODES, (500, "server_error"))


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
