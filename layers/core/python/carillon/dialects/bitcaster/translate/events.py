"""Translate events between wire and domain."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from carillon.dialects.bitcaster.schemas.events import (
    EventResponse,
    OccurrenceResponse,
    OccurrenceStatusResponse,
    SkipResponse,
    TriggerQuery,
    TriggerRequest,
)
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery.invocations import Progress
from carillon.domain.delivery.skips import SENTENCES
from carillon.domain.intake.narrowing import (
    OPERATORS,
    Conditions,
    RecipientFilter,
    Rule,
    RuleGroups,
)
from carillon.domain.intake.triggers import Acceptance, Accepted, Trigger
from carillon.domain.integrations.integrations import Integration
from carillon.usecases.activity.progress import InvocationProgress

# The subscriber's field for a user's field in rules.
_FIELDS: Mapping[str, str] = {
    "username": "id",
    "email": "email",
    "first_name": "first_name",
    "last_name": "last_name",
    "locked": "locked",
    "custom_fields": "data",
}
_STATUS: Mapping[Progress, Literal["NEW", "PROCESSED", "COMPLETED", "FAILED"]] = {
    Progress.ACCEPTED: "NEW",
    Progress.PROCESSING: "PROCESSED",
    Progress.SENT: "COMPLETED",
    Progress.PARTIALLY_FAILED: "COMPLETED",
    Progress.FAILED: "FAILED",
    Progress.COMPLETED: "COMPLETED",
}
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_MOST_RULES = 100


def form(fields: Mapping[str, str]) -> dict[str, Any]:
    """Turn a form into a trigger's body: `context.order=7`, or `context` as JSON."""
    body: dict[str, Any] = {}
    for name in ("context", "options"):
        start = f"{name}."
        found = {k.removeprefix(start): v for k, v in fields.items() if k.startswith(start)}
        try:
            written = json.loads(fields.get(name) or "{}")
        except ValueError:  # DRF ignores fields that it does not know
            written = {}
        body[name] = (written if isinstance(written, dict) else {}) | found
    return body


def to_trigger(event: str, application: str, body: TriggerRequest, query: TriggerQuery) -> Trigger:
    return Trigger(
        event=event,
        application=application,
        payload=body.context,
        narrowing=_narrowing(body),
        correlation_id=query.cid,
    )


def occurrence(outcome: Acceptance) -> OccurrenceResponse:
    match outcome:
        case Accepted(id, paused):
            return OccurrenceResponse(occurrence=id, paused=True if paused else None)
        case _:
            raise outcome.error


def status(followed: InvocationProgress) -> OccurrenceStatusResponse:
    invocation = followed.recorded.invocation
    return OccurrenceStatusResponse(
        id=invocation.id,
        event=invocation.event,
        correlation_id=invocation.correlation_id or None,
        created=followed.recorded.accepted_at,
        paused=invocation.paused,
        status=_STATUS[followed.progress],
        recipients=followed.reach.recipients,
        deliveries=dict(followed.counts),
        skipped=[
            SkipResponse(reason=reason, number=number, explanation=SENTENCES[reason])
            for reason, number in followed.skipped.items()
        ],
    )


def event(event: EventType, integrations: Sequence[Integration]) -> EventResponse:
    return EventResponse(
        id=event.slug,
        locked=event.locked,
        paused=event.paused,
        version=event.version,
        last_updated=event.updated_at,
        created=event.created_at,
        name=event.name,
        slug=event.slug,
        description=event.description or None,
        active=event.active,
        application=event.application,
        channels=[i.id for i in integrations if event.media.get(i.channel)],
    )


def _narrowing(body: TriggerRequest) -> RecipientFilter | None:
    options = body.options
    filters = options.filters or {}
    narrowing = RecipientFilter(
        addresses=tuple(options.limit_to),
        channels=tuple(options.channels),
        environments=tuple(options.environs),
        include=_filter(filters.get("include"), body.context),
        exclude=_filter(filters.get("exclude"), body.context),
    )
    return narrowing if narrowing != RecipientFilter() else None


def _filter(given: Any, context: Mapping[str, Any]) -> RuleGroups:
    """Read one condition, a list of alternatives, or a list of groups that must all hold.

    Source: https://github.com/bitcaster-io/bitcaster/blob/develop/docs/dev-guide/filtering.md
    """
    if given in (None, {}, []):
        return ()
    match given:
        case dict():
            groups: list[Any] = [[given]]
        case [dict(), *_]:
            groups = [given]
        case list():
            groups = given
        case _:
            raise _misfit(f"{given!r:.100} is not of type 'object', 'array'")
    if not all(isinstance(group, list) for group in groups):
        raise _misfit("groups of conditions must all be arrays")
    if sum(map(len, groups)) > _MOST_RULES:
        raise _misfit(f"more than {_MOST_RULES} conditions")
    return tuple(tuple(_conditions(one, context) for one in group) for group in groups if group)


def _conditions(given: Any, context: Mapping[str, Any]) -> Conditions:
    if not isinstance(given, dict) or len(given) > _MOST_RULES:
        raise _misfit(f"{given!r:.100} is not of type 'object'")
    return tuple(_rule(lookup, _filled(value, context)) for lookup, value in given.items())


def _rule(lookup: str, value: Any) -> Rule:
    """Read a lookup such as `custom_fields__city__in`: field `city`, operator `in`."""
    first, *rest = lookup.split("__")
    operator = rest.pop() if rest and rest[-1] in OPERATORS else "exact"
    if first == "is_active" and not rest and operator == "exact":
        return Rule(field=("locked",), operator="exact", value=value is False)
    nested = first == "custom_fields"
    if first not in _FIELDS or bool(rest) is not nested or not all(rest):
        raise _misfit(f"Cannot resolve keyword '{lookup:.100}' into field")
    return Rule(field=(_FIELDS[first], *rest), operator=operator, value=value)


def _filled(value: Any, context: Mapping[str, Any]) -> Any:
    """Replace `{{ name }}` in the value by the event's context."""
    if isinstance(value, list):
        return [_filled(one, context) for one in value]
    if not isinstance(value, str):
        return value
    return _PLACEHOLDER.sub(lambda found: _looked_up(found[1], context), value)


def _looked_up(name: str, context: Mapping[str, Any]) -> str:
    found: Any = context
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return "" if found is None else str(found)


def _misfit(message: str) -> Invalid:
    return Invalid(WireProblem("options.filters.error", message))
