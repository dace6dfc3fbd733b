"""Novu's envelope, credential and error bodies.

The official clients parse errors strictly: every body needs `statusCode`, `timestamp` and `path`;
a 400 also `type` and a list of `errors`, a 422 a record of `errors` by field. They retry 409, 429
and 5xx for an hour, so a permanent error never has one of these.
Source: https://docs.novu.co/api-reference and the error models of novu-py 3.19.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from carillon.dialects.common import PlainDialect, http_headers, nearest, plain, zulu
from carillon.dialects.dialect import Admitted, Answer, Asked
from carillon.dialects.novu.schemas.common import Enveloped, Listed, Wire
from carillon.dialects.novu.words import WORDS
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
    MustBeHeard,
    NoActiveTemplates,
    NoIntegration,
    NoTemplates,
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
from carillon.domain.tenancy.rate_limits import WINDOW, Allowance

SCHEME = "ApiKey"
# What stands before the blank may be a key that was sent without its scheme.
_SCHEMES = frozenset({"apikey", "basic", "bearer", "digest", "key", "token"})
_ECHO_LIMIT = 200  # characters of a value that an error shows


class BadRequest(Malformed):
    """A mistake that Novu answers with 400 rather than 422."""


class UnknownWorkflow(NotFound):
    """A body names a workflow that does not exist: no 404, which would be of the path."""

    def __init__(self, id: str) -> None:
        super().__init__(Noun.EVENT_TYPE, id)


def in_the_body(error: CarillonError) -> CarillonError:
    """Turn an absent event type into a workflow that a body names; leave any other error."""
    match error:
        case NotFound(noun=Noun.EVENT_TYPE):
            return UnknownWorkflow(error.id)
        case _:
            return error


@contextmanager
def named_in_body() -> Iterator[None]:
    """Refuse a workflow that is absent as the body's mistake."""
    try:
        yield
    except NotFound as error:
        raise in_the_body(error) from None


class AlreadyExists(Conflict):
    """The answer holds the existing resource, as the clients read it from a 409."""

    def __init__(self, message: str, shown: Wire) -> None:
        super().__init__(message)
        self.shown = shown


_STATUS: Mapping[type[CarillonError], int] = {
    Malformed: 400,
    BadHeader: 400,
    PayloadInvalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    UnknownPath: 404,
    UnknownWorkflow: 422,
    MethodNotAllowed: 405,
    Conflict: 409,
    TooLarge: 413,
    NoIntegration: 400,
    MustBeHeard: 400,
    Invalid: 422,
    Inactive: 422,
    Locked: 422,
    NoTemplates: 422,
    NoActiveTemplates: 422,
    RateLimited: 429,
    Unavailable: 503,
}


class NovuDialect(PlainDialect):
    name = "novu"
    takes_forms = True
    shows_null = False  # @novu/api takes null for a mistake where a field is optional

    def credential(self, headers: Mapping[str, str]) -> str:
        given = headers.get("authorization")
        if not given:
            raise Unauthenticated("Missing authorization header")
        scheme, _, key = given.partition(" ")
        if scheme != SCHEME:
            named = f': "{scheme}"' if key and scheme.lower() in _SCHEMES else ""
            raise Unauthenticated(f"Invalid authentication scheme{named}")
        return key.strip()

    def encode(self, result: Any) -> Any:
        # The clients unwrap `data` only when it is the sole key.
        if isinstance(result, Listed):
            beside = result.model_dump(
                mode="json", by_alias=True, exclude={"data", *_absent(result)}
            )
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
        status = nearest(error, _STATUS, 500)
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
            case Malformed() | MustBeHeard():
                body |= {"type": "BAD_REQUEST", "error": "Bad Request", "errors": []}
            case NoIntegration():
                body |= {"type": "BAD_REQUEST", "errors": _listed(error.problems)}
            case Invalid():
                body |= {"errors": _by_field(error.problems)}
            case AlreadyExists():
                body |= plain(error.shown, exclude_none=True)
            case Failure():
                body |= {"errorId": asked.request_id}
            case UnknownWorkflow() | Inactive() | Locked():
                body |= {"errors": {}}
        return Answer(status=status, body=body, headers=http_headers(error))


def _absent(result: Listed[Any]) -> Iterator[str]:
    """Yield the optional fields beside `data` that are None; a required one is shown as null."""
    for name, field in type(result).model_fields.items():
        if not field.is_required() and getattr(result, name) is None:
            yield name


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


def message(error: CarillonError) -> str:
    match error:
        case UnknownWorkflow():
            return "workflow_not_found"
        case PayloadInvalid():
            return f"Payload validation failed: {WORDS.text(error)}"
        case MustBeHeard(slugs=[one]):
            return f"Critical workflow with id: {one} can not be updated"
        case MustBeHeard(slugs=several):
            return f"Critical workflows with ids: {', '.join(several)} cannot be updated"
        case NoIntegration():
            environment = f"Subscribers environment ({error.tenant})"
            return f"{environment} do not have active {error.provider} integration."
        case _:
            return WORDS.text(error)


def _listed(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [
        {"field": WORDS.path(p), "message": p.message, "value": _shown(p.value)} for p in problems
    ]


def _by_field(problems: Sequence[Problem]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for problem in problems:
        entry = fields.setdefault(
            WORDS.path(problem), {"messages": [], "value": _shown(problem.value)}
        )
        entry["messages"].append(problem.message)
    return fields


def _shown(value: Any) -> Any:
    """Return a short text, number or boolean as it is, and None for any other value."""
    small = isinstance(value, str | int | float | bool) and len(str(value)) <= _ECHO_LIMIT
    return value if small else None
