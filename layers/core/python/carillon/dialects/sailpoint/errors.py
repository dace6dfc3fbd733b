"""SailPoint's credential, versions and error bodies.

The official SDKs parse 400, 403 and 500 as a body with a code and localized texts, 401 as
`{error}` and 429 as `{message}`. `causes` holds the specific reasons.
Source: https://developer.sailpoint.com/docs/api/beta/send-test-notification and
https://developer.sailpoint.com/docs/api/standard-collection-parameters
"""

import re
from collections.abc import Mapping, Sequence

from carillon.dialects.common import PlainDialect, http_headers, nearest
from carillon.dialects.dialect import Answer, Asked
from carillon.dialects.sailpoint.words import WORDS
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import (
    CarillonError,
    Conflict,
    Forbidden,
    Inactive,
    Invalid,
    Locked,
    Malformed,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    TokenExpired,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnknownPath,
)

VERSIONS = frozenset({"beta", "v2024", "v2025", "v2026", "latest"})
_EXPERIMENTAL = frozenset({"v2024", "v2025"})  # versions in which these APIs are experimental
_EXPERIMENTAL_HEADER = "x-sailpoint-experimental"

_LOCALE = "en-US"  # of all texts
_SEMANTIC = "The request was syntactically correct but its content is semantically invalid."

_BAD = "400.1 Bad Request Content"
_CODES: Mapping[str, str] = {  # by the kind of a problem
    "missing": "400.1.0 Required data missing or empty",
    "choice": "400.1.3 Illegal value",
    "limit": "400.1.4 Limit violation",
    "reference": "400.1.404 Referenced object not found",
}
_CONFLICT = "400.1.409 Reference conflict"

_NOT_FOUND = (
    404,
    "404 Not found",
    "The server did not find a current representation for the target resource.",
)
_OTHERS: Mapping[type[CarillonError], tuple[int, str, str]] = {
    Forbidden: (
        403,
        "403 Forbidden",
        "The server understood the request but refuses to authorize it.",
    ),
    NotFound: _NOT_FOUND,
    UnknownPath: _NOT_FOUND,
    MethodNotAllowed: (
        405,
        "405 Method not allowed",
        "The target resource does not support the method.",
    ),
    Unavailable: (
        503,
        "503 Service unavailable",
        "The server cannot take the request for the moment.",
    ),
}
_FAULT = (500, "500.0 Internal Fault", "An internal fault occurred.")


class SailPointDialect(PlainDialect):
    name = "sailpoint"
    takes_forms = True
    versions = VERSIONS
    takes_tokens = True

    def credential(self, headers: Mapping[str, str]) -> str:
        scheme, _, token = headers.get("authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("JWT is missing")
        return token.strip()

    def admit(self, asked: Asked) -> None:
        """Refuse an unknown version, or an experimental one without its header."""
        version = asked.parameters.get("version")
        if version is None:
            return
        if version not in VERSIONS:
            raise UnknownPath(asked.method, asked.path)
        wanted = asked.headers.get(_EXPERIMENTAL_HEADER, "").lower()
        if version in _EXPERIMENTAL and wanted != "true":
            reason = f"must be true: this is experimental in {version}"
            raise Invalid(
                WireProblem("X-SailPoint-Experimental", reason, wanted or None, "missing")
            )

    def error(self, error: CarillonError, asked: Asked) -> Answer:
        if isinstance(error, Unauthenticated):
            return Answer(
                status=401,
                body={"error": f"JWT validation failed: {_why(error)}"},
                headers=http_headers(error, "Bearer"),
            )
        if isinstance(error, RateLimited):  # the spaces are SailPoint's
            return Answer(
                status=429, body={"message": " Rate Limit Exceeded "}, headers=http_headers(error)
            )
        status, code, text = _classified(error)
        origin = _origin(asked.headers.get("accept-language", ""))
        body = {
            "detailCode": code,
            "trackingId": asked.tracking_id,
            "messages": [_message(text, origin)],
            "causes": [_message(cause, origin) for cause in _causes(error, status)],
        }
        return Answer(status=status, body=body, headers=http_headers(error))


def _why(error: Unauthenticated) -> str:
    match error:
        case TokenExpired():
            return "JWT is expired"
        case _ if str(error) == "JWT is missing":
            return str(error)
        case _:
            return "JWT is invalid"


def _classified(error: CarillonError) -> tuple[int, str, str]:
    """Return the status, the detail code and the generic text."""
    match error:
        case Invalid():
            kinds = {problem.kind for problem in error.problems}
            code = _CODES.get(kinds.pop(), _BAD) if len(kinds) == 1 else _BAD
            return 400, code, _SEMANTIC
        case Conflict():
            return 400, _CONFLICT, _SEMANTIC
        case TooLarge():
            return 400, _CODES["limit"], _SEMANTIC
        case Malformed() | Inactive() | Locked():
            return 400, _BAD, _SEMANTIC
    return nearest(error, _OTHERS, _FAULT)


def _causes(error: CarillonError, status: int) -> Sequence[str]:
    """Return the specific reasons; a fault of ours has none, only a tracking id."""
    if isinstance(error, Invalid):
        return [WORDS.sentence(problem) for problem in error.problems]
    return [] if status == _FAULT[0] else [WORDS.text(error)]


def _message(text: str, origin: str) -> dict[str, str]:
    return {"locale": _LOCALE, "localeOrigin": origin, "text": text}


# A language range and its weight (RFC 9110, section 12.5.4).
_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?\Z"
)


def _origin(accepted: str) -> str:
    """Return REQUEST if the caller accepts English, the language of the texts, else DEFAULT."""
    for entry in accepted.split(","):
        match = _RANGE.match(entry)
        if match and match[1].lower() == "en" and float(match[2] or 1) > 0:
            return "REQUEST"
    return "DEFAULT"
