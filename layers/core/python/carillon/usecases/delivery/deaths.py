"""Deaths of addresses, and whether they are believed.

Many deaths at one integration within minutes, and hardly a message that gets through, are its own
fault: the wrong environment of a push service, a mail server that knows nobody today. Then nobody
is buried. The messages wait, the integration is held, and its tenant is told. What is called dead
again once the integration works is dead.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from carillon.domain.audience.subscribers import mark
from carillon.domain.delivery import lifecycle
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.integrations.integrations import Circuit, Death, Integration
from carillon.ports import TenantPorts
from carillon.usecases.audience import updates
from carillon.usecases.delivery.circuits import Circuits
from carillon.usecases.delivery.report import Report
from carillon.usecases.delivery.setup import SendingSetup

GROUP = 5  # addresses
PEOPLE = 3  # whose they are, at least
WITHIN = timedelta(minutes=10)
_DETAIL = "Many addresses were called dead within minutes; it is tried again before it is believed."


def doubt(
    reports: Sequence[Report], setup: SendingSetup, circuits: Circuits, *, ports: TenantPorts
) -> Sequence[Report]:
    """Return the reports, with a wait in place of each death that is not believed."""
    by_integration: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        if report.is_death and report.delivery.integration in setup.integrations:
            by_integration[report.delivery.integration].append(report)
    waits: dict[str, Report] = {}
    now = ports.clock.now()
    for id, dead in by_integration.items():
        doubted, revived = _doubted(setup.integrations[id], dead, _sent(id, reports), circuits, now)
        waits |= {report.delivery.id: _waiting(report, setup, now) for report in doubted}
        if revived:
            updates.unbury(_by_subscriber(revived), ports=ports)
    return [waits.get(report.delivery.id, report) for report in reports]


def _doubted(
    integration: Integration, dead: Sequence[Report], sent: int, circuits: Circuits, now: datetime
) -> tuple[Sequence[Report], Sequence[Death]]:
    """Return the deaths that are not believed, and those that were but are not any more.

    If there are any, the integration is held.
    """
    circuit = circuits.of(integration.id)
    if circuit and circuit.holds_deaths:
        circuits.doubt(integration.id)
        return dead, ()
    fresh = [report for report in dead if not _was_doubted(report)]
    recent = _recent(circuit, now)
    deaths = {*recent, *(_death(report, integration) for report in fresh)}
    if fresh and _is_group(deaths, sent):
        circuits.doubt(integration.id)
        return fresh, recent
    circuits.remember(integration.id, tuple(sorted(deaths)), now)
    return (), ()


def _is_group(deaths: Iterable[Death], sent: int) -> bool:
    found = list(deaths)
    people = {death.subscriber for death in found}
    return len(found) >= GROUP and len(people) >= PEOPLE and len(found) > sent


def _sent(integration: str, reports: Iterable[Report]) -> int:
    """Count the addresses of the integration that messages got through to."""
    return len(
        {
            tuple(sorted(report.delivery.address.items()))
            for report in reports
            if report.delivery.integration == integration and report.record.outcome is Outcome.SENT
        }
    )


def _was_doubted(report: Report) -> bool:
    """Whether an earlier attempt met the same death, which was not believed then."""
    code = report.record.code
    return any(one.outcome is Outcome.CONFIG and one.code == code for one in report.record.earlier)


def _recent(circuit: Circuit | None, now: datetime) -> tuple[Death, ...]:
    if circuit is None or circuit.died_at is None or now - circuit.died_at > WITHIN:
        return ()
    return circuit.deaths


def _death(report: Report, integration: Integration) -> Death:
    delivery = report.delivery
    return Death(delivery.subscriber or "", mark(integration, delivery.address))


def _by_subscriber(deaths: Iterable[Death]) -> Mapping[str, frozenset[str]]:
    marks: dict[str, set[str]] = defaultdict(set)
    for death in deaths:
        marks[death.subscriber].add(death.mark)
    return {id: frozenset(some) for id, some in marks.items()}


def _waiting(report: Report, setup: SendingSetup, now: datetime) -> Report:
    """Return the report with a wait for another attempt."""
    if report.before is None:
        return report
    result = Result(
        outcome=Outcome.CONFIG,
        code=report.record.code,
        http_status=report.record.http_status,
        detail=_DETAIL,
        retry_after=WITHIN.total_seconds(),
    )
    details = setup.details[report.delivery.invocation]
    record = lifecycle.attempt(report.before, result, accepted_at=details.accepted_at, at=now)
    return replace(report, record=record, result=result)
