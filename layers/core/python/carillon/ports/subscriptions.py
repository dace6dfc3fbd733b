"""Ports of subscriptions: who hears an event type, and the filters on it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from carillon.domain.base.guards import Seen
from carillon.domain.base.paging import Page
from carillon.domain.base.problems import FieldProblem
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Subscription, Verdict


class Subscriptions(Protocol):
    def for_event(self, application: str, event: str) -> Sequence[Subscription]: ...
    def get(self, id: str) -> Subscription: ...
    def save(
        self,
        subscription: Subscription,
        *,
        endpoint: Integration | None = None,
        seen: Seen | None = None,
    ) -> None:
        """Write a subscription and the endpoint that it owns, or neither."""

    def remove(self, id: str) -> None:
        """Remove a subscription with the endpoint that it owns."""

    def list(self, cursor: str | None, limit: int) -> Page[Subscription]: ...


class Filters(Protocol):
    """JSONPath in Jayway's dialect, which selects the events of a subscription."""

    def check(self, expression: str) -> Sequence[FieldProblem]: ...
    def verdicts(
        self, expressions: Iterable[str], value: Mapping[str, Any]
    ) -> Mapping[str, Verdict]:
        """Return the verdict of each filter on one event. Never raises.

        All of an event's filters share one budget of work, so they are judged together. It is
        counted, so a repetition gives the same verdicts.
        """

    def exists(self, expression: str, value: Mapping[str, Any]) -> bool:
        """Return whether the expression's paths exist in the value, ignoring its conditions."""
