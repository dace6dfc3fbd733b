"""Notification templates between SailPoint's words and ours.

A default template is one that the tenant's administrators made; a tenant's own, in its place, is a
custom one of ours, kept in Liquid with what its author wrote beside it.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from carillon.dialects.sailpoint.collections import Fields
from carillon.dialects.sailpoint.schemas.common import Medium
from carillon.dialects.sailpoint.schemas.templates import (
    DefaultSlackTemplateResponse,
    DefaultTeamsTemplateResponse,
    DefaultTemplateResponse,
    DeletedTemplate,
    SlackTemplate,
    TeamsTemplate,
    TemplateRequest,
    TemplateResponse,
)
from carillon.dialects.sailpoint.translate.common import CHANNELS, medium
from carillon.dialects.sailpoint.velocity import to_liquid, walked
from carillon.domain.base.errors import Invalid, NotFound, Problem
from carillon.domain.catalogue.templates import Template, TemplateKey

FIELDS = Fields(
    filterable={
        "key": frozenset({"eq", "in", "sw"}),
        "medium": frozenset({"eq", "sw"}),
        "locale": frozenset({"eq", "sw"}),
    },
    sortable=frozenset({"key", "name", "medium"}),
)

_LARGEST = 150 * 1024  # bytes as it was written: it is kept twice, in an item of 400 KB
_DEEPEST = 32
_MARKUP = re.compile(r"<[a-zA-Z!/]")
# What the sender is anyway.
_OWN_SENDER = frozenset({"", "$__global.emailFromAddress", "${__global.emailFromAddress}"})
_CARD = frozenset({"actions", "body", "msteams", "version"})
_SAID_ANYWAY = frozenset({"$schema", "type"})


class Named(NamedTuple):
    """What an id stands for."""

    key: str
    medium: Medium
    locale: str

    def place(self) -> TemplateKey:
        channel, provider = CHANNELS[self.medium]
        return TemplateKey(channel, provider, self.locale, custom=True)


def to_template(
    body: TemplateRequest, application: str, now: datetime, before: Template | None
) -> Template:
    """The custom template, in the place of `before` if there was one; raise Invalid."""
    _check(body)
    channel, provider = CHANNELS[body.medium]
    words = _WORDS[body.medium](body)
    if not any(words.values()):
        raise Invalid(Problem("body", "must not be empty", kind="missing"))
    written = body.model_dump(by_alias=True, exclude_none=True)
    if len(json.dumps(written)) > _LARGEST:
        raise Invalid(Problem("body", f"must not be larger than {_LARGEST} bytes", kind="limit"))
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
        **words,
    )


def among(named: DeletedTemplate) -> Callable[[Template], bool]:
    """Which templates are meant: without a medium or a locale, all of the key."""

    def meant(template: Template) -> bool:
        return (
            template.custom
            and named.medium in {None, medium_of(template)}
            and named.locale in {None, template.locale}
        )

    return meant


@contextmanager
def referring_to(key: str) -> Iterator[None]:
    """Have a key that there is not be the body's fault, not the path's."""
    try:
        yield
    except NotFound:
        raise Invalid(Problem("key", "names no notification", key[:100], "reference")) from None


def custom(template: Template) -> TemplateResponse:
    """A tenant's own template, as it was written."""
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
    """Default templates by medium; those for all chat are Slack's and Teams' if these lack any."""
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
    """Raise NotFound for what was never an id."""
    try:
        text = base64.b64decode(id + "=" * (-len(id) % 4), altchars=b"-_", validate=True).decode()
        key, name, locale = text.split("|")
    except (binascii.Error, ValueError):
        raise NotFound("notification template", id[:100]) from None
    found = medium(name)
    if found is None:
        raise NotFound("notification template", id[:100])
    return Named(key, found, locale)


def medium_of(template: Template) -> Medium:
    """The medium of a custom template, which has a provider where its channel is chat."""
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


def _check(body: TemplateRequest) -> None:
    if (body.sender or "").strip() not in _OWN_SENDER:
        raise Invalid(
            Problem("from", "is the email integration's own: leave it out", kind="choice")
        )
    if body.reply_to:
        reason = "is the email integration's own setting `reply_to`: leave it out"
        raise Invalid(Problem("replyTo", reason, kind="choice"))
    if body.slack_template and body.medium != "SLACK":
        raise Invalid(Problem("slackTemplate", f"is for SLACK, not for {body.medium}"))
    if body.teams_template and body.medium != "TEAMS":
        raise Invalid(Problem("teamsTemplate", f"is for TEAMS, not for {body.medium}"))


def _mail(body: TemplateRequest) -> dict[str, Any]:
    """A body with markup is the mail's HTML, one without its text."""
    text = to_liquid(body.body or "", "body")
    is_html = bool(_MARKUP.search(text))
    return {
        "subject": to_liquid(body.subject or "", "subject"),
        "body": "" if is_html else text,
        "html": text if is_html else "",
    }


def _slack(body: TemplateRequest) -> dict[str, Any]:
    own = body.slack_template or SlackTemplate()
    lists = {"blocks": own.blocks, "attachments": own.attachments}
    native = {
        name: _liquid(_listed(value, f"slackTemplate.{name}"), f"slackTemplate.{name}")
        for name, value in lists.items()
        if value
    }
    return {
        "subject": to_liquid(body.subject or "", "subject"),
        "body": to_liquid(own.text or body.body or "", "slackTemplate.text"),
        "native": {name: value for name, value in native.items() if value},
    }


def _teams(body: TemplateRequest) -> dict[str, Any]:
    own = body.teams_template or TeamsTemplate()
    path = "teamsTemplate.messageJSON"
    card = _card(_json(own.message_json, path), path) if own.message_json else {}
    return {
        "subject": to_liquid(own.title or body.subject or "", "teamsTemplate.title"),
        "body": to_liquid(own.text or body.body or "", "teamsTemplate.text"),
        "native": _liquid(card, path),
    }


_WORDS = {"EMAIL": _mail, "SLACK": _slack, "TEAMS": _teams}


def _card(message: Any, path: str) -> dict[str, Any]:
    """The parts of a card that can be sent, alone or as the attachment of a message."""
    match message:
        case {"attachments": [{"content": dict(card)}]}:
            pass
        case dict(card):
            pass
        case _:
            raise Invalid(Problem(path, "must be an Adaptive Card"))
    unknown = sorted(card.keys() - _CARD - _SAID_ANYWAY)
    if unknown:
        reason = f"{', '.join(unknown)} cannot be sent, only {', '.join(sorted(_CARD))}"
        raise Invalid(Problem(path, reason))
    return {name: value for name, value in card.items() if name in _CARD}


def _listed(text: str, path: str) -> list[Any]:
    value = _json(text, path)
    if not isinstance(value, list):
        raise Invalid(Problem(path, "must be a list"))
    return value


def _json(text: str, path: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(Problem(path, "is not JSON")) from None
    if not _is_within(value, _DEEPEST):
        raise Invalid(Problem(path, f"is nested deeper than {_DEEPEST}", kind="limit"))
    return value


def _is_within(value: Any, levels: int) -> bool:
    match value:
        case dict():
            return levels > 0 and all(_is_within(item, levels - 1) for item in value.values())
        case list():
            return levels > 0 and all(_is_within(item, levels - 1) for item in value)
        case _:
            return True


def _liquid(value: Any, path: str) -> Any:
    return walked(value, lambda text: to_liquid(text, path))
