"""Send deliveries: render, hand to providers, and say where each attempt leaves its delivery."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

from carillon.domain.audience.subscribers import DeadAddress, mark
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import NO_COPIES, Copies, InApp, Message, Template, choose
from carillon.domain.delivery import retry_policy
from carillon.domain.delivery.deliveries import (
    INTERNAL_ERROR,
    Delivery,
    DeliveryRecord,
    EventDetails,
    Outcome,
    Result,
    Status,
)
from carillon.domain.delivery.retry_policy import Next
from carillon.domain.delivery.transport import NoAnswer
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts
from carillon.telemetry.failures import described
from carillon.telemetry.log_context import Pool
from carillon.usecases.audience import updates
from carillon.usecases.delivery import composing, in_app, outcome_log, replies
from carillon.usecases.delivery.circuits import Circuits
from carillon.usecases.integrations import lookup
from carillon.usecases.tenancy import tenants

# Seconds that starting one more send must leave: a send takes 15 at most, recording 1 or 2.
TIME_TO_SEND = 20

_HELD = Result(outcome=Outcome.CONFIG, code="circuit_open")
_LATE = Result(outcome=Outcome.RETRY, code="too_late")
_CANCELLED = Result(outcome=Outcome.BAD, code="cancelled")
_INACTIVE = Result(outcome=Outcome.BAD, code="tenant_inactive")
_HINT = 6  # characters of a dead address that its people may recognize

_log = logging.getLogger(__name__)

# One pool a process, as its connections are kept between chunks.
_senders: Executor = Pool(max_workers=10, thread_name_prefix="send")


@dataclass(frozen=True, kw_only=True)
class Task:
    """A delivery to attempt. `since` is when it was first due, `before` its account so far."""

    delivery: Delivery
    since: datetime
    before: DeliveryRecord | None = None


def attempt(
    tasks: Sequence[Task],
    details: Mapping[str, EventDetails],
    *,
    channel: Channel,
    ports: TenantPorts,
    time_left: Callable[[], float],
) -> Mapping[str, DeliveryRecord]:
    """The accounts after one attempt of each, by delivery id.

    What is missing there was not attempted: time ran out. `time_left` is in seconds. `details`
    are by invocation id; what has none is cancelled, as its invocation is gone. Dead addresses are
    marked and circuits switched before it returns.
    """
    wanted = {task.delivery.integration for task in tasks}
    desk = _Desk.of(channel, details, wanted, ports)
    circuits = Circuits(desk.integrations, ports)
    results: dict[str, Result] = {}
    first = [task.delivery for task in tasks if task.before is None]
    replies.start(first, details, ports=ports)

    def run(task: Task) -> DeliveryRecord | None:
        if (settled := desk.without_sending(task)) is not None:
            return settled
        if time_left() < TIME_TO_SEND:
            return None
        if not task.delivery.once and not circuits.admit(task.delivery):
            return desk.held(task)
        result = retry_policy.judged(desk.send(task.delivery), _attempts(task) + 1, task.delivery)
        circuits.saw(task.delivery, result)
        results[task.delivery.id] = result
        return desk.attempted(task, result)

    by_id = {task.delivery.id: task for task in tasks}
    probes, others = circuits.probes_first([task.delivery for task in tasks])
    done: list[DeliveryRecord] = []
    for wave in (probes, others):
        found = _senders.map(run, [by_id[delivery.id] for delivery in wave])
        done += (one for one in found if one is not None)
    outcome_log.add(done, details, channel)
    circuits.settle()
    _bury(done, by_id, desk.integrations, ports)
    heard = [(by_id[one.delivery].delivery, one, results.get(one.delivery)) for one in done]
    replies.finish(heard, details, desk.events, ports=ports)
    return {one.delivery: one for one in done}


@dataclass(frozen=True)
class _Desk:
    """All that is needed to send deliveries of one tenant on one channel, read once."""

    channel: Channel
    details: Mapping[str, EventDetails]
    active: bool  # whether the tenant is
    cancelled: frozenset[str]
    integrations: Mapping[str, Integration]
    events: Mapping[tuple[str, str], EventType]
    templates: Mapping[tuple[str, str], list[Template]]
    copies: Mapping[tuple[str, str], Copies]
    ports: TenantPorts

    @classmethod
    def of(
        cls,
        channel: Channel,
        details: Mapping[str, EventDetails],
        wanted: Iterable[str],
        ports: TenantPorts,
    ) -> "_Desk":
        active = tenants.is_active(ports=ports)
        cancelled = ports.invocations.cancelled(list(details))
        known = {i.id: i for i in lookup.all_with(wanted, ports=ports)}
        events: dict[tuple[str, str], EventType] = {}
        templates: dict[tuple[str, str], list[Template]] = {}
        copies: dict[tuple[str, str], Copies] = {}
        kinds = {(o.application, o.event) for o in details.values()}
        for application in {application for application, _ in kinds}:
            slugs = sorted(event for name, event in kinds if name == application)
            found = ports.event_types.get_many(application, slugs)
            for slug, event in found.items():
                events[application, slug] = event
                templates[application, slug] = list(ports.templates.for_event(event))
                copies[application, slug] = event.copies
        return cls(channel, details, active, cancelled, known, events, templates, copies, ports)

    def without_sending(self, task: Task) -> DeliveryRecord | None:
        """The account of a delivery that must not be sent, if it must not."""
        delivery = task.delivery
        event_details = self.details.get(delivery.invocation)
        if event_details is None or delivery.invocation in self.cancelled:
            return self._record(task, _CANCELLED, Next(Status.CANCELLED))
        if not self.active:
            return self._record(task, _INACTIVE, Next(Status.CANCELLED))
        if delivery.dead:
            known = Result(outcome=Outcome.DEAD, code=delivery.dead)
            return self._record(task, known, Next(Status.SUPPRESSED))
        now = self.ports.clock.now()
        if retry_policy.is_too_late(self.channel, accepted_at=event_details.accepted_at, now=now):
            return self._record(task, _LATE, Next(Status.EXPIRED))
        return None

    def held(self, task: Task) -> DeliveryRecord:
        now = self.ports.clock.now()
        until = retry_policy.held(task.delivery, since=task.since, now=now, end=self._end(task))
        return self._record(task, _HELD, until)

    def attempted(self, task: Task, result: Result) -> DeliveryRecord:
        now, attempts = self.ports.clock.now(), _attempts(task) + 1
        follows = retry_policy.after(result, attempts, task.delivery, now=now, end=self._end(task))
        return self._record(task, result, follows, attempts)

    def send(self, delivery: Delivery) -> Result:
        """What the provider said, or why it was not asked. Never raises."""
        integration = self.integrations.get(delivery.integration)
        if integration is None or not integration.usable:
            code = "integration_inactive" if integration else "integration_missing"
            return Result(outcome=Outcome.CONFIG, code=code)
        try:
            message = self._message(delivery, integration)
            if self.channel is Channel.IN_APP:
                return self._tell(delivery, message, integration)
            provider = self.ports.providers.get(integration.provider)
            request = provider.build(message, delivery.address, integration.settings)
            within = replies.TIME_TO_LISTEN if delivery.listener else None
            response = self.ports.egress.send(request, within=within)
            return provider.classify(response.status, response.headers, response.body)
        except NoAnswer as none:
            return none.result
        except Invalid as error:
            return Result(outcome=Outcome.BAD, code="invalid_message", detail=str(error)[:500])
        except Exception as error:  # noqa: BLE001 - our bug must not cost the chunk its record
            errors = described(error)  # without its text, which may quote an address or a secret
            _log.error("send failed", extra={"errors": errors, "delivery": delivery.id})
            return Result(outcome=Outcome.RETRY, code=INTERNAL_ERROR)

    def _end(self, task: Task) -> retry_policy.End:
        event_details = self.details[task.delivery.invocation]
        return retry_policy.end(
            self.channel, accepted_at=event_details.accepted_at, since=task.since
        )

    def _record(
        self, task: Task, result: Result, follows: Next, attempts: int | None = None
    ) -> DeliveryRecord:
        delivery = task.delivery
        return DeliveryRecord(
            delivery=delivery.id,
            invocation=delivery.invocation,
            integration=delivery.integration,
            provider=delivery.provider,
            status=follows.status,
            outcome=result.outcome,
            attempts=_attempts(task) if attempts is None else attempts,
            at=self.ports.clock.now(),
            subscriber=delivery.subscriber,
            code=result.code,
            http_status=result.http_status,
            message_id=result.message_id,
            detail=result.detail,
            replay_of=delivery.replay_of,
            next_attempt_at=follows.at,
            earlier=task.before.history if task.before else (),
            channel=self.channel,
        )

    def _message(self, delivery: Delivery, integration: Integration) -> Message:
        event_details = self.details[delivery.invocation]
        return composing.compose(
            delivery,
            event_details,
            self.templates.get((event_details.application, event_details.event), []),
            integration=integration,
            ports=self.ports,
            copies=self.copies.get((event_details.application, event_details.event), NO_COPIES),
            plainly=delivery.subscriber is None,
        )

    def _tell(self, delivery: Delivery, message: Message, integration: Integration) -> Result:
        """Into the subscriber's feed, which is no service outside."""
        event_details, ports = self.details[delivery.invocation], self.ports
        templates = self.templates.get((event_details.application, event_details.event), [])
        template = choose(templates, self.channel, delivery.locale, integration.provider)
        shown = (template.in_app if template else None) or InApp()
        variables = composing.variables(delivery, event_details, integration, ports=ports)
        return in_app.tell(delivery, event_details, message, shown, variables, ports=ports)


def _attempts(task: Task) -> int:
    return task.before.attempts if task.before else 0


def _bury(
    attempted: Iterable[DeliveryRecord],
    tasks: Mapping[str, Task],
    integrations: Mapping[str, Integration],
    ports: TenantPorts,
) -> None:
    """Have the addresses that were called dead skipped from now on."""
    dead: dict[str, list[DeadAddress]] = {}
    for one in attempted:
        if one.outcome is Outcome.DEAD and one.status is Status.FAILED and one.subscriber:
            place = tasks[one.delivery].delivery.address
            death = DeadAddress(
                mark=mark(integrations[one.integration], place),
                integration=one.integration,
                code=one.code,
                at=one.at,
                hint=next(iter(place.values()), "")[-_HINT:],
            )
            dead.setdefault(one.subscriber, []).append(death)
    if dead:
        updates.bury(dead, ports=ports)
