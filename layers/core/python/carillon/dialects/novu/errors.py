"""Novu's envelope, credential and error bodies.

The official clients parse errors strictly: every body needs `statusCode`, `timestamp` and `path`;
a 400 also `type` and a list of `errors`, a 422 a record of `errors` by field. They retry 409, 429
and 5xx for an hour, so a permanent error never has one of these.
Source: https://docs.novu.co/api-reference and the error models of novu-py 3.19.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from carillon.dialects.common import PlainDialect, http_headers, nearest, plain, zulu
from carillon.dialects.dialect import Admitted, Answer, Asked
from carillon.dialects.novu.schemas.common import Enveloped, Listed, Wire
from carillon.domain.base.errors import (
    BadHeader,
    CarillonError,
    Conflict,
    Failure,
    Forbidden,
    Inactive,
    Invalid,
    Locked,
    Malformed,
    MethodNotAllowed,
    NoActiveTemplates,
    NoIntegration,
    NoTemplates,
    NotFound,
    PayloadInvalid,
    Problem,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from carillon.domain.tenancy.rate_limits import WINDOW, Allowance

SCHEME = "ApiKey"
_ECHO_LIMIT = 200  # characters of a value that an error shows

_STATUS: Mapping[type[CarillonError], int] = {
    Malformed: 400,
    BadHeader: 400,
    PayloadInvalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    TooLarge: 413,
    NoIntegration: 400,
    Invalid: 422,
    Inactive: 422,
    Locked: 422,
    NoTemplates: 422,
    NoActiveTemplates: 422,
    RateLimited: 429,
    Unavailable: 503,
}


# What is said of what is not there, by its kind.
_ABSENT: Mapping[str, str] = {
    "event type": "workflow_not_found",
    "subscriber": "Subscriber not found for id {id}",
    "topic": "Topic with key {id} not found",
    "context": "Tenant with identifier: {id} does not exist",
}


class BadRequest(Malformed):
    """A mistake that Novu answers with 400 rather than 422."""


class AlreadyExists(Conflict):
    """The answer holds the existing resource, as the clients read it from a 409."""

    def __init__(self, message: str, shown: Wire) -> None:
        super().__init__(message)
        self.shown = shown


class NovuDialect(PlainDialect):
    name = "novu"

    def credential(self, headers: Mapping[str, str]) -> str:
        given = headers.get("authorization")
        if not given:
            raise Unauthenticated("Missing authorization header")
        scheme, _, key = given.partition(" ")
        if scheme != SCHEME:
            raise Unauthenticated(f'Invalid authentication scheme: "{scheme[:20]}"')
        return key.strip()

    def encode(self, result: Any) -> Any:
        # The clients unwrap `data` only when it is the sole key.
        if isinstance(result, Listed):
            beside = result.model_dump(mode="json", by_alias=True, exclude={"data"})
            return {"data": plain(result.data, exclude_none=True), **beside}
        return {"data": plain(result, exclude_none=True)}

    def whole(self, result: Any) -> Any:
        """Return the type of the body that `encode` makes of a result of this type."""
        listed = isinstance(result, type) and issubclass(result, Listed)
        return result if listed else Enveloped[result]

    def headers(self, admitted: Admitted) -> Mapping[str, str]:
        headers = _limits(admitted.allowance) if admitted.allowance else {}
        key = admitted.idempotency_key
        if key and key.isascii() and key.isprintable():
            headers["idempotency-key"] = key
        return headers

    def error(self, error: CarillonError, asked: Asked) -> Answer:
        status = _status(error)
        body: dict[str, Any] = {
            "statusCode": status,
            "timestamp": zulu(asked.at),
            "path": asked.path,
            "message": message(error),
        }
        match error:
            case PayloadInvalid():
                body |= {"type": "PAYLOAD_VALIDATION_ERROR", "errors": _listed(error.problems)}
            case BadHeader():
                body |= {"type": "BAD_REQUEST", "errors": _listed(error.problems)}
            case Malformed():
                body |= {"type": "BAD_REQUEST", "error": "Bad Request", "errors": []}
            case NoIntegration():
                problems = [replace(problem, path="providerId") for problem in error.problems]
                body |= {"type": "BAD_REQUEST", "errors": _listed(problems)}
            case Invalid():
                body |= {"errors": _by_field(error.problems)}
            case AlreadyExists():
                body |= plain(error.shown, exclude_none=True)
            case Failure():
                body |= {"errorId": asked.request_id}
            case NotFound(kind="event type") | Inactive() | Locked():
                body |= {"errors": {}}
        return Answer(status=status, body=body, headers=http_headers(error))


def _limits(allowance: Allowance) -> dict[str, str]:
    """Return the limits of this function instance.

    Source: https://docs.novu.co/api-reference/rate-limiting
    """
    limit = allowance.limit
    cost = "single" if allowance.cost == 1 else "bulk"
    policy = f'{limit.quota};w={WINDOW};burst={limit.burst};comment="token bucket"'
    return {
        "ratelimit-limit": str(limit.quota),
        "ratelimit-remaining": str(allowance.remaining),
        "ratelimit-reset": str(allowance.reset),
        "ratelimit-policy": f'{policy};category="{limit.category}";cost="{cost}"',
    }


def _status(error: CarillonError) -> int:
    if isinstance(error, NotFound) and error.kind == "event type":
        return 422  # a trigger names its workflow in the body, not in the path
    return nearest(error, _STATUS, 500)


def message(error: CarillonError) -> str:
    match error:
        case NotFound(kind=kind) if kind in _ABSENT:
            return _ABSENT[kind].format(id=error.id)
        case PayloadInvalid():
            return f"Payload validation failed: {error}"
        case NoIntegration():
            environment = f"Subscribers environment ({error.tenant})"
            return f"{environment} do not have active {error.provider} integration."
        case _:
            return str(error)


def _listed(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [{"field": p.path, "message": p.message, "value": _shown(p.value)} for p in problems]


def _by_field(problems: Sequence[Problem]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for problem in problems:
        entry = fields.setdefault(problem.path, {"messages": [], "value": _shown(problem.value)})
        entry["messages"].append(problem.message)
    return fields


def _shown(value: Any) -> Any:
    """Return a short text, number or boolean as it is, and None for any other value."""
    small = isinstance(value, str | int | float | bool) and len(str(value)) <= _ECHO_LIMIT
    return value if small else None
