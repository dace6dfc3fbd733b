"""Integrations' circuits: what is broken is probed, not hammered, and one day switched off.

A refused credential opens a circuit at once, an endpoint that fails steadily after ten attempts. A
message that met a refusal has failed. Those behind it wait, without an attempt counted, until a
probe, one a minute, gets through or somebody changes the integration.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import INTERNAL_ERROR, Delivery, Outcome, Result
from carillon.domain.integrations.integrations import Circuit, Integration
from carillon.ports import TenantPorts
from carillon.telemetry import log_context
from carillon.usecases.tenancy import announce

PROBE_EVERY = timedelta(minutes=1)
OPENS_AFTER = 10  # failures in a row
DISABLED_AFTER = timedelta(days=5)
DISABLED_AFTER_FAILURES = 20

# What a provider says only when it is there, and knows the credential.
_ACCEPTED = frozenset({Outcome.SENT, Outcome.BAD, Outcome.DEAD})

_log = logging.getLogger(__name__)


@dataclass
class _Seen:
    """What this chunk's messages have met at one integration."""

    accepted: bool = False
    refused: bool = False
    gone: bool = False
    failures: int = 0
    latest: Result | None = None  # of the failures


class Circuits:
    """The circuits of one tenant's integrations while one chunk is sent, by several threads.

    While all goes well it costs no call to anything.
    """

    def __init__(self, integrations: Mapping[str, Integration], ports: TenantPorts) -> None:
        self._tenant = ports.tenant
        self._integrations = dict(integrations)
        self._ports = ports
        self._seen: dict[str, _Seen] = defaultdict(_Seen)
        self._asked: set[str] = set()
        self._lock = Lock()

    def probes_first(
        self, deliveries: Sequence[Delivery]
    ) -> tuple[Sequence[Delivery], Sequence[Delivery]]:
        """One delivery of each integration whose circuit is open, and all the others."""
        firsts: dict[str, Delivery] = {}
        for delivery in deliveries:
            integration = self._integrations.get(delivery.integration)
            if integration and _is_open(integration.circuit) and not delivery.dead:
                firsts.setdefault(delivery.integration, delivery)
        ids = {delivery.id for delivery in firsts.values()}
        return tuple(firsts.values()), [d for d in deliveries if d.id not in ids]

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
            before = circuit.failures if circuit else 0
            return not (seen.refused or seen.gone) and before + seen.failures < OPENS_AFTER

    def saw(self, delivery: Delivery, result: Result) -> None:
        """Take into account what came of a delivery."""
        if delivery.integration not in self._integrations:
            return
        with self._lock:
            seen = self._seen[delivery.integration]
            if _speaks_for_all(delivery, result):
                seen.failures += 1
                seen.refused |= result.outcome is Outcome.CONFIG
                seen.gone |= result.outcome is Outcome.DEAD
                seen.latest = result
            elif result.outcome in _ACCEPTED and result.http_status is not None:
                seen.accepted = True

    def settle(self) -> None:
        """Switch what the answers say. What cannot be written now is left as it is."""
        now = self._ports.clock.now()
        for id, seen in self._seen.items():
            integration = self._integrations[id]
            circuit = _settled(integration.circuit, seen, now)
            if circuit != integration.circuit and integration.usable:
                self._switch_and_tell(integration, circuit)

    def _switch_and_tell(self, integration: Integration, circuit: Circuit | None) -> None:
        disabled = circuit is not None and circuit.disabled_at is not None
        if circuit and disabled:
            # First, so that nobody who dies in between leaves it unsaid; said twice, it is once.
            told = announce.endpoint_disabled(integration, circuit, ports=self._ports)
            if not told:
                return
        if not self._switch(integration, circuit):
            return
        about = {"tenant": self._tenant, "integration": integration.id}
        if disabled or _is_open(circuit) != _is_open(integration.circuit):
            what = "disabled" if disabled else "opened" if _is_open(circuit) else "closed"
            code = circuit.code if circuit else ""
            _log.warning("circuit %s", what, extra={**about, "code": log_context.shown(code)})

    def _probe(self, integration: Integration, circuit: Circuit, probe_at: datetime) -> bool:
        """Whether this worker is the one to probe: the first to say so, once it is time."""
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


def _settled(before: Circuit | None, seen: _Seen, now: datetime) -> Circuit | None:
    """The circuit after what was seen."""
    if seen.accepted:
        return None
    if seen.latest is None:
        return before
    after = replace(
        before or Circuit(since=now, code=""),
        code=seen.latest.code,
        http_status=seen.latest.http_status,
        failures=(before.failures if before else 0) + seen.failures,
    )
    if not _is_open(before) and (seen.refused or after.failures >= OPENS_AFTER):
        after = replace(after, opened_at=now, probe_at=now + PROBE_EVERY)
    steady = after.failures >= DISABLED_AFTER_FAILURES and now - after.since >= DISABLED_AFTER
    return replace(after, disabled_at=now) if seen.gone or steady else after


def _speaks_for_all(delivery: Delivery, result: Result) -> bool:
    """Whether all of the integration's messages would meet the same.

    Not if the address is a webhook's URL of one subscriber, its own credential and its own server.
    But if the target is in the integration itself, then its end is too.
    """
    if result.outcome is Outcome.DEAD:
        return delivery.subscriber is None
    failed = result.outcome in {Outcome.CONFIG, Outcome.RETRY, Outcome.UNSURE}
    return failed and not delivery.has_own_url and result.code != INTERNAL_ERROR
