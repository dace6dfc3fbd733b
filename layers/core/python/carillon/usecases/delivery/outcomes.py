"""Follow up deliveries' turns: log them, switch circuits, mark dead addresses, end dispatches.

Nothing here raises: a message that was sent must be recorded as sent, whatever else fails.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from carillon.domain.audience.subscribers import HINT, Burial, DeadAddress, mark
from carillon.domain.delivery.deliveries import DeliveryRecord, Status
from carillon.domain.delivery.dispatches import Dispatch
from carillon.ports import TenantPorts
from carillon.telemetry import log_context
from carillon.usecases.audience import updates
from carillon.usecases.delivery import replies
from carillon.usecases.delivery.circuits import Circuits
from carillon.usecases.delivery.report import Report
from carillon.usecases.delivery.setup import SendingSetup

_GIVEN_UP = frozenset({Status.FAILED, Status.EXHAUSTED, Status.EXPIRED})


def follow_up(
    reports: Sequence[Report], setup: SendingSetup, circuits: Circuits, *, ports: TenantPorts
) -> None:
    """Follow up the outcomes beyond their records; a change that cannot be written is left."""
    dead: dict[str, list[Burial]] = defaultdict(list)
    over: list[Dispatch] = []
    for report in reports:
        if report.delivery.subscriber and (death := _death(report, setup)):
            dead[report.delivery.subscriber].append(death)
        if dispatch := _dispatch(report, setup, ports):
            over.append(dispatch)
    _log([report.record for report in reports], setup)
    circuits.settle()
    if dead:
        updates.bury(dead, ports=ports)
    if over:
        replies.complete(over, ports=ports)


def _death(report: Report, setup: SendingSetup) -> Burial | None:
    """Return the death of the delivery's address, if its provider has just reported it."""
    record, address = report.record, report.delivery.address
    if not report.is_death:
        return None
    death = DeadAddress(
        mark=mark(setup.integrations[record.integration], address),
        integration=record.integration,
        code=record.code,
        at=record.at,
        hint=next(iter(address.values()), "")[-HINT:],
    )
    gone_since = report.result.gone_since if report.result else None
    return Burial(death=death, address=address, gone_since=gone_since)


def _dispatch(report: Report, setup: SendingSetup, ports: TenantPorts) -> Dispatch | None:
    """Return the delivery's dispatch as completed; None if there is none, or it stays open."""
    delivery, record = report.delivery, report.record
    if delivery.listener is None or not record.status.final:
        return None
    if delivery.invocation not in setup.details:
        return None
    return replies.completed(
        delivery,
        setup.details[delivery.invocation],
        report.result if record.status is Status.SENT else None,
        setup.event_type(delivery.invocation),
        code=record.code,
        ports=ports,
    )


def _log(records: Sequence[DeliveryRecord], setup: SendingSetup) -> None:
    """Put on the message's log line the outcomes by status and code, and the seconds until sent."""
    sent = [one for one in records if one.status is Status.SENT]
    log_context.add(
        channel=setup.channel,
        invocations=sorted({log_context.shown(one.invocation) for one in records}),
        integrations=sorted({log_context.shown(one.integration) for one in records}),
        outcomes=Counter(f"{one.status} {log_context.shown(one.code)}".strip() for one in records),
        latency=[_latency(one, setup) for one in sent],
    )
    log_context.count(
        sent=len(sent),
        failed=sum(one.status in _GIVEN_UP for one in records),
        retried=sum(one.status is Status.RETRYING for one in records),
    )


def _latency(record: DeliveryRecord, setup: SendingSetup) -> float:
    accepted_at = setup.details[record.invocation].accepted_at
    return round((record.at - accepted_at).total_seconds(), 3)
