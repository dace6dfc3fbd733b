"""Translate event types to triggers."""

import json
from collections.abc import Mapping
from typing import Any

from carillon.dialects.sailpoint.collections import Fields
from carillon.dialects.sailpoint.schemas.triggers import TriggerResponse
from carillon.dialects.sailpoint.translate import examples
from carillon.dialects.sailpoint.translate.examples import Accepts
from carillon.domain.catalogue.event_types import EventType

FIELDS = Fields(
    filterable={"id": frozenset({"eq", "ge", "le"})}, sortable=frozenset({"id", "name"})
)


def trigger(
    event: EventType, sample: Mapping[str, Any] | None, accepts: Accepts
) -> TriggerResponse:
    answers = event.output_schema is not None
    example, schema = examples.example_input(sample, event.input_schema, accepts)
    output = examples.example_output(event.sample_output, event.output_schema, accepts)
    return TriggerResponse(
        id=event.slug,
        name=event.name,
        type="REQUEST_RESPONSE" if answers else "FIRE_AND_FORGET",
        description=event.description,
        input_schema=json.dumps(schema),
        example_input=dict(example),
        output_schema=json.dumps(event.output_schema) if answers else None,
        example_output=None if output is None else dict(output),
    )
