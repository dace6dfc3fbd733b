"""Accept events: check each on its own, and store all that pass with one send.

An event is acknowledged only after the queue said yes, and that send is all that is written.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from carillon.domain.audience.contexts import Context
from carillon.domain.audience.subscribers import SubscriberChanges, check_data
from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import (
    CarillonError,
    ContextNotFound,
    Invalid,
    NotFound,
    PayloadInvalid,
    Problem,
    RecipientWithoutId,
    TooLarge,
    Unavailable,
)
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery.invocations import Invocation, Job
from carillon.domain.intake.narrowing import RecipientFilter, names_of
from carillon.domain.intake.triggers import Acceptance, Accepted, Refused, Trigger
from carillon.ports import TenantPorts
from carillon.telemetry import log_context

EVENT_LIMIT = 256 * 1024  # bytes of JSON
_JOB_LIMIT = 900 * 1024  # a queue message holds 1 MiB


def accept(
    triggers: Sequence[Trigger | Refused],
    *,
    ports: TenantPorts,
    idempotency_key: str | None = None,
    environments: Sequence[str] = (),
) -> list[Acceptance]:
    """Say of each trigger, in order, whether it is durably stored.

    What was refused in translation stays so, in its place. A transaction id that comes twice is
    accepted twice and happens once; so does a request repeated with its idempotency key. The
    environments, if there are any, are all that the caller's key may speak of.
    """
    catalogue = _Catalogue(triggers, ports)
    answers: list[Acceptance] = []
    accepted: dict[str, tuple[Invocation, int]] = {}
    for index, trigger in enumerate(triggers):
        if isinstance(trigger, Refused):
            answers.append(trigger)
            continue
        written = json.dumps(trigger, default=vars, separators=(",", ":"))
        try:
            event = catalogue.check(trigger, size=len(written))
            narrowing = _narrowed(trigger, environments)
        except CarillonError as error:
            answers.append(Refused(error, trigger.transaction_id))
            continue
        id = trigger.transaction_id or _id(idempotency_key, index, written)
        accepted.setdefault(id, (_invocation(id, trigger, event, narrowing), len(written)))
        answers.append(Accepted(id, paused=event.paused))
    lost = _store(list(accepted.values()), ports)
    answers = [_truly(answer, lost) for answer in answers]
    _log_answers(answers)
    return answers


def _log_answers(answers: Sequence[Acceptance]) -> None:
    """Say on the call's log line how many events were accepted, and why others were not."""
    refused = [type(answer.error).__name__ for answer in answers if isinstance(answer, Refused)]
    log_context.count(accepted=len(answers) - len(refused))
    if refused:
        log_context.add(refused_events=Counter(refused))


class _Catalogue:
    """The event types and contexts that a request names, read together."""

    def __init__(self, triggers: Sequence[Trigger | Refused], ports: TenantPorts) -> None:
        asked = [trigger for trigger in triggers if isinstance(trigger, Trigger)]
        self._schemas = ports.schemas
        self._integrations = ports.integrations.all
        self._events: dict[tuple[str, str], EventType] = {}
        for application in sorted({t.application for t in asked}):
            slugs = sorted({t.event for t in asked if t.application == application})
            found = ports.event_types.get_many(application, slugs)
            self._events.update({(application, slug): event for slug, event in found.items()})
        contexts = sorted({t.context.identifier for t in asked if t.context})
        self._contexts: Mapping[str, Context] = (
            ports.contexts.get_many(contexts) if contexts else {}
        )

    def check(self, trigger: Trigger, *, size: int) -> EventType:
        """The trigger's event type, or raise why it cannot be accepted."""
        event = self._events.get((trigger.application, trigger.event))
        if event is None:
            raise NotFound("event type", trigger.event)
        if trigger.context and trigger.context.identifier not in self._contexts:
            raise ContextNotFound(trigger.context.identifier)
        event.check(names_recipients=bool(trigger.recipients))
        if size > EVENT_LIMIT:
            raise TooLarge(f"The event is {size} bytes; the limit is {EVENT_LIMIT}")
        for person in (*trigger.recipients, trigger.actor):
            if isinstance(person, SubscriberChanges):
                if not person.id:
                    raise RecipientWithoutId("A recipient has no subscriber id")
                check_data(person)
        if trigger.narrowing and trigger.narrowing.channels:
            self._check_channels(trigger.narrowing.channels)
        if event.input_schema is not None and event.validates:
            problems = self._schemas.validate(event.input_schema, trigger.payload)
            if problems:
                raise PayloadInvalid(*problems)
        return event

    def _check_channels(self, wanted: Sequence[str]) -> None:
        """Raise Invalid for names of nothing: else the event would be accepted, and go nowhere."""
        unknown = [name for name in wanted if name not in set(Channel)]
        for now in (False, True):  # one made within the last minute may not be remembered yet
            if not unknown:
                return
            known = {name for i in self._integrations(now=now) for name in names_of(i)}
            unknown = [name for name in unknown if name not in known]
        if unknown:
            raise Invalid(Problem("channels", f"Unknown channel(s): {', '.join(unknown)}"))


def _id(idempotency_key: str | None, index: int, written: str) -> str:
    """A new id; for a repeated request, the id that its event had before.

    The event itself is part of it: a key reused by mistake for something else loses nothing.
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
    id: str, trigger: Trigger, event: EventType, narrowing: RecipientFilter | None
) -> Invocation:
    return Invocation(
        id=id,
        event=trigger.event,
        application=trigger.application,
        recipients=trigger.recipients,
        payload=trigger.payload,
        overrides=trigger.overrides,
        actor=trigger.actor,
        context=trigger.context,
        bridge_url=trigger.bridge_url,
        narrowing=narrowing,
        correlation_id=trigger.correlation_id,
        paused=event.paused,
    )


def _store(accepted: Sequence[tuple[Invocation, int]], ports: TenantPorts) -> frozenset[str]:
    """Send the invocations in as few messages as possible; the ids that were not stored."""
    if not accepted:
        return frozenset()
    now = ports.clock.now()
    jobs = [
        Job(id=ids.new(), tenant=ports.tenant, accepted_at=now, invocations=invocations)
        for invocations in _packed(accepted)
    ]
    lost = ports.queues.send_jobs(jobs)
    return frozenset(invocation.id for job in lost for invocation in job.invocations)


def _packed(accepted: Sequence[tuple[Invocation, int]]) -> Iterator[tuple[Invocation, ...]]:
    pack: list[Invocation] = []
    room = _JOB_LIMIT
    for invocation, size in accepted:
        if pack and size > room:
            yield tuple(pack)
            pack, room = [], _JOB_LIMIT
        pack.append(invocation)
        room -= size
    yield tuple(pack)


def _truly(answer: Acceptance, lost: frozenset[str]) -> Acceptance:
    if isinstance(answer, Accepted) and answer.id in lost:
        return Refused(Unavailable("The event could not be stored; send it again"), answer.id)
    return answer
