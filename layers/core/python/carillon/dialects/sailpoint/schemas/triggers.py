"""Triggers on the wire.

Source: https://developer.sailpoint.com/docs/api/beta/triggers
"""

from typing import Any, Literal

from carillon.dialects.sailpoint.schemas.common import Wire


class TriggerResponse(Wire):
    """Schemas are JSON in a text; examples are the event type's samples."""

    id: str
    name: str
    type: Literal["REQUEST_RESPONSE", "FIRE_AND_FORGET"]
    description: str
    input_schema: str
    example_input: dict[str, Any]
    output_schema: str | None
    example_output: dict[str, Any] | None
