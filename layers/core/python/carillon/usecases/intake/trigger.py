"""Accept events: check each on its own, and store all that pass with one send.

An event is acknowledged only after the queue has taken it. That send is the only write, unless an
event's attachments are too large for it: their contents are stored before it. What a crash or a
refusal leaves in the store in between ends by the store's own rule.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from carillon.domain.base import ids
from carillon.domain.base.errors import CarillonError, Unavailable
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery.invocations import Invocation, Job, Repetition
from carillon.domain.intake.narrowing import RecipientFilter
from carillon.domain.intake.overrides import Overrides
from carillon.domain.intake.triggers import Acceptance, Accepted, Refused, Trigger
from carillon.ports import TenantPorts
from carillon.telemetry import log_context
from carillon.usecases.intake import filing
from carillon.usecases.intake.checks import Checks

_NAMES_OF_A_REPETITION = 50  # bytes of its fields' names in a message
_JOB_LIMIT = 900 * 1024  # bytes of JSON; a queue message holds 1 MiB


class _Passed(NamedTuple):
    """An accepted event, its size in bytes of JSON, and the contents that it names by key."""

    invocation: Invocation
    size: int
    contents: Mapping[str, str]


def accept(
    triggers: Sequence[Trigger | Refused],
    *,
    ports: TenantPorts,
    idempotency_key: str | None = None,
    environments: Sequence[str] = (),
) -> list[Acceptance]:
    """Store the events; return for each trigger, in order, whether it is durably stored.

    A trigger that was refused in translation stays refused, in its place. A transaction id that
    comes twice is accepted twice and happens once; so does a request repeated with its idempotency
    key. `environments`, if there are any, are the only ones that the caller's key is for.
    """
    answers, accepted = _checked(triggers, ports, idempotency_key, environments)
    withheld = any(
        isinstance(a, Refused) or a.paused
        for a, t in zip(answers, triggers, strict=True)
        if a is not t
    )
    # The set-up may have been changed since it was cached: a refusal, and a pause, must come of
    # what is stored.
    if withheld and ports.record.refresh(since=ports.clock.now()):
        answers, accepted = _checked(triggers, ports, idempotency_key, environments)
    given = {t.transaction_id for t in triggers if isinstance(t, Trigger) and t.transaction_id}
    lost = _store(accepted, given, ports)
    answers = [_unless_lost(answer, lost) for answer in answers]
    _log_answers(answers)
    return answers


def _checked(
    triggers: Sequence[Trigger | Refused],
    ports: TenantPorts,
    idempotency_key: str | None,
    environments: Sequence[str],
) -> tuple[list[Acceptance], Sequence[_Passed]]:
    """Return the answer to each trigger, and the accepted events."""
    checks = Checks.load((t for t in triggers if isinstance(t, Trigger)), ports=ports)
    answers: list[Acceptance] = []
    accepted: list[_Passed] = []
    for index, trigger in enumerate(triggers):
        if isinstance(trigger, Refused):
            answers.append(trigger)
            continue
        written = json.dumps(trigger, default=vars, separators=(",", ":"))
        id = trigger.transaction_id or _id(idempotency_key, index, written)
        filed = filing.filed(trigger, id, size=len(written))
        try:
            event = checks.check(trigger, size=filed.size)
            overrides = checks.overrides(trigger, event)
            checks.check_reach(trigger, event, overrides)
            narrowing = _narrowed(trigger, environments)
        except CarillonError as error:
            answers.append(Refused(error, trigger.transaction_id))
            continue
        invocation = _invocation(id, filed.trigger, event, narrowing, overrides)
        accepted.append(_Passed(invocation, filed.size, filed.contents))
        answers.append(Accepted(id, paused=event.paused))
    return answers, accepted


def _log_answers(answers: Sequence[Acceptance]) -> None:
    """Put on the call's log line how many events were accepted, and why others were not."""
    refused = [type(answer.error).__name__ for answer in answers if isinstance(answer, Refused)]
    log_context.count(accepted=len(answers) - len(refused))
    if refused:
        log_context.add(refused_events=Counter(refused))


def _id(idempotency_key: str | None, index: int, written: str) -> str:
    """Return a new id; for a repeated request, the id that its event had before.

    The event itself is part of the id: a key reused by mistake for another event loses nothing.
    """
    if idempotency_key is None:
        return ids.new()
    content = hashlib.sha256(written.encode()).hexdigest()
    return "idem_" + ids.derived(idempotency_key, str(index), content)


def _narrowed(trigger: Trigger, environments: Sequence[str]) -> RecipientFilter | None:
    if not environments:
        return trigger.narrowing
    return (trigger.narrowing or RecipientFilter()).within(environments)


def _invocation(
    id: str,
    trigger: Trigger,
    event: EventType,
    narrowing: RecipientFilter | None,
    overrides: Overrides,
) -> Invocation:
    return Invocation(
        id=id,
        event=trigger.event,
        application=trigger.application,
        recipients=trigger.recipients,
        payload=trigger.payload,
        overrides=overrides,
        attachments=trigger.attachments,
        actor=trigger.actor,
        context=trigger.context,
        contexts=trigger.contexts,
        narrowing=narrowing,
        correlation_id=trigger.correlation_id,
        paused=event.paused,
    )


def _store(
    accepted: Sequence[_Passed], given: Collection[str], ports: TenantPorts
) -> frozenset[str]:
    """Send the invocations in as few messages as hold them; return the ids that were not stored.

    The first of a transaction id happens; the others go with the last message, as repetitions.
    Queues keep no order, so that the first in fan-out could be the second here: this process
    remembers for a minute the ids that callers have `given`.
    """
    if not accepted:
        return frozenset()
    now, taken = ports.clock.now(), ports.invocations.taken(given)
    first: dict[str, _Passed] = {}
    repetitions: list[Repetition] = []
    for one in accepted:
        if one.invocation.id in taken or one.invocation.id in first:
            repetitions.append(Repetition(one.invocation.id, *one.invocation.event_key))
        else:
            first[one.invocation.id] = one
    unfiled = _unfiled(first.values(), ports)
    whole = [one for id, one in first.items() if id not in unfiled]
    last = tuple(one for one in repetitions if one.id not in unfiled)
    if not whole and not last:
        return unfiled
    jobs = [
        Job(id=ids.new(), tenant=ports.tenant, accepted_at=now, invocations=invocations)
        for invocations in _packed(whole, _JOB_LIMIT - _size(last))
    ]
    jobs[-1] = replace(jobs[-1], repetitions=last)
    lost = ports.queues.send_jobs(jobs)
    not_stored = unfiled.union(one.id for job in lost for one in job.invocations)
    ports.invocations.take(first.keys() & set(given) - not_stored)
    return not_stored


def _unfiled(events: Collection[_Passed], ports: TenantPorts) -> frozenset[str]:
    """Store the events' contents; return the ids of those that would lack one."""
    missing = filing.store((one.contents for one in events), ports=ports)
    return frozenset(one.invocation.id for one in events if not missing.isdisjoint(one.contents))


def _size(repetitions: Iterable[Repetition]) -> int:
    """Return their bytes in a message: a hundred long ids are a third of one."""
    return sum(len(json.dumps(one)) + _NAMES_OF_A_REPETITION for one in repetitions)


def _packed(accepted: Sequence[_Passed], most: int) -> Iterator[tuple[Invocation, ...]]:
    pack: list[Invocation] = []
    room = most
    for one in accepted:
        if pack and one.size > room:
            yield tuple(pack)
            pack, room = [], most
        pack.append(one.invocation)
        room -= one.size
    yield tuple(pack)


def _unless_lost(answer: Acceptance, lost: frozenset[str]) -> Acceptance:
    if isinstance(answer, Accepted) and answer.id in lost:
        return Refused(Unavailable("The event could not be stored; send it again"), answer.id)
    return answer
