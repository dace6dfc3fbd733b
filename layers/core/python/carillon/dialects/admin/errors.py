"""The admin API's error bodies: RFC 9457 problem details."""

from collections.abc import Mapping
from typing import Any

from carillon.dialects.admin.words import WORDS
from carillon.dialects.common import PlainDialect, http_headers, nearest
from carillon.dialects.dialect import Answer, Asked, Dialect
from carillon.domain.base.errors import (
    CarillonError,
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnknownPath,
)

_SCHEMES = {"bearer", "apikey"}

_STATUS: Mapping[type[CarillonError], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    UnknownPath: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    TooLarge: 413,
    Invalid: 422,
    RateLimited: 429,
    Unavailable: 503,
}
_TITLE = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class AdminDialect(PlainDialect):
    name = "admin"

    def credential(self, headers: Mapping[str, str]) -> str:
        scheme, _, key = headers.get("authorization", "").strip().partition(" ")
        if scheme.lower() not in _SCHEMES or not key.strip():
            raise Unauthenticated("Send an API key as `Authorization: Bearer <key>`")
        return key.strip()

    def error(self, error: CarillonError, asked: Asked) -> Answer:
        status = nearest(error, _STATUS, 500)
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": _TITLE[status],
            "status": status,
            "detail": _detail(error, status),
        }
        if isinstance(error, Invalid):
            # Without the value: it may be a secret.
            body["errors"] = [{"path": WORDS.path(p), "message": p.message} for p in error.problems]
        if status == 500:  # noqa: PLR2004 - the status is the word for it
            body["instance"] = asked.request_id
        headers = {"content-type": "application/problem+json", **http_headers(error, "Bearer")}
        return Answer(status=status, body=body, headers=headers)


def _detail(error: CarillonError, status: int) -> str:
    if isinstance(error, Invalid):
        count = error.count
        return "1 problem with the request" if count == 1 else f"{count} problems with the request"
    if status not in _STATUS.values():
        return "Something went wrong on our side. Quote `instance` when you report it."
    return WORDS.text(error)


dialect: Dialect = AdminDialect()
