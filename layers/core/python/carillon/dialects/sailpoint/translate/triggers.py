"""Translate event types to triggers."""

import json

from carillon.dialects.sailpoint.collections import Fields
from carillon.dialects.sailpoint.schemas.triggers import TriggerResponse
from carillon.domain.catalogue.event_types import EventType

FIELDS = Fields(
    filterable={"id": frozenset({"eq", "ge", "le"})}, sortable=frozenset({"id", "name"})
)


def trigger(event: EventType) -> TriggerResponse:
    answers = event.output_schema is not None
    return TriggerResponse(
        id=event.slug,
        name=event.name,
        type="REQUEST_RESPONSE" if answers else "FIRE_AND_FORGET",
        description=event.description,
        input_schema=json.dumps(event.input_schema or {}),
        example_input=dict(event.sample or {}),
        output_schema=json.dumps(event.output_schema) if answers else None,
        example_output=None if event.sample_output is None else dict(event.sample_output),
    )
