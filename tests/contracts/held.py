"""Holds an answer to the contract that its function's operation is described by."""

import json
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jsonschema_rs

from carillon.runtime.endpoint import Handler

_HERE = Path(__file__).parent


def check(handler: Any, method: str, status: int, text: str) -> None:
    """Fail for a success whose status or body its operation does not promise.

    Workers, the fallback and the tests' own functions have no contract.
    """
    endpoint = handler.endpoints.get(method) if isinstance(handler, Handler) else None
    if endpoint is None or not HTTPStatus(status).is_success:
        return
    room, dialect, function, *_ = endpoint.work.__module__.split(".")
    if room != "functions":
        return
    operation = f"{function}.{endpoint.work.__name__}"
    assert str(status) in _operations(dialect)[operation]["responses"], f"{status} is not promised"
    if status != HTTPStatus.NO_CONTENT:
        errors = _validator(dialect, operation, status).iter_errors(json.loads(text))
        found = [f"{'/'.join(map(str, one.instance_path))}: {one.message}" for one in errors]
        assert not found, f"{operation}: {found}"


@cache
def _contract(dialect: str) -> Any:
    return json.loads((_HERE / f"{dialect}.json").read_text())


@cache
def _operations(dialect: str) -> dict[str, Any]:
    paths = _contract(dialect)["paths"].values()
    return {one["operationId"]: one for path in paths for one in path.values()}


@cache
def _validator(dialect: str, operation: str, status: int) -> jsonschema_rs.Validator:
    response = _operations(dialect)[operation]["responses"][str(status)]
    schema = response["content"]["application/json"]["schema"]
    return jsonschema_rs.validator_for({**schema, "components": _contract(dialect)["components"]})
