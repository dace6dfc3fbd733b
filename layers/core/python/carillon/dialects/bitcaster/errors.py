"""Bitcaster's credential and error bodies: those of its Django REST framework, word for word.

Its client reads the JSON of a 400 and a 403, and has exceptions of its own for 401 and 404.
Sources: https://github.com/bitcaster-io/bitcaster/tree/develop/docs/api and the code of
bitcaster-sdk 0.4.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from carillon.dialects.bitcaster import paths, places
from carillon.dialects.bitcaster.words import WORDS
from carillon.dialects.common import PlainDialect, http_headers, nearest
from carillon.dialects.dialect import Answer, Asked, Dialect
from carillon.domain.base.errors import (
    CarillonError,
    Conflict,
    Forbidden,
    Inactive,
    Invalid,
    Locked,
    Malformed,
    MethodNotAllowed,
    MissingScope,
    NotFound,
    PayloadInvalid,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnknownPath,
)
from carillon.domain.base.problems import Problem
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope

_SCHEME = "key"
_NO_CREDENTIALS = "Authentication credentials were not provided."
_EMPTY = "Invalid token header. No credentials provided."
_SPACES = "Invalid token header. Token string should not contain spaces."
_UNKNOWN = "Invalid token."

_GRANTS: Mapping[str, str] = {
    Scope.EVENT_TRIGGER: "EVENT_TRIGGER",
    Scope.EVENT_LIST: "EVENT_LIST",
    Scope.AUDIENCE: "USER_WRITE",
}
# The key in an answer for a field of the request, where the two differ.
_ANSWERED: Mapping[str, str] = {
    "context": "payload_context",
    "options.filters": "options.filters.error",
}
_TEXTS = ("error", "distribution_list")  # fields whose errors are one text, not a list
_OF_THE_WHOLE = ("Invalid data.", "Unknown field(s):")  # messages about the whole object

_STATUS: Mapping[type[CarillonError], int] = {
    Malformed: 400,
    Invalid: 400,
    Inactive: 400,
    Locked: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    UnknownPath: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    TooLarge: 413,
    RateLimited: 429,
    Unavailable: 503,
}


class BitcasterDialect(PlainDialect):
    name = "bitcaster"

    def credential(self, headers: Mapping[str, str]) -> str:
        scheme, *credentials = headers.get("authorization", "").split() or [""]
        if scheme.lower() != _SCHEME:
            raise Unauthenticated(_NO_CREDENTIALS)
        if not credentials:
            raise Unauthenticated(_EMPTY)
        if len(credentials) > 1:
            raise Unauthenticated(_SPACES)
        return credentials[0]

    def admit(self, asked: Asked) -> None:
        places.check(asked)

    def error(self, error: CarillonError, asked: Asked) -> Answer:
        status = nearest(error, _STATUS, 500)
        return Answer(status=status, body=_body(error, asked), headers=http_headers(error, "Key"))


def _body(error: CarillonError, asked: Asked) -> dict[str, Any]:
    match error:
        case Unauthenticated() | Forbidden():
            return {"detail": _refusal(error)}
        case NotFound(noun=Noun.EVENT_TYPE):
            return _no_event(asked)
        case MethodNotAllowed():
            return {"detail": f'Method "{error.method}" not allowed.'}
        case RateLimited():
            seconds = "second" if error.retry_after == 1 else "seconds"
            wait = f"Expected available in {error.retry_after} {seconds}."
            return {"detail": f"Request was throttled. {wait}"}
        case Inactive() | Locked() | Invalid():
            return _mistake(error)
        case _:
            return {"detail": _text(error, asked)}


def _text(error: CarillonError, asked: Asked) -> str:
    if isinstance(error, UnknownPath):
        why = paths.unserved(asked.path)
        return f"Not served here: {why}." if why else "Not found."
    return WORDS.text(error).replace("JSON parse error: ", "JSON parse error - ", 1)


def _no_event(asked: Asked) -> dict[str, Any]:
    place = {name: asked.parameters.get(name, "") for name in ("org", "prj", "app", "evt")}
    return {"error": f"Event not found {place}"}


def _refusal(error: Unauthenticated | Forbidden) -> str:
    match error:
        case Unauthenticated():
            known = str(error) in {_NO_CREDENTIALS, _EMPTY, _SPACES}
            return str(error) if known else _UNKNOWN
        case MissingScope():
            grant = _GRANTS.get(error.scope, error.scope)
            return f"You do not have permission to perform this action. [Grant.{grant}]"
        case _:
            return str(error)


def _mistake(error: Inactive | Locked | Invalid) -> dict[str, Any]:
    match error:
        case Inactive():
            return {"error": "Unable to accept this event. Event is paused or deactivated"}
        case Locked():
            return {"error": "Unable to process this event. Event locked"}
        case PayloadInvalid():
            return {"payload_context": [_of_payload(p) for p in error.problems]}
        case _:
            return _by_field(error.problems)


def _of_payload(problem: Problem) -> str:
    place = WORDS.path(problem).partition(".")[2]
    return f"{place}: {problem.message}" if place else problem.message


def _by_field(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return the messages, nested like the request's fields."""
    body: dict[str, Any] = {}
    for problem in problems:
        path, message = _located(problem)
        *outer, last = path.split(".")
        into = body
        for name in outer:
            inner = into.setdefault(name, {})
            into = inner if isinstance(inner, dict) else into
        if last in _TEXTS:
            into[last] = message
        elif isinstance(known := into.setdefault(last, []), list):
            known.append(message)
    return body


def _located(problem: Problem) -> tuple[str, str]:
    """Return the field of the request, and the message as Django words it."""
    path, message = WORDS.path(problem), problem.message
    if path == "body":
        kind = type(problem.value).__name__
        path, message = "", f"Invalid data. Expected a dictionary, but got {kind}."
    if problem.kind == "missing":
        message = "This field is required."
    if problem.kind == "reference" and path == "distribution_list":
        message = f"DistributionList '{problem.value}' does not exist"
    if message.startswith(_OF_THE_WHOLE):
        path = f"{path}.non_field_errors".strip(".")
    return _ANSWERED.get(path, path) or "non_field_errors", message


dialect: Dialect = BitcasterDialect()
