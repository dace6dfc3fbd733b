"""Test invocations, their completion, and the status of invocations on the wire.

Source: https://developer.sailpoint.com/docs/api/beta/start-test-trigger-invocation
"""

from typing import Annotated, Any, Literal

from pydantic import (
    Field,
)

from carillon.dialects.sailpoint.schemas.common import Id, Milliseconds, Wire


class TestInvocationRequest(Wire):
    trigger_id: Id
    input: dict[str, Any] | None = None
    content_json: dict[str, Any]
    subscription_ids: Annotated[list[Id], Field(max_length=250)] | None = None


class CompleteInvocationRequest(Wire):
    secret: Annotated[str, Field(min_length=1, max_length=100)]
    output: dict[str, Any]
    error: str | None = None


class InvocationResponse(Wire):
    id: str
    trigger_id: str
    secret: str
    content_json: dict[str, Any]


class StartInput(Wire):
    """`input` is the event, `contentJson` the metadata that the caller of a test sent."""

    trigger_id: str
    input: dict[str, Any]
    content_json: dict[str, Any]


class LocalizedError(Wire):
    locale: str
    message: str


class CompleteInput(Wire):
    output: dict[str, Any] | None
    localized_error: LocalizedError | None


class InvocationStatusResponse(Wire):
    id: str
    trigger_id: str
    subscription_id: str
    subscription_name: str
    type: Literal["TEST", "REAL_TIME"]
    created: Milliseconds
    completed: Milliseconds | None
    start_invocation_input: StartInput
    complete_invocation_input: CompleteInput
