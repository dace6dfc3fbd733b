"""Circuits of integrations: probe a broken service once a minute, and disable it in the end.

A refused credential opens a circuit at once; a service that keeps failing does after ten attempts
at three addresses at least, with none in between that got through. A refusal that speaks of one
place or person opens nothing. Behind an open circuit messages wait, without an attempt counted,
until a probe gets through or somebody changes the integration.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from carillon.domain.base import ids
from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import (
    INTERNAL_ERROR,
    Concern,
    Delivery,
    DeliveryRecord,
    Outcome,
)
from carillon.domain.delivery.lifecycle import OpenDelivery
from carillon.domain.integrations.integrations import MANY_DEATHS, Circuit, Death, Integration
from carillon.ports import TenantPorts
from carillon.telemetry import log_context
from carillon.usecases.tenancy import announce

PROBE_EVERY = timedelta(minutes=1)
OPENS_AFTER = 10  # failures in a row
OPENS_AT = 3  # different addresses among them
DISABLED_AFTER = timedelta(days=5)
DISABLED_AFTER_FAILURES = 20

# Answers that a provider gives only when it is there and knows the credential.
_ACCEPTED = frozenset({Outcome.SENT, Outcome.BAD, Outcome.DEAD})
_OF_ONE = frozenset({Concern.PLACE, Concern.PERSON})

_log = logging.getLogger(__name__)


@dataclass
class _Seen:
    """The answers that this chunk's messages have had from one integration."""

    accepted: bool = False
    sent: bool = False
    doubted: bool = False  # many addresses were called dead, and it is not believed
    deaths: tuple[Death, ...] = ()
    died_at: datetime | None = None
    refused: bool = False
    gone: bool = False
    failures: int = 0
    addresses: tuple[str, ...] = ()  # that they failed at
    latest: DeliveryRecord | None = None  # of the failures

    def failed(self, delivery: Delivery, record: DeliveryRecord, concerns: Concern | None) -> None:
        self.failures += 1
        self.addresses = _with(self.addresses, _place(delivery))
        self.refused |= concerns is Concern.INTEGRATION
        self.gone |= record.outcome is Outcome.DEAD
        self.latest = record


class Circuits:
    """The circuits of one tenant's integrations while several threads send one chunk.

    Costs no call as long as all goes well.
    """

    def __init__(self, integrations: Mapping[str, Integration], ports: TenantPorts) -> None:
        self._tenant = ports.tenant
        self._integrations = dict(integrations)
        self._ports = ports
        self._seen: dict[str, _Seen] = defaultdict(_Seen)
        self._asked: set[str] = set()
        self._lock = Lock()

    def probes_first(
        self, deliveries: Sequence[OpenDelivery]
    ) -> tuple[Sequence[OpenDelivery], Sequence[OpenDelivery]]:
        """Return one delivery of each integration whose circuit is open, and all the others."""
        probes: dict[str, OpenDelivery] = {}
        for one in deliveries:
            integration = self._integrations.get(one.delivery.integration)
            if integration and _is_open(integration.circuit) and not one.delivery.dead:
                probes.setdefault(integration.id, one)
        ids = {one.delivery.id for one in probes.values()}
        return tuple(probes.values()), [one for one in deliveries if one.delivery.id not in ids]

    def admit(self, delivery: Delivery) -> bool:
        """Whether to send it now: its circuit is closed, or it is the probe."""
        integration = self._integrations.get(delivery.integration)
        if integration is None or not integration.usable:
            return True  # it fails without being sent
        with self._lock:
            seen, circuit = self._seen[delivery.integration], integration.circuit
            if seen.accepted:
                return True
            if circuit is not None and circuit.probe_at:
                return self._probe(integration, circuit, circuit.probe_at)
            return not (seen.refused or seen.gone or _keeps_failing(_counted(circuit, seen)))

    def saw(
        self, delivery: Delivery, record: DeliveryRecord, concerns: Concern | None = None
    ) -> None:
        """Take the record of a delivery that was attempted into account."""
        if delivery.integration not in self._integrations:
            return
        with self._lock:
            seen = self._seen[delivery.integration]
            if _speaks_for_all(delivery, record, concerns):
                seen.failed(delivery, record, concerns)
            elif _is_accepted(record, concerns):
                seen.sent |= record.outcome is Outcome.SENT
                circuit = self._integrations[delivery.integration].circuit
                held = circuit is not None and circuit.holds_deaths
                seen.accepted |= not (held and record.outcome is Outcome.DEAD)

    def of(self, integration: str) -> Circuit | None:
        """Return an integration's circuit as it was read."""
        found = self._integrations.get(integration)
        return found.circuit if found else None

    def doubt(self, integration: str) -> None:
        """Hold the integration unless it got a message through: it calls everybody dead."""
        self._seen[integration].doubted = True

    def remember(self, integration: str, deaths: tuple[Death, ...], at: datetime) -> None:
        """Keep the deaths in a row, which more of them may make a group."""
        self._seen[integration].deaths = deaths
        self._seen[integration].died_at = at

    def settle(self) -> None:
        """Switch circuits as the answers ask, leaving those that cannot be written now."""
        now = self._ports.clock.now()
        for id, seen in self._seen.items():
            integration = self._integrations[id]
            circuit = _settled(integration.circuit, seen, now)
            if circuit != integration.circuit and integration.usable:
                self._switch_and_announce(integration, circuit)

    def _switch_and_announce(self, integration: Integration, circuit: Circuit | None) -> None:
        disabled = circuit is not None and circuit.disabled_at is not None
        # Announced first, so that a crash in between leaves nothing unsaid; twice counts as once.
        if circuit and disabled and not self._announce(integration, circuit):
            return
        if not self._switch(integration, circuit):
            return
        about = {"tenant": self._tenant, "integration": integration.id}
        if disabled or _is_open(circuit) != _is_open(integration.circuit):
            change = "disabled" if disabled else "opened" if _is_open(circuit) else "closed"
            code = circuit.code if circuit else ""
            _log.warning("circuit %s", change, extra={**about, "code": log_context.shown(code)})
        if circuit and _is_to_be_told(integration.circuit, circuit, self._seen[integration.id]):
            announce.integration_held(integration, circuit, ports=self._ports)

    def _announce(self, integration: Integration, circuit: Circuit) -> bool:
        return announce.endpoint_disabled(integration, circuit, ports=self._ports)

    def _probe(self, integration: Integration, circuit: Circuit, probe_at: datetime) -> bool:
        """Whether this worker is the one to probe: the first to write so, once it is time."""
        now = self._ports.clock.now()
        if now < probe_at or integration.id in self._asked:
            return False
        self._asked.add(integration.id)
        taken = replace(circuit, probe_at=now + PROBE_EVERY)
        if not self._switch(integration, taken):
            return False
        self._integrations[integration.id] = replace(integration, circuit=taken)
        return True

    def _switch(self, integration: Integration, circuit: Circuit | None) -> bool:
        try:
            return self._ports.integrations.switch(integration, circuit)
        except Unavailable:
            return False


def _is_open(circuit: Circuit | None) -> bool:
    return circuit is not None and circuit.opened_at is not None


def _is_to_be_told(before: Circuit | None, after: Circuit, seen: _Seen) -> bool:
    """Whether it has just opened for a reason that its tenant can mend."""
    opened = _is_open(after) and not _is_open(before) and after.disabled_at is None
    return opened and (seen.refused or after.holds_deaths)


def _settled(before: Circuit | None, seen: _Seen, now: datetime) -> Circuit | None:
    """Return the circuit as the answers leave it."""
    if seen.doubted and not seen.sent:
        return _held_for_deaths(before, now)
    if seen.accepted:
        died = seen.deaths and not seen.sent
        memory = Circuit(since=now, code="", deaths=seen.deaths, died_at=seen.died_at)
        return memory if died else None
    if seen.latest is None:
        return before
    after = replace(
        _counted(before, seen),
        since=before.since if before else now,
        code=seen.latest.code,
        http_status=seen.latest.http_status,
    )
    if not _is_open(before) and (seen.refused or _keeps_failing(after)):
        after = replace(after, opened_at=now, probe_at=now + PROBE_EVERY)
    steady = after.failures >= DISABLED_AFTER_FAILURES and now - after.since >= DISABLED_AFTER
    return replace(after, disabled_at=now) if seen.gone or steady else after


def _held_for_deaths(before: Circuit | None, now: datetime) -> Circuit:
    """Return a circuit that is open because many addresses were called dead."""
    if before and before.holds_deaths:
        return before
    circuit = before or Circuit(since=now, code="")
    opened = replace(circuit, opened_at=now, probe_at=now + PROBE_EVERY, deaths=(), died_at=None)
    return replace(opened, code=MANY_DEATHS, http_status=None, failures=max(1, circuit.failures))


def _counted(before: Circuit | None, seen: _Seen) -> Circuit:
    """Return the circuit with the failures of this chunk counted."""
    circuit = before or Circuit(since=datetime.min.replace(tzinfo=UTC), code="")
    addresses = circuit.addresses
    for address in seen.addresses:
        addresses = _with(addresses, address)
    return replace(circuit, failures=circuit.failures + seen.failures, addresses=addresses)


def _keeps_failing(circuit: Circuit) -> bool:
    return circuit.failures >= OPENS_AFTER and len(circuit.addresses) >= OPENS_AT


def _with(addresses: tuple[str, ...], address: str) -> tuple[str, ...]:
    """Add an address, up to as many as matter."""
    known = address in addresses or len(addresses) >= OPENS_AT
    return addresses if known else (*addresses, address)


def _place(delivery: Delivery) -> str:
    """Return a short hash of the address; an integration with a target of its own counts events."""
    if delivery.subscriber is None and not delivery.address:
        return ids.derived(delivery.invocation)[:8]
    return ids.derived(*(f"{name}={delivery.address[name]}" for name in sorted(delivery.address)))[
        :8
    ]


def _speaks_for_all(delivery: Delivery, record: DeliveryRecord, concerns: Concern | None) -> bool:
    """Whether other messages of the integration may fail like this one.

    Not if the address is a webhook's URL of one subscriber, with its own credential and server, or
    if the answer is about one place or person. A dead target speaks for all if it belongs to the
    integration, not to a subscriber.
    """
    if record.outcome is Outcome.DEAD:
        return delivery.subscriber is None
    failed = record.outcome in {Outcome.CONFIG, Outcome.RETRY, Outcome.UNSURE}
    of_one = delivery.has_own_url or concerns in _OF_ONE
    return failed and not of_one and record.code != INTERNAL_ERROR


def _is_accepted(record: DeliveryRecord, concerns: Concern | None) -> bool:
    """Whether the provider has answered, and knows the credential."""
    if record.http_status is None:
        return False
    return record.outcome in _ACCEPTED or concerns in _OF_ONE
