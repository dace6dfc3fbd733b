"""Responses in API Gateway's format (payload format 2.0)."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from carillon.dialects.dialect import Answer, Asked
from carillon.domain.base.errors import TooLarge
from carillon.runtime import wiring
from carillon.runtime.request import Request

type Json = dict[str, Any]

# Of the body as Lambda counts it, which is as a text in the function's own JSON. Lambda takes 6 MB
# with headers; beyond that, API Gateway answers a 500 in its own words.
_LONGEST = 6_000_000

_NOTHING: Mapping[str, str] = MappingProxyType({})


def asked_of(request: Request) -> Asked:
    """Return the parts of a request that a dialect words its errors by."""
    return Asked(
        method=request.method,
        path=request.path,
        at=wiring.ports().clock.now(),
        request_id=request.id,
        base_url=request.base_url,
        parameters=request.path_parameters,
        headers=request.headers,
    )


def response(answer: Answer, headers: Mapping[str, str] = _NOTHING) -> Json:
    """Encode an answer; its own headers override the `headers` that every outcome carries."""
    headers = {**headers, **answer.headers}
    if answer.body is None:
        return {"statusCode": answer.status, "headers": headers}
    return {
        "statusCode": answer.status,
        "headers": {"content-type": "application/json", **headers},
        "body": json.dumps(answer.body, separators=(",", ":")),
    }


def fitting(response: Json) -> Json:
    """Return the response; raise TooLarge for a body that Lambda would refuse."""
    body: str = response.get("body", "")
    size = len(body) + body.count('"') + body.count("\\")
    if size > _LONGEST:
        raise TooLarge(
            f"The answer is {size} bytes; the limit is {_LONGEST}. Ask for fewer items at a time"
        )
    return response
