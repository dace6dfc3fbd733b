"""Triggers, their subscriptions and their invocations between wire and domain."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from carillon.dialects.common import plain, problems
from carillon.dialects.sailpoint.schemas.triggers import (
    BasicAuthResponse,
    BearerAuthResponse,
    CompleteInput,
    CreateSubscriptionRequest,
    EventBridgeConfigResponse,
    HttpConfig,
    HttpConfigResponse,
    InvocationResponse,
    InvocationStatusResponse,
    LocalizedError,
    PatchOperation,
    StartInput,
    SubscriptionRequest,
    SubscriptionResponse,
    TriggerResponse,
    duration,
    written,
)
from carillon.domain.base.errors import Invalid, PayloadInvalid, Problem
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery.dispatches import Dispatch
from carillon.domain.subscriptions.subscriptions import ANSWER_WITHIN, AnswerMode, EndpointKind
from carillon.usecases.subscriptions.endpoints import EndpointDraft, EndpointSubscription
from carillon.usecases.trying.try_subscriptions import Trial

type Json = dict[str, Any]

_LOCALE = "en-US"  # of every text
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


def defaults(base_url: str, tenant: str) -> Mapping[str, Any]:
    """What is the installation's to say of an endpoint: where answers go, and as whom it speaks."""
    return {
        "callback": f"{base_url}/beta/trigger-invocations",
        "source": f"carillon/{tenant}",
    }


def to_draft(
    body: SubscriptionRequest, stored: EndpointSubscription | None = None
) -> EndpointDraft:
    """With what the stored subscription has where the body says nothing.

    Texts that are left out are empty from then on: it is a replacement.
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


def trigger(event: EventType) -> TriggerResponse:
    answers = event.output_schema is not None
    return TriggerResponse(
        id=event.slug,
        name=event.name,
        type="REQUEST_RESPONSE" if answers else "FIRE_AND_FORGET",
        description=event.description,
        input_schema=json.dumps(event.input_schema or {}),
        example_input=dict(event.sample or {}),
        output_schema=json.dumps(event.output_schema) if answers else None,
        example_output=None if event.sample_output is None else dict(event.sample_output),
    )


def invocations(trials: Sequence[Trial]) -> list[InvocationResponse]:
    return [
        InvocationResponse(
            id=trial.dispatch.id,
            trigger_id=trial.dispatch.event,
            secret=trial.secret,
            content_json=dict(trial.dispatch.content or {}),
        )
        for trial in trials
        if trial.dispatch
    ]


def status(dispatch: Dispatch, input: Mapping[str, Any] | None = None) -> InvocationStatusResponse:
    """`input` is the event the subscriber received, once it has been looked up."""
    error = dispatch.error
    return InvocationStatusResponse(
        id=dispatch.id,
        trigger_id=dispatch.event,
        subscription_id=dispatch.subscription,
        subscription_name=dispatch.subscription_name,
        type="TEST" if dispatch.test else "REAL_TIME",
        created=dispatch.created_at,
        completed=dispatch.completed_at,
        start_invocation_input=StartInput(
            trigger_id=dispatch.event,
            input=dict(input or {}),
            content_json=dict(dispatch.content or {}),
        ),
        complete_invocation_input=CompleteInput(
            output=None if dispatch.output is None else dict(dispatch.output),
            localized_error=LocalizedError(locale=_LOCALE, message=error) if error else None,
        ),
    )


def status_row(dispatch: Dispatch) -> Json:
    """The fields to filter and sort by."""
    row: Json = plain(status(dispatch))
    return row


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
