"""An event type's sample: its own, or one derived from its input schema."""

from collections.abc import Mapping
from typing import Any

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.event_types import EventType
from carillon.ports import TenantPorts


def find(event: EventType, *, ports: TenantPorts) -> Mapping[str, Any] | None:
    """Return the sample that is sent when a test names no payload; None if none can be derived."""
    if event.sample is not None:
        return event.sample
    if event.input_schema is None:
        return {}
    return ports.schemas.sample(event.input_schema)


def required(event: EventType, *, at: FieldName, ports: TenantPorts) -> Mapping[str, Any]:
    """Return the sample; raise Invalid at the payload's field if none can be derived."""
    found = find(event, ports=ports)
    if found is None:
        message = (
            "is needed: the event type has no sample, and none could be derived from its schema"
        )
        raise Invalid(FieldProblem(at, message, kind="missing"))
    return found
