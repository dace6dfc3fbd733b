"""Translate the overrides of an event.

Which come before which: those of a channel, by its name and then in `channels`; those of a
provider, by its name and then in `providers`; those of a provider in a step.

Source: https://docs.novu.co/platform/integrations/trigger-overrides; `_passthrough.body` is added
to what a provider is sent.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from carillon.dialects.novu.schemas.overrides import ChannelTables, OverridesPayload, Tables
from carillon.dialects.novu.translate.attachments import IN_PAYLOAD, of_override
from carillon.dialects.novu.translate.credentials import PROVIDERS
from carillon.dialects.words import WireProblem
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.merging import Merging, merged
from carillon.domain.base.problems import Problem
from carillon.domain.intake.attachments import Attachment
from carillon.domain.intake.overrides import Override

_PLACE = "overrides"
_NO_LAYOUT = "is not supported: put the whole message into the step's body"


def to_overrides(
    given: OverridesPayload,
) -> tuple[tuple[Override, ...], tuple[Attachment, ...]]:
    """Return the tables of overrides, the weakest first, and the attachments in those of mails.

    Raise Invalid for tables of no kind.
    """
    known: list[Override] = []
    attachments: list[Attachment] = []
    problems: list[Problem] = []
    for found in _tables(given):
        match found:
            case Override():
                known.append(found)
            case Attachment():
                attachments.append(found)
            case _:
                problems.append(found)
    if problems:
        raise Invalid(*problems)
    return tuple(known), tuple(attachments)


def _tables(given: OverridesPayload) -> Iterator[Override | Attachment | Problem]:
    yield from _of_channels(given, "")
    if given.channels:
        yield from _of_channels(given.channels, "channels.")
    yield from _of_providers(given.model_extra or {}, "")
    yield from _of_providers(given.providers or {}, "providers.")
    for step, tables in (given.steps or {}).items():
        if tables:
            yield from _of_providers(tables.providers or {}, f"steps.{step}.providers.", step)


def _of_channels(given: ChannelTables, at: str) -> Iterator[Override | Attachment | Problem]:
    for channel in map(Channel, ChannelTables.model_fields):
        values, place = _said(getattr(given, channel)), f"{at}{channel}"
        if channel is Channel.EMAIL and (files := values.pop(IN_PAYLOAD, None)):
            yield from of_override(files, f"{_PLACE}.{place}.{IN_PAYLOAD}")
        if values.pop("layoutId", None):
            yield WireProblem(f"{_PLACE}.{place}.layoutId", _NO_LAYOUT)
        integration = values.pop("integrationIdentifier", "")
        if not isinstance(integration, str):
            yield WireProblem(f"{_PLACE}.{place}.integrationIdentifier", "must be a string")
        elif values or integration:
            yield Override(place=place, channel=channel, values=values, integration=integration)


def _of_providers(given: Tables, at: str, step: str = "") -> Iterator[Override | Problem]:
    for name, table in given.items():
        place, values = f"{at}{name}", _said(table)
        if name not in PROVIDERS:
            names = ", ".join(sorted(PROVIDERS))
            yield WireProblem(
                f"{_PLACE}.{place}", f"is neither a channel nor one of the providers {names}"
            )
            continue
        beyond = values.pop("_passthrough", {})
        if not isinstance(beyond, Mapping):
            yield WireProblem(f"{_PLACE}.{place}._passthrough", "must be an object")
            continue
        for part in beyond:
            if part != "body" and beyond[part]:
                reason = "must not be given: only the body of a request to a provider can be"
                yield WireProblem(f"{_PLACE}.{place}._passthrough.{part}", reason)
        values = merged(values, _said(beyond.get("body")), Merging.MERGE)
        if values:
            yield Override(place=place, provider=PROVIDERS[name].id, values=values, step=step)


def _said(table: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a table without the names that say nothing, which are null or an empty text."""
    return {name: value for name, value in (table or {}).items() if value not in (None, "")}
