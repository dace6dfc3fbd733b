"""Apply a JSON Patch (RFC 6902) to a trigger subscription."""

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from carillon.dialects.common import plain, problems
from carillon.dialects.sailpoint.schemas.subscriptions import (
    CreateSubscriptionRequest,
    PatchOperation,
    SubscriptionRequest,
    SubscriptionResponse,
)
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid

_MOST_OPERATIONS = 20
_LARGEST = 100 * 1024  # bytes of the subscription after each operation
_PATCHABLE = frozenset(
    {
        "name",
        "description",
        "enabled",
        "type",
        "filter",
        "responseDeadline",
        "httpConfig",
        "eventBridgeConfig",
        "workflowConfig",
    }
)
_OPERATIONS = TypeAdapter(list[PatchOperation])


def patched(shown: SubscriptionResponse, given: Any) -> SubscriptionRequest:
    """Return the patched subscription; raise Invalid for operations that cannot be applied.

    Absent fields are null before the patch, so that they can be replaced.
    """
    import jsonpatch  # noqa: PLC0415 - one method of one path needs it

    document: Any = dict.fromkeys(_PATCHABLE) | plain(shown)
    for operation in _operations(given):
        for path in (operation.path, operation.from_ or operation.path):
            if path.split("/")[1:2] == [] or path.split("/")[1] not in _PATCHABLE:
                raise Invalid(
                    WireProblem("path", f"{path[:100]!r} cannot be patched", kind="choice")
                )
        one = {"op": operation.op, "path": operation.path, "value": operation.value}
        try:
            patch = jsonpatch.JsonPatch([one | {"from": operation.from_ or ""}])
            document = patch.apply(document)
        except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError) as error:
            raise Invalid(WireProblem("path", str(error)[:200])) from None
        if len(json.dumps(document)) > _LARGEST:
            raise Invalid(
                WireProblem(
                    "value", f"makes the subscription larger than {_LARGEST} bytes", kind="limit"
                )
            )
    return _validated(document)


def _operations(given: Any) -> list[PatchOperation]:
    try:
        found = _OPERATIONS.validate_python(given)
    except ValidationError as error:
        raise Invalid(*problems(error)) from None
    if len(found) > _MOST_OPERATIONS:
        message = f"must not have more than {_MOST_OPERATIONS} operations"
        raise Invalid(WireProblem("", message, kind="limit"))
    return found


def _validated(document: Any) -> SubscriptionRequest:
    try:
        return CreateSubscriptionRequest.model_validate(document)
    except ValidationError as error:
        raise Invalid(*problems(error)) from None
