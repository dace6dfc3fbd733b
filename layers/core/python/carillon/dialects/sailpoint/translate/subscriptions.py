"""Translate trigger subscriptions between wire and domain."""

from typing import Any

from carillon.dialects.sailpoint.collections import Fields
from carillon.dialects.sailpoint.schemas.subscriptions import (
    BasicAuthResponse,
    BearerAuthResponse,
    EventBridgeConfigResponse,
    HttpConfig,
    HttpConfigResponse,
    SubscriptionRequest,
    SubscriptionResponse,
    duration,
    written,
)
from carillon.dialects.sailpoint.translate import json_patch
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid
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


def to_draft(
    body: SubscriptionRequest,
    stored: EndpointSubscription | None = None,
    *,
    base_url: str,
) -> EndpointDraft:
    """Build a draft; fields absent from the body stay as stored, but texts become empty.

    Answers go to the API at `base_url`.
    """
    before = stored.subscription if stored else None
    if before and body.id not in {None, before.id}:
        raise Invalid(WireProblem("id", "cannot be changed"))
    endpoint = _endpoint(body, before.endpoint if before else None)
    settings, mode = _settings(endpoint, body, stored)
    deadline = body.response_deadline
    return EndpointDraft(
        event=body.trigger_id or (before.event if before else ""),
        name=body.name or (before.name if before else ""),
        endpoint=endpoint,
        settings=settings,
        defaults={"callback": f"{base_url}/beta/trigger-invocations"},
        description=body.description or "",
        active=body.enabled is not False,
        filter=body.filter or "",
        answer_mode=mode,
        answer_within=duration(deadline) if deadline else ANSWER_WITHIN,
    )


def patched(stored: EndpointSubscription, operations: Any) -> SubscriptionRequest:
    return json_patch.patched(subscription(stored), operations)


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
        raise Invalid(WireProblem("type", f"must be {known}", kind="choice"))
    return EndpointKind(body.type.lower())


def _settings(
    endpoint: EndpointKind, body: SubscriptionRequest, stored: EndpointSubscription | None
) -> tuple[Json | None, AnswerMode]:
    """Return the endpoint's settings, None to keep the stored ones, and its answer mode."""
    before = stored.subscription if stored else None
    kept = before is not None and before.endpoint is endpoint
    if endpoint is EndpointKind.EVENTBRIDGE:
        bus = body.event_bridge_config
        if bus is None and not kept:
            raise Invalid(WireProblem("eventBridgeConfig", "is required", kind="missing"))
        named = {"account": bus.aws_account, "region": bus.aws_region} if bus else None
        return named, AnswerMode.ASYNC
    config = body.http_config
    if config is None:
        if before is None or not kept:
            raise Invalid(WireProblem("httpConfig", "is required", kind="missing"))
        return None, before.answer_mode
    secrets = stored.secrets if stored and kept else frozenset[str]()
    mode = AnswerMode(config.http_dispatch_mode.lower())
    return {"endpoint": config.url, **_credential(config, secrets)}, mode


def _credential(config: HttpConfig, stored: frozenset[str]) -> Json:
    """Return the credential; None for a secret keeps the stored one, if there is one."""
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
    return Invalid(WireProblem(f"httpConfig.{place}", "is required", kind="missing"))


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
