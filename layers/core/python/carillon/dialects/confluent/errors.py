"""Confluent's credentials, headers and error bodies.

Clients print `errors[0].detail`, so every error has one. The Terraform provider takes a 403 for a
resource that is gone and drops it from its state, unless the body says `invalid API key`.
Source: https://docs.confluent.io/cloud/current/api.html
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from carillon.dialects.common import PlainDialect, http_headers, nearest, plain
from carillon.dialects.confluent.words import WORDS
from carillon.dialects.dialect import Admitted, Answer, Asked, Dialect
from carillon.domain.base.errors import (
    BadHeader,
    CarillonError,
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    MethodNotAllowed,
    Needed,
    NotFound,
    QueryInvalid,
    QuotaExceeded,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Undelivered,
    UnknownPath,
)
from carillon.domain.base.problems import Problem
from carillon.domain.tenancy import access

_CHALLENGE = 'Basic error="invalid_key", error_description="The API Key is invalid"'
_UNKNOWN = "Valid authentication credentials must be provided"
_OURS = "Something went wrong on our side. Quote the id of this error when you report it."

_NO_RESOURCES = "not served, as there are no clusters or connectors here to tell events by"
# Collections of Confluent's own, each with the reason that a caller is told.
_UNSERVED = {
    "resource-preferences": _NO_RESOURCES,
    "resource-subscriptions": _NO_RESOURCES,
    "user-notifications": "not served, as a key has no user: a subscriber's feed is in Novu's API",
}

_WRONG_REQUEST = 400
_WRONG_MEANING = 422
_UNEXPECTED = 500, "internal_error", "Internal Server Error"
# Status, code and title.
_ERRORS: Mapping[type[CarillonError], tuple[int, str, str]] = {
    Malformed: (_WRONG_REQUEST, "invalid_request", "Bad Request"),
    BadHeader: (_WRONG_REQUEST, "invalid_request", "Bad Request"),
    QueryInvalid: (_WRONG_REQUEST, "invalid_filter", "Invalid Filter"),
    Undelivered: (_WRONG_REQUEST, "target_failed", "Target Failed"),
    Unauthenticated: (401, "user_unauthenticated", "Authentication Required"),
    QuotaExceeded: (402, "quota_exceeded", "Quota Exceeded"),
    Forbidden: (403, "user_unauthorized", "User Access Unauthorized"),
    NotFound: (404, "", "Not Found"),
    UnknownPath: (404, "", "Not Found"),
    MethodNotAllowed: (405, "method_not_allowed", "Method Not Allowed"),
    Needed: (409, "resource_in_use", "Resource In Use"),
    Conflict: (409, "resource_already_exists", "Resource Already Exists"),
    TooLarge: (413, "request_too_large", "Request Too Large"),
    Invalid: (_WRONG_MEANING, "invalid_configuration", "Invalid Configuration"),
    Unavailable: (503, "service_unavailable", "Service Unavailable"),
}


class ConfluentDialect(PlainDialect):
    """`invalid` is the status for a body that breaks the schema or makes no sense."""

    name = "confluent"
    takes_tokens = True

    def __init__(self, invalid: int = _WRONG_MEANING) -> None:
        self._invalid = invalid

    def credential(self, headers: Mapping[str, str]) -> str:
        """Take HTTP Basic with a key's id and secret, or a bearer token."""
        scheme, _, given = headers.get("authorization", "").strip().partition(" ")
        match scheme.lower():
            case "basic":
                return _basic(given.strip())
            case "bearer" if given.strip():
                return given.strip()
        raise Unauthenticated(_UNKNOWN)

    def encode(self, result: Any) -> Any:
        return plain(result, exclude_none=True)

    def headers(self, admitted: Admitted) -> Mapping[str, str]:
        headers = {"x-request-id": admitted.request_id}
        if allowance := admitted.allowance:
            quota = allowance.limit.quota
            headers["x-ratelimit-limit"] = str(quota)
            headers["x-ratelimit-remaining"] = str(min(allowance.remaining, quota))
            headers["x-ratelimit-reset"] = str(allowance.reset)
        return headers

    def error(self, error: CarillonError, asked: Asked) -> Answer:
        headers = {"x-request-id": asked.request_id, **_headers(error, asked)}
        if isinstance(error, RateLimited):
            headers["x-ratelimit-reset"] = str(error.retry_after)
            return Answer(status=429, headers=headers)
        status, code, title = self._classified(error)
        common = {"status": str(status), **({"code": code} if code else {}), "title": title}
        errors = [
            {"id": asked.request_id + (f"-{number}" if number else ""), **common, **details}
            for number, details in enumerate(_details(error, status))
        ]
        return Answer(status=status, body={"errors": errors}, headers=headers)

    def _classified(self, error: CarillonError) -> tuple[int, str, str]:
        status, code, title = nearest(error, _ERRORS, _UNEXPECTED)
        return self._invalid if status == _WRONG_MEANING else status, code, title


def _basic(given: str) -> str:
    try:
        id, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise Unauthenticated(_UNKNOWN) from None
    credential = access.credential(id, secret)
    if credential is None:
        raise Unauthenticated(_UNKNOWN)
    return str(credential)


def _details(error: CarillonError, status: int) -> Sequence[Mapping[str, Any]]:
    if isinstance(error, Invalid):
        return [_problem(error, problem) for problem in error.problems]
    return [{"detail": _detail(error, status)}]


def _detail(error: CarillonError, status: int) -> str:
    match error:
        case Unauthenticated():
            return _UNKNOWN
        case Forbidden() if not isinstance(error, QuotaExceeded):
            return f"invalid API key for this call: {error}"
        case _ if status == _UNEXPECTED[0]:
            return _OURS
        case UnknownPath() if why := _unserved(str(error)):
            return f"{error}: {why}"
        case _:
            return WORDS.text(error)


def _unserved(refused: str) -> str:
    """Return why a path of Confluent's is not served; empty for one that it does not have."""
    return next(
        (why for name, why in _UNSERVED.items() if f"/notifications/v1/{name}" in refused), ""
    )


def _problem(error: Invalid, problem: Problem) -> Mapping[str, Any]:
    path = WORDS.path(problem)
    if path == "body":
        return {"detail": f"The body {problem.message}"}
    named = "" if isinstance(error, Undelivered) else f"{path}: "
    return {"detail": named + problem.message, "source": _source(error, path)}


def _source(error: Invalid, path: str) -> Mapping[str, str]:
    if isinstance(error, QueryInvalid | BadHeader):
        return {"parameter": path}
    return {"pointer": f"/{path.replace('.', '/')}"}


def _headers(error: CarillonError, asked: Asked) -> Mapping[str, str]:
    match error:
        case Conflict() if error.existing:
            return {"location": f"{asked.base_url}{asked.path}/{error.existing}"}
        case _:
            return http_headers(error, _CHALLENGE)


dialect: Dialect = ConfluentDialect()
# The published contract of a test has no 422.
testing: Dialect = ConfluentDialect(invalid=_WRONG_REQUEST)
