"""Responses in API Gateway's format (payload format 2.0)."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from carillon.dialects.dialect import Answer, Asked
from carillon.runtime import wiring
from carillon.runtime.request import Request

type Json = dict[str, Any]

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
