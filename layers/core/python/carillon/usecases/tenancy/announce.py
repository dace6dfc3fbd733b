"""Tell a tenant, by an event like any other, what has become of its own set-up."""

from carillon.domain.base import ids
from carillon.domain.base.errors import Conflict, Unavailable
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery.invocations import Refused, Trigger
from carillon.domain.integrations.integrations import Circuit, Integration
from carillon.ports import TenantPorts
from carillon.usecases.intake.trigger import accept

# What every tenant can subscribe to, as to an event type of its own.
ENDPOINT_DISABLED = "endpoint.disabled"

_DESCRIPTION = (
    "Carillon has switched an integration off: it is gone, or has failed for five days. "
    "Data: integration, identifier, provider, code, http_status, failures, since, disabled_at."
)


def declare(*, ports: TenantPorts) -> None:
    """Have the event types that Carillon itself triggers among the tenant's, if they are not."""
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
            return  # somebody was quicker


def endpoint_disabled(integration: Integration, circuit: Circuit, *, ports: TenantPorts) -> bool:
    """Trigger the event, once for each time that it happens; False to have it tried again."""
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
    # A tenant may have switched the event type off: then there is nobody to tell.
    return not (isinstance(answer, Refused) and isinstance(answer.error, Unavailable))
