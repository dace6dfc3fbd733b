"""Tell a tenant about its own integrations, by events of Carillon's own event types."""

from carillon.domain.base import ids
from carillon.domain.base.errors import Conflict, Unavailable
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.intake.triggers import Refused, Trigger
from carillon.domain.integrations.integrations import Circuit, Integration
from carillon.ports import TenantPorts
from carillon.usecases.intake.trigger import accept

# The event type that every tenant can subscribe to.
ENDPOINT_DISABLED = "endpoint.disabled"

_DESCRIPTION = (
    "Carillon has switched an integration off: it is gone, or has failed for five days. "
    "Data: integration, identifier, provider, code, http_status, failures, since, disabled_at."
)


def declare(*, ports: TenantPorts) -> None:
    """Create the event types that Carillon itself triggers, if absent."""
    now = ports.clock.now()
    event = EventType(
        slug=ENDPOINT_DISABLED,
        name="Endpoint disabled",
        description=_DESCRIPTION,
        created_at=now,
        updated_at=now,
    )
    if not ports.event_types.get_many(event.application, [event.slug]):
        try:
            ports.event_types.save(event, expected=None)
        except Conflict:
            return  # another process created it


def endpoint_disabled(integration: Integration, circuit: Circuit, *, ports: TenantPorts) -> bool:
    """Trigger the event once for each disabled integration; return False to retry."""
    payload = {
        "integration": integration.id,
        "identifier": integration.identifier,
        "provider": integration.provider,
        "code": circuit.code,
        "http_status": circuit.http_status,
        "failures": circuit.failures,
        "since": circuit.since.isoformat(),
        "disabled_at": circuit.disabled_at.isoformat() if circuit.disabled_at else None,
    }
    occurrence = ids.derived(integration.id, circuit.since.isoformat())
    trigger = Trigger(
        event=ENDPOINT_DISABLED,
        payload=payload,
        transaction_id=f"{ENDPOINT_DISABLED}:{occurrence}",
    )
    try:
        declare(ports=ports)
        [answer] = accept([trigger], ports=ports)
    except Unavailable:
        return False
    # The tenant may have switched the event type off.
    return not (isinstance(answer, Refused) and isinstance(answer.error, Unavailable))
