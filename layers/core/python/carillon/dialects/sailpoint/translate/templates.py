"""Translate notification templates between wire and domain.

SailPoint's default templates are those of the tenant's administrators. A template of the tenant's
own is a custom template, stored together with the request it was made from.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from carillon.dialects.sailpoint.collections import Fields
from carillon.dialects.sailpoint.schemas.common import Medium
from carillon.dialects.sailpoint.schemas.templates import (
    DefaultSlackTemplateResponse,
    DefaultTeamsTemplateResponse,
    DefaultTemplateResponse,
    DeletedTemplate,
    TemplateRequest,
    TemplateResponse,
)
from carillon.dialects.sailpoint.translate.common import CHANNELS, medium
from carillon.dialects.sailpoint.translate.template_texts import to_texts
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid, NotFound
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.templates import Template, TemplateKey

FIELDS = Fields(
    filterable={
        "key": frozenset({"eq", "in", "sw"}),
        "medium": frozenset({"eq", "sw"}),
        "locale": frozenset({"eq", "sw"}),
    },
    sortable=frozenset({"key", "name", "medium"}),
)

_LARGEST = 150 * 1024  # bytes of the request: an item of 400 KB holds it twice


class Named(NamedTuple):
    """The parts of a template's id."""

    key: str
    medium: Medium
    locale: str

    def place(self) -> TemplateKey:
        channel, provider = CHANNELS[self.medium]
        return TemplateKey(channel, provider, self.locale, custom=True)


def to_template(
    body: TemplateRequest, application: str, now: datetime, before: Template | None
) -> Template:
    """Return the custom template that replaces `before`; raise Invalid."""
    channel, provider = CHANNELS[body.medium]
    texts = to_texts(body)
    written = body.model_dump(by_alias=True, exclude_none=True)
    if len(json.dumps(written)) > _LARGEST:
        raise Invalid(
            WireProblem("body", f"must not be larger than {_LARGEST} bytes", kind="limit")
        )
    created = before.original.get("created") if before else None
    return Template(
        event=body.key,
        application=application,
        medium=channel,
        provider=provider,
        locale=body.locale,
        custom=True,
        updated_at=now,
        original={**written, "created": created or now.isoformat()},
        **texts,
    )


def among(named: DeletedTemplate) -> Callable[[Template], bool]:
    """Return a test for the templates named; without a medium or a locale, all of the key."""

    def is_named(template: Template) -> bool:
        return (
            template.custom
            and named.medium in {None, medium_of(template)}
            and named.locale in {None, template.locale}
        )

    return is_named


@contextmanager
def referring_to(key: str) -> Iterator[None]:
    """Report an unknown key as a mistake in the body: 400, not 404."""
    try:
        yield
    except NotFound:
        raise Invalid(
            WireProblem("key", "is not the key of a notification", key[:100], "reference")
        ) from None


def custom(template: Template) -> TemplateResponse:
    """Show a tenant's own template as it was written."""
    written = template.original
    named = Named(template.event, medium_of(template), template.locale)
    return TemplateResponse.model_validate(
        {
            "name": template.event,
            "description": "",
            **written,
            **named._asdict(),
            "id": to_id(named),
            "created": written.get("created", template.updated_at),
            "modified": template.updated_at,
        }
    )


def defaults(
    templates: Iterable[Template], names: Mapping[str, str]
) -> Iterator[DefaultTemplateResponse]:
    """Show default templates; one for all chat serves Slack and Teams where they have none."""
    present = [t for t in templates if not t.custom and t.active]
    own = {(t.event, t.provider, t.locale) for t in present if t.provider}
    for template in present:
        for name, (channel, provider) in CHANNELS.items():
            taken = (template.event, provider, template.locale) in own
            serves = template.provider == provider or (not template.provider and not taken)
            if template.medium is channel and serves:
                yield _default(template, name, names.get(template.event, template.event))


def to_id(named: Named) -> str:
    return base64.urlsafe_b64encode("|".join(named).encode()).decode().rstrip("=")


def from_id(id: str) -> Named:
    """Read a template's id; raise NotFound for a text that is none."""
    try:
        text = base64.b64decode(id + "=" * (-len(id) % 4), altchars=b"-_", validate=True).decode()
        key, name, locale = text.split("|")
    except (binascii.Error, ValueError):
        raise NotFound(Noun.TEMPLATE, id[:100]) from None
    found = medium(name)
    if found is None:
        raise NotFound(Noun.TEMPLATE, id[:100])
    return Named(key, found, locale)


def medium_of(template: Template) -> Medium:
    """Return the medium of a custom template, which names its provider if it is for chat."""
    places = {place: name for name, place in CHANNELS.items()}
    return places[template.medium, template.provider]


def _default(template: Template, medium: Medium, name: str) -> DefaultTemplateResponse:
    return DefaultTemplateResponse(
        body=(template.html or template.body) if medium == "EMAIL" else None,
        subject=template.subject or None,
        slack_template=_default_slack(template) if medium == "SLACK" else None,
        teams_template=_default_teams(template) if medium == "TEAMS" else None,
        key=template.event,
        name=name,
        medium=medium,
        locale=template.locale,
    )


def _default_slack(template: Template) -> DefaultSlackTemplateResponse:
    native = template.native
    return DefaultSlackTemplateResponse(
        text=template.body,
        blocks=json.dumps(native["blocks"]) if "blocks" in native else None,
        attachments=json.dumps(native.get("attachments", [])),
    )


def _default_teams(template: Template) -> DefaultTeamsTemplateResponse:
    return DefaultTeamsTemplateResponse(
        title=template.subject,
        text=template.body,
        message_json=json.dumps(dict(template.native)) if template.native else None,
    )
