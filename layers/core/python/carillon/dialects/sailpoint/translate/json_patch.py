"""Apply a JSON Patch (RFC 6902) to a trigger subscription."""

import json
from collections.abc import Mapping, Sequence
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
_NESTED: Mapping[str, Any] = {
    "httpConfig": {
        "url": None,
        "httpDispatchMode": None,
        "httpAuthenticationType": None,
        "basicAuthConfig": {"userName": None, "password": None},
        "bearerTokenAuthConfig": {"bearerToken": None},
    },
    "eventBridgeConfig": {"awsAccount": None, "awsRegion": None},
}
_CONFIGURATIONS = {"HTTP": "httpConfig", "EVENTBRIDGE": "eventBridgeConfig"}
_UNUSED = frozenset({*_CONFIGURATIONS.values(), "workflowConfig"})
_OPERATIONS = TypeAdapter(list[PatchOperation])


def patched(shown: SubscriptionResponse, given: Any) -> SubscriptionRequest:
    """Return the patched subscription; raise Invalid for operations that cannot be applied.

    Absent fields are null before the patch, so that they can be replaced.
    """
    import jsonpatch  # noqa: PLC0415 - one method of one path needs it

    document: Any = dict.fromkeys(_PATCHABLE) | plain(shown)
    operations = _operations(given)
    for operation in operations:
        for path in (operation.path, operation.from_ or operation.path):
            if not _can_be_patched(path):
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
    _check_used(operations, document)
    return _validated(_as_meant(document))


def _can_be_patched(path: str) -> bool:
    """Whether a JSON Pointer leads to a field that a subscription has."""
    root, *names = path.split("/")
    fields: Mapping[str, Any] = {**dict.fromkeys(_PATCHABLE), **_NESTED}
    for name in names:
        if not fields or name not in fields:
            return False
        fields = fields[name] or {}
    return not root and bool(names)


def _check_used(operations: Sequence[PatchOperation], document: Mapping[str, Any]) -> None:
    """Raise Invalid for a configuration that was set and that its subscription does not use."""
    used = _CONFIGURATIONS.get(str(document.get("type")))
    for operation in operations:
        name = operation.path.split("/")[1]
        if name in _UNUSED and name != used and document.get(name) is not None:
            message = f"is not for a subscription of the type {document.get('type')}"
            raise Invalid(WireProblem(name, message))


def _as_meant(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the subscription with values as the published union of a patch lets them be sent.

    It has texts, integers, objects and lists: no flag, and an account's number may be an integer.
    """
    bus = document.get("eventBridgeConfig")
    if isinstance(bus, Mapping) and type(bus.get("awsAccount")) is int:
        bus = {**bus, "awsAccount": str(bus["awsAccount"])}
    meant = {**document, "eventBridgeConfig": bus}
    if "enabled" in document:
        meant["enabled"] = _flag(document["enabled"])
    return meant


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
        return value.strip().lower() == "true"
    if isinstance(value, int) and value in {0, 1}:
        return value == 1
    message = 'must be true or false, or "true", "false", 1 or 0'
    raise Invalid(WireProblem("enabled", message, value))


def _operations(given: Any) -> list[PatchOperation]:
    try:
        found = _OPERATIONS.validate_python(given)
    except ValidationError as error:
        raise Invalid(*problems(error)) from None
    if len(found) > _MOST_OPERATIONS:
        message = f"must not have more than {_MOST_OPERATIONS} operations"
        raise Invalid(WireProblem("", message, kind="limit"))
    for place, operation in enumerate(found):
        if operation.op in {"add", "replace"} and "value" not in operation.model_fields_set:
            message = f"is required to {operation.op}"
            raise Invalid(WireProblem(f"{place}.value", message, kind="missing"))
    return found


def _validated(document: Any) -> SubscriptionRequest:
    try:
        return CreateSubscriptionRequest.model_validate(document)
    except ValidationError as error:
        raise Invalid(*problems(error)) from None
