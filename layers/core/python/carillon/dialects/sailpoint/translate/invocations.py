"""Translate test invocations and the status of invocations between domain and wire."""

from collections.abc import Mapping, Sequence
from typing import Any

from carillon.dialects.common import plain
from carillon.dialects.sailpoint.collections import Fields
from carillon.dialects.sailpoint.schemas.invocations import (
    CompleteInput,
    InvocationResponse,
    InvocationStatusResponse,
    LocalizedError,
    StartInput,
    TestInvocationRequest,
)
from carillon.dialects.sailpoint.translate.examples import without_filler
from carillon.domain.delivery.dispatches import Dispatch
from carillon.usecases.trying.try_subscriptions import Trial

FIELDS = Fields(
    filterable={"triggerId": frozenset({"eq"}), "subscriptionId": frozenset({"eq"})},
    sortable=frozenset({"triggerId", "subscriptionName", "created", "completed"}),
)

type Json = dict[str, Any]
_LOCALE = "en-US"  # of all texts


def input_of(body: TestInvocationRequest) -> Mapping[str, Any] | None:
    return None if body.input is None else without_filler(body.input)


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
    """`input` is the event sent to the subscriber, which is looked up for a page only."""
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
    """Return the fields to filter and sort by."""
    row: Json = plain(status(dispatch))
    return row
