"""Dispatches as their receivers see them: look them up, and take an answer by a call of its own."""

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from carillon.domain.base.errors import Conflict, Forbidden, Invalid, NotFound
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.event_types import EventKey, EventType
from carillon.domain.delivery import dispatches
from carillon.domain.delivery.dispatches import Dispatch
from carillon.domain.delivery.invocations import JobPosition
from carillon.domain.delivery.skips import SENTENCES
from carillon.domain.integrations.integrations import Integration
from carillon.ports import Ports, TenantPorts
from carillon.usecases.delivery.replies import LONGEST_ERROR, problems_of
from carillon.usecases.setup.event_setup import EventSetup

MOST = 2000  # that can be looked up
_JOBS = 200  # whose skipped events are looked up too
_INPUTS = 3 * 1024 * 1024  # bytes of JSON, so that an answer of ours stays below Lambda's 6 MB
_INPUTS_A_READ = 25


def complete(
    id: str, secret: str, output: Mapping[str, Any] | None, error: str, *, ports: Ports
) -> None:
    """Complete a dispatch with its receiver's answer; the secret is the only credential.

    Raise Forbidden for an unknown id in the same words as for a wrong secret, Invalid for an answer
    that is late or does not fit the output schema, Conflict for a second answer. The same answer
    again is accepted.
    """
    dispatch = _proven(id, secret, ports).as_of(ports.clock.now())
    answer, error = None if error else output, error[:LONGEST_ERROR]
    if dispatch.completed_at is not None:
        if dispatch.error == dispatches.LATE:
            raise Invalid(
                FieldProblem(
                    FieldName.ANSWER, f"{dispatches.LATE}: {dispatch.completed_at.isoformat()}"
                )
            )
        if (dispatch.output, dispatch.error) == (answer, error):
            return
        raise Conflict("The invocation is completed already")
    own = ports.of(dispatch.tenant)
    if answer is not None and (wrong := problems_of(answer, _event(dispatch, own), ports=own)):
        raise Invalid(*wrong)
    completed = dispatch.completed(ports.clock.now(), answer, error)
    if id not in own.dispatches.complete([completed]):
        raise Conflict("The invocation is completed already")


def secret(dispatch: Dispatch, *, ports: TenantPorts) -> str:
    """Return the secret that proves an answer; raise NotFound when its endpoint is gone."""
    return secret_by(ports.integrations.get(dispatch.integration), dispatch.id)


def secret_by(integration: Integration, id: str) -> str:
    """Return the secret that proves an answer to a dispatch sent by the integration."""
    return dispatches.secret_of(str(integration.settings["key"]), id)


def recent(*, ports: TenantPorts) -> Sequence[Dispatch]:
    """Return the dispatches that are still kept, and those that were skipped, the newest first."""
    now = ports.clock.now()
    found = [one.as_of(now) for one in ports.dispatches.newest(MOST)]
    kept = [one for one in [*found, *_skipped(now, ports)] if one.kept_until > now]
    return sorted(kept, key=lambda one: one.created_at, reverse=True)[:MOST]


def _skipped(now: datetime, ports: TenantPorts) -> Iterator[Dispatch]:
    """Yield the newest events that subscriptions did not hear, as dispatches that failed."""
    since = now - timedelta(days=2)
    for job in ports.invocations.jobs(since=since, upto=JobPosition(now), limit=_JOBS):
        for head in job.invocations:
            if not head.unheard:
                continue
            subscriptions = ports.subscriptions.for_event(head.application, head.event)
            names = {one.id: one.name for one in subscriptions}
            for subscription, reason in head.unheard.items():
                yield Dispatch(
                    id=dispatches.id_of(f"{head.id}/{subscription}"),
                    tenant=ports.tenant,
                    event=head.event,
                    application=head.application,
                    subscription=subscription,
                    subscription_name=names.get(subscription, ""),
                    integration="",
                    created_at=job.accepted_at,
                    invocation=head.id,
                    completed_at=job.accepted_at,
                    error=f"Skipped ({reason}): {SENTENCES[reason]}",
                )


def inputs(found: Sequence[Dispatch], *, ports: TenantPorts) -> Mapping[str, Mapping[str, Any]]:
    """Return the dispatches' inputs by id, until inputs and answers fill a response."""
    known: dict[str, Mapping[str, Any]] = {}
    room = _INPUTS
    for at in range(0, len(found), _INPUTS_A_READ):
        some = found[at : at + _INPUTS_A_READ]
        real = [one.invocation for one in some if one.input is None]
        recorded = ports.invocations.get_many(sorted(set(real))) if real else {}
        for one in some:
            value = one.input
            if value is None and one.invocation in recorded:
                value = recorded[one.invocation].invocation.payload
            room -= len(json.dumps([value, one.output, one.content]))
            if room <= 0:
                return known
            known[one.id] = value or {}
    return known


def _proven(id: str, presented: str, ports: Ports) -> Dispatch:
    dispatch = ports.dispatches.find(id)
    try:
        expected = secret(dispatch, ports=ports.of(dispatch.tenant)) if dispatch else ""
    except NotFound:
        expected = ""
    if (
        dispatch is None
        or not expected
        or not hmac.compare_digest(expected.encode(), presented.encode(errors="replace"))
    ):
        raise Forbidden("There is no invocation with this id and secret")
    return dispatch


def _event(dispatch: Dispatch, ports: TenantPorts) -> EventType | None:
    """Return its event type, if there still is one."""
    key = EventKey(dispatch.application, dispatch.event)
    return EventSetup.load([key], ports=ports).types.get(key)
