"""Translate the attachments of an event, which are in its payload or in its overrides of mails."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from carillon.dialects.common import problems
from carillon.dialects.novu.schemas.attachments import ATTACHMENTS, AttachmentPayload
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import joined
from carillon.domain.intake.attachments import Attachment

IN_PAYLOAD = "attachments"


def to_attachments(payload: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[Attachment, ...]]:
    """Return the payload without the files' contents, and the attachments.

    Raise Invalid for those that no mail can have.
    """
    if not payload.get(IN_PAYLOAD):
        return payload, ()
    found = _read(payload[IN_PAYLOAD], f"payload.{IN_PAYLOAD}")
    described = [one.described() for one in found]
    return {**payload, IN_PAYLOAD: described}, tuple(map(_attachment, found))


def of_override(given: Any, place: str) -> tuple[Attachment, ...]:
    """Return attachments that the overrides of mails hold; raise Invalid."""
    return tuple(map(_attachment, _read(given, place)))


def _read(given: Any, place: str) -> list[AttachmentPayload]:
    try:
        return ATTACHMENTS.validate_python(given)
    except ValidationError as error:
        # Without the values, which may be whole files.
        found = (replace(one, path=joined(place, one.path), value=None) for one in problems(error))
        raise Invalid(*found) from error


def _attachment(one: AttachmentPayload) -> Attachment:
    return Attachment(
        name=one.name,
        mime=one.mime or Attachment.mime,
        content=one.file or "",
        url=one.url or "",
        content_id=one.cid or "",
        inline=(one.disposition or ("inline" if one.cid else "attachment")) == "inline",
    )
