"""Integrations' circuits: what a provider refuses for its credential is held back, and probed.

A message that met the refusal has failed. Those behind it wait, without an attempt counted, until a
probe, one a minute, gets through or somebody changes the integration.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Lock

from carillon.domain.deliveries import Delivery, Outcome, Result
from carillon.domain.errors import Unavailable
from carillon.domain.integrations import Circuit, Integration
from carillon.ports import Ports

PROBE_EVERY = timedelta(minutes=1)

# What a provider says only to a credential that it knows.
_ACCEPTED = frozenset({Outcome.SENT, Outcome.BAD, Outcome.DEAD})

_log = logging.getLogger(__name__)


class Circuits:
    """The circuits of one tenant's integrations while one chunk is sent, by several threads.

    Without a refusal it costs no call to anything.
    """

    def __init__(self, tenant: str, integrations: Mapping[str, Integration], ports: Ports) -> None:
        self._tenant = tenant
        self._integrations = dict(integrations)
        self._ports = ports
        self._accepted: set[str] = set()
        self._refused: dict[str, Result] = {}
        self._asked: set[str] = set()
        self._lock = Lock()

    def probes_first(
        self, deliveries: Sequence[Delivery]
    ) -> tuple[Sequence[Delivery], Sequence[Delivery]]:
        """One delivery of each integration whose circuit is open, and all the others."""
        firsts: dict[str, Delivery] = {}
        for delivery in deliveries:
            integration = self._integrations.get(delivery.integration)
            if integration and integration.circuit and not delivery.dead:
                firsts.setdefault(delivery.integration, delivery)
        ids = {delivery.id for delivery in firsts.values()}
        return tuple(firsts.values()), [d for d in deliveries if d.id not in ids]

    def admit(self, delivery: Delivery) -> bool:
        """Whether to send it now: its circuit is closed, or it is the probe."""
        id = delivery.integration
        with self._lock:
            if id in self._accepted:
                return True
            if id in self._refused:
                return False
            integration = self._integrations.get(id)
            if integration is None or integration.circuit is None:
                return True
            return self._probe(integration, integration.circuit)

    def saw(self, delivery: Delivery, result: Result) -> None:
        """Take into account what came of a delivery."""
        if delivery.integration not in self._integrations:
            return
        with self._lock:
            if _refuses_all(delivery, result):
                self._refused.setdefault(delivery.integration, result)
            elif result.outcome in _ACCEPTED and result.http_status is not None:
                self._accepted.add(delivery.integration)

    def settle(self) -> None:
        """Open and close what the answers say. One that cannot be written is left as it is."""
        for id, integration in self._integrations.items():
            if id in self._accepted and integration.circuit:
                self._switch(integration, None)
                _log.info("circuit closed", extra=self._about(id))
            elif id in self._refused and id not in self._accepted and not integration.circuit:
                self._switch(integration, self._opened(self._refused[id]))
                code = self._refused[id].code
                _log.warning("circuit opened", extra={**self._about(id), "code": code})

    def _probe(self, integration: Integration, circuit: Circuit) -> bool:
        """Whether this worker is the one to probe: the first to say so, once it is time."""
        now = self._ports.clock.now()
        if now < circuit.probe_at or integration.id in self._asked:
            return False
        self._asked.add(integration.id)
        taken = replace(circuit, probe_at=now + PROBE_EVERY)
        if not self._switch(integration, taken):
            return False
        self._integrations[integration.id] = replace(integration, circuit=taken)
        return True

    def _opened(self, refusal: Result) -> Circuit:
        now = self._ports.clock.now()
        return Circuit(
            opened_at=now,
            probe_at=now + PROBE_EVERY,
            code=refusal.code,
            http_status=refusal.http_status,
        )

    def _switch(self, integration: Integration, circuit: Circuit | None) -> bool:
        try:
            return self._ports.integrations.switch(self._tenant, integration, circuit)
        except Unavailable:
            return False

    def _about(self, id: str) -> Mapping[str, str]:
        return {"tenant": self._tenant, "integration": id}


def _refuses_all(delivery: Delivery, result: Result) -> bool:
    """Whether all of the integration's messages would meet the same refusal.

    Not if the address is a webhook's URL, which is its own credential, of one subscriber. But if
    the target is in the integration itself, then its end is too.
    """
    if result.outcome is Outcome.DEAD:
        return delivery.subscriber is None
    return result.outcome is Outcome.CONFIG and not delivery.has_own_url
