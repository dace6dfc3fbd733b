"""The in-app feed on the wire, as newer clients read it.

Sources: https://docs.novu.co/api-reference/subscribers/retrieve-subscriber-notifications and the
models of novu-py 3.19.
"""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from carillon.dialects.novu.schemas.common import Listed, Position, Text, Wire
from carillon.dialects.novu.schemas.messages import Several, states
from carillon.domain.activity.feeds import State

_MOST_FILTERS = 30
_LATEST = 32_503_680_000_000  # the year 3000, in milliseconds

type Severity = Literal["high", "medium", "low", "none"]
type Milliseconds = Annotated[int, Field(ge=0, le=_LATEST)]


class InboxFilter(Wire):
    """No message here is archived or snoozed, or has data or a severity."""

    read: bool | None = None
    seen: bool | None = None
    archived: bool | None = None
    snoozed: bool | None = None
    severity: Several[Severity] | None = None
    data: Any = None

    @property
    def states(self) -> frozenset[State]:
        other = self.severity is not None and "none" not in self.severity
        if self.archived or self.snoozed or self.data or other:
            return frozenset()
        return states(read=self.read, seen=self.seen)


class InboxQuery(InboxFilter):
    """`after` is a notification's id; `createdGte` and `createdLte` are milliseconds since 1970."""

    limit: int = Field(default=10, ge=1, le=100)
    offset: Position = 0
    after: Text | None = None
    created_gte: Milliseconds | None = None
    created_lte: Milliseconds | None = None


class InboxCountQuery(Wire):
    """`filters` is a JSON list; messages are counted for each filter."""

    filters: Annotated[str, Field(max_length=8192)]

    @property
    def parsed(self) -> list[InboxFilter]:
        return _filters(self.filters)

    @field_validator("filters")
    @classmethod
    def _is_a_list(cls, value: str) -> str:
        _filters(value)
        return value


class Redirect(Wire):
    url: str


class InboxAction(Wire):
    label: str
    is_completed: bool
    redirect: Redirect | None = None


class InboxPerson(Wire):
    id: str
    subscriber_id: str


class InboxWorkflow(Wire):
    id: str
    identifier: str
    name: str
    critical: Literal[False] = False
    severity: Literal["none"] = "none"


class InboxNotification(Wire):
    id: str
    transaction_id: str
    body: str
    subject: str | None = None
    to: InboxPerson
    is_read: bool
    is_seen: bool
    is_archived: Literal[False] = False
    is_snoozed: Literal[False] = False
    created_at: datetime
    read_at: datetime | None = None
    first_seen_at: datetime | None = None
    channel_type: Literal["in_app"] = "in_app"
    severity: Literal["none"] = "none"
    avatar: str | None = None
    primary_action: InboxAction | None = None
    secondary_action: InboxAction | None = None
    redirect: Redirect | None = None
    workflow: InboxWorkflow


class InboxResponse(Listed[InboxNotification]):
    has_more: bool
    filter: dict[str, Any]


class InboxCountResponse(Wire):
    count: int
    filter: dict[str, Any]


class _OnlyKnown(InboxFilter):
    model_config = ConfigDict(extra="forbid")


_FILTERS: TypeAdapter[list[_OnlyKnown]] = TypeAdapter(
    Annotated[list[_OnlyKnown], Field(min_length=1, max_length=_MOST_FILTERS)]
)


def _filters(text: str) -> list[InboxFilter]:
    try:
        return [*_FILTERS.validate_python(json.loads(text))]
    except (ValidationError, ValueError, RecursionError):
        known = ", ".join(InboxFilter.model_fields)
        reason = f"must be a list of 1 to {_MOST_FILTERS} filters in JSON, each of {known}"
        raise ValueError(reason) from None
