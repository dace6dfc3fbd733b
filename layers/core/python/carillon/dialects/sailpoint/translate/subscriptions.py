"""Translate trigger subscriptions between wire and domain."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from carillon.dialects.common import plain, problems
from carillon.dialects.sailpoint.collections import Fields
from carillon.dialects.sailpoint.schemas.subscriptions import (
    BasicAuthResponse,
    BearerAuthResponse,
    CreateSubscriptionRequest,
    EventBridgeConfigResponse,
    HttpConfig,
    HttpConfigResponse,
    PatchOperation,
    SubscriptionRequest,
    SubscriptionResponse,
    duration,
    written,
)
from carillon.domain.base.errors import Invalid, PayloadInvalid, Problem
from carillon.domain.subscriptions.subscriptions import ANSWER_WITHIN, AnswerMode, EndpointKind
from carillon.usecases.subscriptions.endpoints import EndpointDraft, EndpointSubscription

FIELDS = Fields(
    filterable={
        "id": frozenset({"eq"}),
        "triggerId": frozenset({"eq"}),
        "type": frozenset({"eq", "le"}),
    },
    sortable=frozenset({"triggerId", "triggerName"}),
)

type Json = dict[str, Any]
_MOST_OPERATIONS = 20
_LARGEST = 100 * 1024  # bytes of a subscription that is being patched
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
# Where a problem with the endpoint's settings is on the wire.
_PLACES = {
    "settings": "httpConfig",
    "settings.endpoint": "httpConfig.url",
    "settings.user_name": "httpConfig.basicAuthConfig.userName",
    "settings.password": "httpConfig.basicAuthConfig.password",
    "settings.bearer_token": "httpConfig.bearerTokenAuthConfig.bearerToken",
    "settings.account": "eventBridgeConfig.awsAccount",
    "settings.region": "eventBridgeConfig.awsRegion",
    "trigger": "triggerId",
}


@contextmanager
def in_their_words() -> Iterator[None]:
    """Say what is wrong with the domain's fields by the names that they have on the wire."""
    try:
        yield
    except PayloadInvalid:
        raise
    except Invalid as error:
        renamed = [replace(p, path=_PLACES.get(p.path, p.path)) for p in error.problems]
        raise type(error)(*renamed) from None


def to_draft(
    body: SubscriptionRequest,
    stored: EndpointSubscription | None = None,
    *,
    base_url: str,
    tenant: str,
) -> EndpointDraft:
    """Fields that the body leaves out stay as they are stored, but texts become empty.

    Answers go to the API at `base_url`; the endpoint speaks as the tenant.
    """
    before = stored.subscription if stored else None
    if before and body.id not in {None, before.id}:
        raise Invalid(Problem("id", "cannot be changed"))
    endpoint = _endpoint(body, before.endpoint if before else None)
    settings, mode = _settings(endpoint, body, stored)
    deadline = body.response_deadline
    return EndpointDraft(
        event=body.trigger_id or (before.event if before else ""),
        name=body.name or (before.name if before else ""),
        endpoint=endpoint,
        settings=settings,
        defaults={
            "callback": f"{base_url}/beta/trigger-invocations",
            "source": f"carillon/{tenant}",
        },
        description=body.description or "",
        active=body.enabled is not False,
        filter=body.filter or "",
        answer_mode=mode,
        answer_within=duration(deadline) if deadline else ANSWER_WITHIN,
    )


def patched(trigger: EndpointSubscription, given: Any) -> SubscriptionRequest:
    """The subscription after a JSON Patch (RFC 6902) of what may be patched.

    What it has not is null there, so that it can be replaced.
    """
    import jsonpatch  # noqa: PLC0415 - one method of one path needs it

    document: Any = dict.fromkeys(_PATCHABLE) | plain(subscription(trigger))
    for operation in _operations(given):
        for path in (operation.path, operation.from_ or operation.path):
            if path.split("/")[1:2] == [] or path.split("/")[1] not in _PATCHABLE:
                raise Invalid(Problem("path", f"{path[:100]!r} cannot be patched", kind="choice"))
        one = {"op": operation.op, "path": operation.path, "value": operation.value}
        try:
            patch = jsonpatch.JsonPatch([one | {"from": operation.from_ or ""}])
            document = patch.apply(document)
        except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError) as error:
            raise Invalid(Problem("path", str(error)[:200])) from None
        if len(json.dumps(document)) > _LARGEST:
            raise Invalid(Problem("value", f"makes more than {_LARGEST} bytes", kind="limit"))
    return _validated(document)


def subscription(trigger: EndpointSubscription) -> SubscriptionResponse:
    one = trigger.subscription
    is_http = one.endpoint in {EndpointKind.HTTP, None}
    return SubscriptionResponse(
        id=one.id,
        name=one.name,
        description=one.description or None,
        trigger_id=one.event,
        trigger_name=trigger.event_name,
        type="HTTP" if is_http else "EVENTBRIDGE",
        response_deadline=written(one.answer_within),
        http_config=_http(trigger) if is_http else None,
        event_bridge_config=None if is_http else _event_bridge(trigger),
        enabled=one.active,
        filter=one.filter or None,
    )


def _endpoint(body: SubscriptionRequest, before: EndpointKind | None) -> EndpointKind:
    if body.type is None:
        return before or EndpointKind.HTTP
    if body.type.lower() not in set(EndpointKind):
        known = " and ".join(kind.upper() for kind in EndpointKind)
        raise Invalid(Problem("type", f"of subscription can be {known} here", kind="choice"))
    return EndpointKind(body.type.lower())


def _settings(
    endpoint: EndpointKind, body: SubscriptionRequest, stored: EndpointSubscription | None
) -> tuple[Json | None, AnswerMode]:
    """The endpoint's settings, None for those it has, and how it answers."""
    before = stored.subscription if stored else None
    kept = before is not None and before.endpoint is endpoint
    if endpoint is EndpointKind.EVENTBRIDGE:
        bus = body.event_bridge_config
        if bus is None and not kept:
            raise Invalid(Problem("eventBridgeConfig", "is required", kind="missing"))
        named = {"account": bus.aws_account, "region": bus.aws_region} if bus else None
        return named, AnswerMode.ASYNC
    config = body.http_config
    if config is None:
        if before is None or not kept:
            raise Invalid(Problem("httpConfig", "is required", kind="missing"))
        return None, before.answer_mode
    secrets = stored.secrets if stored and kept else frozenset[str]()
    mode = AnswerMode(config.http_dispatch_mode.lower())
    return {"endpoint": config.url, **_credential(config, secrets)}, mode


def _credential(config: HttpConfig, stored: frozenset[str]) -> Json:
    """None for a secret stands for the stored one, if there is one."""
    match config.http_authentication_type:
        case "BASIC_AUTH":
            basic = config.basic_auth_config
            name, password = (basic.user_name, basic.password) if basic else (None, None)
            if name is None and "password" not in stored:
                raise _missing("basicAuthConfig.userName")
            if password is None and "password" not in stored:
                raise _missing("basicAuthConfig.password")
            return {"user_name": name, "password": password}
        case "BEARER_TOKEN":
            bearer = config.bearer_token_auth_config
            token = bearer.bearer_token if bearer else None
            if token is None and "bearer_token" not in stored:
                raise _missing("bearerTokenAuthConfig.bearerToken")
            return {"bearer_token": token}
        case _:
            return {}


def _missing(place: str) -> Invalid:
    return Invalid(Problem(f"httpConfig.{place}", "is required", kind="missing"))


def _http(trigger: EndpointSubscription) -> HttpConfigResponse:
    shown = HttpConfigResponse.model_validate(
        {
            "url": trigger.shown.get("endpoint"),
            "httpDispatchMode": trigger.subscription.answer_mode.upper(),
        }
    )
    if "password" in trigger.secrets:
        basic = BasicAuthResponse(user_name=trigger.shown.get("user_name"))
        return shown.model_copy(
            update={"http_authentication_type": "BASIC_AUTH", "basic_auth_config": basic}
        )
    if "bearer_token" in trigger.secrets:
        return shown.model_copy(
            update={
                "http_authentication_type": "BEARER_TOKEN",
                "bearer_token_auth_config": BearerAuthResponse(),
            }
        )
    return shown


def _event_bridge(trigger: EndpointSubscription) -> EventBridgeConfigResponse:
    return EventBridgeConfigResponse(
        aws_account=trigger.shown.get("account"), aws_region=trigger.shown.get("region")
    )


def _operations(given: Any) -> list[PatchOperation]:
    try:
        found = _OPERATIONS.validate_python(given)
    except ValidationError as error:
        raise Invalid(*problems(error)) from None
    if len(found) > _MOST_OPERATIONS:
        message = f"must not have more than {_MOST_OPERATIONS} operations"
        raise Invalid(Problem("", message, kind="limit"))
    return found


def _validated(document: Any) -> SubscriptionRequest:
    try:
        return CreateSubscriptionRequest.model_validate(document)
    except ValidationError as error:
        raise Invalid(*problems(error)) from None
