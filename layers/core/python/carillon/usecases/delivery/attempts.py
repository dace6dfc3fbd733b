"""Attempt deliveries: one turn of each, several at a time.

A turn ends a delivery that must not be sent, holds it behind an open circuit, postpones it when a
store of ours fails, or sends it (sending.py); the answer decides its next record
(domain/delivery/lifecycle.py) and is then followed up once for all (outcomes.py).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery import lifecycle, retry_policy
from carillon.domain.delivery.deliveries import DeliveryRecord, EventDetails, Outcome
from carillon.domain.delivery.lifecycle import OpenDelivery
from carillon.ports import TenantPorts
from carillon.telemetry.log_context import Pool
from carillon.usecases.audience.erasures import ErasedDeliveries
from carillon.usecases.delivery import deaths, outcomes, replies, sending
from carillon.usecases.delivery.circuits import Circuits
from carillon.usecases.delivery.report import Report
from carillon.usecases.delivery.setup import SendingSetup
from carillon.usecases.tenancy import tenants

# Seconds that starting one more send must leave: a send takes 25 at most, recording 1 or 2.
TIME_TO_SEND = 30

# One pool a process, as its connections are kept between chunks.
_senders: Executor = Pool(max_workers=10, thread_name_prefix="send")


def attempt(
    deliveries: Sequence[OpenDelivery],
    details: Mapping[str, EventDetails],
    *,
    channel: Channel,
    erased: ErasedDeliveries,
    ports: TenantPorts,
    time_left: Callable[[], float],
) -> Mapping[str, DeliveryRecord]:
    """Give each delivery one turn; return the new records by delivery id.

    A delivery without a record there had no turn, because time ran out. `details` are by invocation
    id; a delivery without any is cancelled, as its invocation is gone; one that is `erased` ends
    too. `time_left` is in seconds.
    """
    wanted = {
        id for one in deliveries for id in (one.delivery.integration, *one.delivery.fallbacks)
    }
    setup = SendingSetup.load(channel, details, wanted, erased=erased, ports=ports)
    circuits = Circuits(setup.integrations, ports)
    first = [one.delivery for one in deliveries if one.record is None]
    replies.expect(first, details, ports=ports)
    turns = list(_turns(deliveries, setup, circuits, ports, time_left))
    reports = deaths.doubt(turns, setup, circuits, ports=ports)
    outcomes.follow_up(reports, setup, circuits, ports=ports)
    return {report.delivery.id: report.record for report in reports}


def _turns(
    deliveries: Sequence[OpenDelivery],
    setup: SendingSetup,
    circuits: Circuits,
    ports: TenantPorts,
    time_left: Callable[[], float],
) -> Iterator[Report]:
    """Yield a report of each turn: open circuits are probed first, as that decides for the rest."""

    def turn(one: OpenDelivery) -> Report | None:
        return _turn(one, setup, circuits, ports, time_left)

    for wave in circuits.probes_first(deliveries):
        yield from (report for report in _senders.map(turn, wave) if report)


def _turn(
    one: OpenDelivery,
    setup: SendingSetup,
    circuits: Circuits,
    ports: TenantPorts,
    time_left: Callable[[], float],
) -> Report | None:
    """Return what became of the delivery; None when there was no time left for it."""
    delivery = one.delivery
    if ended := _ended_unsent(one, setup, ports):
        return Report(delivery=delivery, record=ended)
    if time_left() < TIME_TO_SEND:
        return None
    report = _asked(one, setup, circuits, ports)
    for id in delivery.fallbacks:
        integration = setup.integrations.get(id)
        if not _goes_on(report) or time_left() < TIME_TO_SEND:
            break
        if integration is None or not integration.usable:
            continue
        before = report.record if report.result else one.record
        other = _asked(one.by(id, integration.provider, before), setup, circuits, ports)
        if other.is_postponed:  # what has given up before waits for us, and is not over
            return other if report.record.status.final else report
        report = other if other.result else report
    return report


def _goes_on(report: Report) -> bool:
    """Whether the next integration is tried: this one is held, cannot send, or has given up."""
    if report.is_postponed:
        return False
    if report.result is None:
        return not any(one.outcome is Outcome.UNSURE for one in report.record.earlier)
    return retry_policy.goes_on(report.result, report.record)


def _asked(
    one: OpenDelivery, setup: SendingSetup, circuits: Circuits, ports: TenantPorts
) -> Report:
    """Ask the delivery's integration to send it, unless its circuit is open.

    A failure of a store of ours is no attempt: nobody was asked.
    """
    delivery = one.delivery
    accepted_at = setup.details[delivery.invocation].accepted_at
    if not delivery.once and not circuits.admit(delivery):
        held = lifecycle.hold(one, accepted_at=accepted_at, at=ports.clock.now())
        return Report(delivery=delivery, record=held)
    try:
        result = sending.send(delivery, setup, ports=ports)
    except Unavailable:
        postponed = lifecycle.postpone(one, accepted_at=accepted_at, at=ports.clock.now())
        return Report(delivery=delivery, record=postponed)
    record = lifecycle.attempt(
        one,
        result,
        accepted_at=accepted_at,
        at=ports.clock.now(),
        drops_repeats=result.outcome is not Outcome.UNSURE or _drops_repeats(one, ports),
    )
    circuits.saw(delivery, record, result.concerns)
    return Report(delivery=delivery, record=record, result=result, before=one)


def _drops_repeats(one: OpenDelivery, ports: TenantPorts) -> bool:
    if one.channel is Channel.IN_APP:
        return True
    return ports.providers.get(one.delivery.provider).drops_repeats


def _ended_unsent(
    one: OpenDelivery, setup: SendingSetup, ports: TenantPorts
) -> DeliveryRecord | None:
    """Return the final record of a delivery that must not be sent; None for any other."""
    now = ports.clock.now()
    if one.delivery in setup.erased or (one.record and one.record.erased):
        return lifecycle.erase(one, at=now)
    event_details = setup.details.get(one.delivery.invocation)
    if event_details is None or one.delivery.invocation in setup.cancelled:
        return lifecycle.cancel(one, at=now)
    if not _is_tenant_active(setup, ports):
        return lifecycle.cancel(one, at=now, code="tenant_inactive")
    if one.delivery.dead:
        return lifecycle.suppress(one, at=now)
    if retry_policy.is_too_late(one.channel, accepted_at=event_details.accepted_at, now=now):
        return lifecycle.expire(one, at=now)
    return None


def _is_tenant_active(setup: SendingSetup, ports: TenantPorts) -> bool:
    """Ask before each send, as a chunk may take a minute and a switch holds after 5 seconds."""
    try:
        return tenants.is_active(ports=ports)
    except Unavailable:  # what was sent so far must be recorded all the same
        return setup.tenant_is_active
