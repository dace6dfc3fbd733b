"""Translate the texts of a notification template, for each medium, and tell their language.

They are in Velocity. A default template of the tenant's administrators may be in Liquid, and can
be edited and sent back: a template with Liquid's tags, and nothing of Velocity, is in Liquid.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from carillon.dialects.sailpoint.schemas.common import Medium
from carillon.dialects.sailpoint.schemas.templates import (
    SlackTemplate,
    TeamsTemplate,
    TemplateRequest,
)
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.templates import Language

_DEEPEST = 32
_MARKUP = re.compile(r"<[a-zA-Z!/]")
_LIQUID = re.compile(r"\{\{|\{%")
_VELOCITY = re.compile(r"\$!?\{?[A-Za-z_]|#\{?(?:if|elseif|else|end|foreach|set|break|stop)\b")
# Senders that mean the integration's own.
_OWN_SENDER = frozenset({"", "$__global.emailFromAddress", "${__global.emailFromAddress}"})
_CARD = frozenset({"actions", "body", "msteams", "version"})
_IMPLIED = frozenset({"$schema", "type"})  # parts that every card has


def to_texts(body: TemplateRequest) -> dict[str, Any]:
    """Return the fields of a template that hold its texts; raise Invalid if all are empty."""
    _check(body)
    texts = _TEXTS[body.medium](body)
    if not any(texts.values()):
        raise Invalid(WireProblem("body", "must not be empty", kind="missing"))
    return {**texts, "language": _language(texts)}


def _language(texts: Mapping[str, Any]) -> Language:
    """Raise Invalid for a template in both languages: either's words would be sent as they are."""
    sources = list(_strings(texts))
    if not any(map(_LIQUID.search, sources)):
        return Language.VELOCITY
    if any(map(_VELOCITY.search, sources)):
        reason = "has Velocity ($name, #if) and Liquid ({{ name }}, {% if %}): keep to one of them"
        raise Invalid(WireProblem("body", reason))
    return Language.LIQUID


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for item in value.values():
                yield from _strings(item)
        case list():
            for item in value:
                yield from _strings(item)


def _check(body: TemplateRequest) -> None:
    """Refuse a sender, and the parts of another medium."""
    if (body.sender or "").strip() not in _OWN_SENDER:
        raise Invalid(
            WireProblem("from", "is the email integration's own: leave it out", kind="choice")
        )
    if (body.reply_to or "").strip() not in _OWN_SENDER:
        reason = "is the email integration's own setting `reply_to`: leave it out"
        raise Invalid(WireProblem("replyTo", reason, kind="choice"))
    if body.slack_template and body.medium != "SLACK":
        raise Invalid(WireProblem("slackTemplate", f"is for SLACK, not for {body.medium}"))
    if body.teams_template and body.medium != "TEAMS":
        raise Invalid(WireProblem("teamsTemplate", f"is for TEAMS, not for {body.medium}"))


def _mail(body: TemplateRequest) -> dict[str, Any]:
    """A body with markup becomes the mail's HTML, one without becomes its text."""
    text = body.body or ""
    is_html = bool(_MARKUP.search(text))
    return {
        "subject": body.subject or "",
        "body": "" if is_html else text,
        "html": text if is_html else "",
    }


def _slack(body: TemplateRequest) -> dict[str, Any]:
    own = body.slack_template or SlackTemplate()
    lists = {"blocks": own.blocks, "attachments": own.attachments}
    native = {
        name: _listed(value, f"slackTemplate.{name}") for name, value in lists.items() if value
    }
    return {
        "subject": body.subject or "",
        "body": own.text or body.body or "",
        "native": {name: value for name, value in native.items() if value},
    }


def _teams(body: TemplateRequest) -> dict[str, Any]:
    own = body.teams_template or TeamsTemplate()
    path = "teamsTemplate.messageJSON"
    card = _card(_json(own.message_json, path), path) if own.message_json else {}
    return {
        "subject": own.title or body.subject or "",
        "body": own.text or body.body or "",
        "native": card,
    }


_TEXTS: Mapping[Medium, Callable[[TemplateRequest], dict[str, Any]]] = {
    "EMAIL": _mail,
    "SLACK": _slack,
    "TEAMS": _teams,
}


def _card(message: Any, path: str) -> dict[str, Any]:
    """Return the parts of a card that can be sent; it may be the attachment of a message."""
    match message:
        case {"attachments": [{"content": dict(card)}]}:
            pass
        case dict(card):
            pass
        case _:
            raise Invalid(WireProblem(path, "must be an Adaptive Card"))
    unknown = sorted(card.keys() - _CARD - _IMPLIED)
    if unknown:
        reason = f"{', '.join(unknown)} cannot be sent, only {', '.join(sorted(_CARD))}"
        raise Invalid(WireProblem(path, reason))
    return {name: value for name, value in card.items() if name in _CARD}


def _listed(text: str, path: str) -> list[Any]:
    value = _json(text, path)
    if not isinstance(value, list):
        raise Invalid(WireProblem(path, "must be a list"))
    return value


def _json(text: str, path: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(WireProblem(path, "is not JSON")) from None
    if not _is_within(value, _DEEPEST):
        raise Invalid(WireProblem(path, f"is nested deeper than {_DEEPEST}", kind="limit"))
    return value


def _is_within(value: Any, levels: int) -> bool:
    match value:
        case dict():
            return levels > 0 and all(_is_within(item, levels - 1) for item in value.values())
        case list():
            return levels > 0 and all(_is_within(item, levels - 1) for item in value)
        case _:
            return True
