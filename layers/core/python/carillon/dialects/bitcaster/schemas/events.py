"""Events on the wire.

Source: https://github.com/bitcaster-io/bitcaster/blob/develop/docs/api/events.md and
.../docs/adm-guide/trigger.md
"""

import json
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from carillon.dialects.bitcaster.schemas.common import Dictionary, Given, Text, Wire, Words, wrong
from carillon.dialects.common import omitted
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.skips import SkipReason

_FILTERS = ("include", "exclude")  # both are required


def _filters(value: Any) -> Any:
    if isinstance(value, str):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if not isinstance(value, dict):
        raise wrong(f"{value!r:.100} is not of type 'object'")
    for name in _FILTERS:
        if name not in value:
            raise wrong(f"'{name}' is a required property")
    for name in value:
        if name not in _FILTERS:
            raise wrong(f"Additional properties are not allowed ('{name:.100}' was unexpected)")
    return value


def _split(value: Any) -> Any:
    """Take a text for a list, with commas: the command line's `--options` are texts alone."""
    return [word.strip() for word in value.split(",")] if isinstance(value, str) else value


type Listed = Annotated[Words, BeforeValidator(_split, json_schema_input_type=Words | Given)]


class Options(Wire):
    limit_to: Listed = Field(default=[], description="Values of addresses")
    channels: Listed = Field(default=[], description="Ids or names of channels, or media")
    environs: Listed = Field(default=[], description="Environments of subscriptions")
    filters: Annotated[dict[str, Any], BeforeValidator(_filters)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _are_known(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            kind = type(value).__name__
            raise wrong(f"Invalid data. Expected a dictionary, but got {kind}.")
        if unknown := [name for name in value if name not in cls.model_fields]:
            raise wrong(f"Unknown field(s): {', '.join(unknown):.200}")
        return value


def _options(value: Any) -> Any:
    if value is None:
        raise wrong("This field may not be null.")
    return value


class TriggerRequest(Wire):
    context: Dictionary = Field(default={})
    options: Annotated[Options, BeforeValidator(_options)] = Options()


class TriggerQuery(Wire):
    cid: Text = Field(default="", description="The caller's own id of the event; not unique")


class OccurrenceResponse(Wire):
    """`paused` is present when the event was recorded and is not delivered."""

    occurrence: str
    paused: Literal[True] | None = omitted()


class SkipResponse(Wire):
    reason: SkipReason
    number: int = Field(description="Recipients, channels of recipients, or subscriptions")
    explanation: str


class OccurrenceStatusResponse(Wire):
    """What became of an occurrence; a call that Bitcaster does not have, in its words.

    `status` is Bitcaster's: NEW, PROCESSED (its recipients are known, not all is over yet),
    COMPLETED, or FAILED, when nothing of what was to be sent was.
    """

    id: str
    event: str
    correlation_id: str | None
    created: datetime
    paused: bool
    status: Literal["NEW", "PROCESSED", "COMPLETED", "FAILED"]
    recipients: int
    deliveries: dict[Status, int] = Field(description="Number of deliveries by status")
    skipped: list[SkipResponse] = Field(description="Why recipients were not reached")


class EventResponse(Wire):
    """The client's `events` command reads `name`, `slug`, `active`, `locked`, `description`."""

    id: str
    locked: bool
    paused: bool
    version: int
    last_updated: datetime
    created: datetime
    name: str
    slug: str
    description: str | None
    active: bool
    newsletter: bool = False
    occurrence_retention: int | None = None
    application: str
    channels: list[str]
