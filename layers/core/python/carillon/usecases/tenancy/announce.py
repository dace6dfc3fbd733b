"""Tell a tenant about its own integrations, by events of Carillon's own event types."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from carillon.domain.base import ids
from carillon.domain.base.errors import Conflict, Unavailable
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.intake.triggers import Refused, Trigger
from carillon.domain.integrations.integrations import Circuit, Integration
from carillon.ports import TenantPorts
from carillon.usecases.intake.trigger import accept

# The event types that every tenant can subscribe to.
ENDPOINT_DISABLED = "endpoint.disabled"
INTEGRATION_HELD = "integration.held"

_OWN = {
    ENDPOINT_DISABLED: (
        "Endpoint disabled",
        (
            "Carillon has switched an integration off: it is gone, or has failed for five days. "
            "Data: integration, identifier, provider, code, http_status, failures, since, "
            "disabled_at."
        ),
    ),
    INTEGRATION_HELD: (
        "Integration held",
        (
            "Carillon holds an integration's messages back: its service refuses the credential or "
            "the signature, or called many addresses dead within minutes. Data: integration, "
            "identifier, provider, code, http_status, failures, since, opened_at."
        ),
    ),
}
OWN = frozenset(_OWN)


def declare(*, ports: TenantPorts) -> None:
    """Create the event types that Carillon itself triggers, if absent."""
    now = ports.clock.now()
    events = [
        EventType(slug=slug, name=name, description=description, created_at=now, updated_at=now)
        for slug, (name, description) in _OWN.items()
    ]
    known = ports.event_types.get_many(events[0].application, sorted(OWN))
    for event in events:
        if event.slug not in known:
            # Another process may have created it.
            with suppress(Conflict):
                ports.event_types.add(event)


def integration_held(integration: Integration, circuit: Circuit, *, ports: TenantPorts) -> bool:
    """Trigger the event once for each time that the circuit opens; return False to retry."""
    opened_at = circuit.opened_at.isoformat() if circuit.opened_at else None
    payload = {**_payload(integration, circuit), "opened_at": opened_at}
    return _trigger(INTEGRATION_HELD, payload, (integration.id, str(opened_at)), ports)


def endpoint_disabled(integration: Integration, circuit: Circuit, *, ports: TenantPorts) -> bool:
    """Trigger the event once for each disabled integration; return False to retry."""
    disabled_at = circuit.disabled_at.isoformat() if circuit.disabled_at else None
    payload = {**_payload(integration, circuit), "disabled_at": disabled_at}
    place = (integration.id, circuit.since.isoformat())
    return _trigger(ENDPOINT_DISABLED, payload, place, ports)


def _payload(integration: Integration, circuit: Circuit) -> Mapping[str, Any]:
    return {
        "integration": integration.id,
        "identifier": integration.identifier,
        "provider": integration.provider,
        "code": circuit.code,
        "http_status": circuit.http_status,
        "failures": circuit.failures,
        "since": circuit.since.isoformat(),
    }


def _trigger(
    event: str, payload: Mapping[str, Any], occurrence: tuple[str, ...], ports: TenantPorts
) -> bool:
    """Trigger an event of ours, once for each occurrence; return False to retry."""
    id = f"{event}:{ids.derived(*occurrence)}"
    trigger = Trigger(event=event, payload=payload, transaction_id=id)
    try:
        declare(ports=ports)
        [answer] = accept([trigger], ports=ports)
    except Unavailable:
        return False
    # The tenant may have switched the event type off.
    return not (isinstance(answer, Refused) and isinstance(answer.error, Unavailable))
