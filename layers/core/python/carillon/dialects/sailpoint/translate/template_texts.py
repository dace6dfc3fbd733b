"""Translate the texts of a notification template to Liquid, for each medium."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from carillon.dialects.sailpoint.schemas.common import Medium
from carillon.dialects.sailpoint.schemas.templates import (
    SlackTemplate,
    TeamsTemplate,
    TemplateRequest,
)
from carillon.dialects.sailpoint.velocity import to_liquid
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid

_DEEPEST = 32
_MARKUP = re.compile(r"<[a-zA-Z!/]")
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
    return texts


def _check(body: TemplateRequest) -> None:
    """Refuse a sender, and the parts of another medium."""
    if (body.sender or "").strip() not in _OWN_SENDER:
        raise Invalid(
            WireProblem("from", "is the email integration's own: leave it out", kind="choice")
        )
    if body.reply_to:
        reason = "is the email integration's own setting `reply_to`: leave it out"
        raise Invalid(WireProblem("replyTo", reason, kind="choice"))
    if body.slack_template and body.medium != "SLACK":
        raise Invalid(WireProblem("slackTemplate", f"is for SLACK, not for {body.medium}"))
    if body.teams_template and body.medium != "TEAMS":
        raise Invalid(WireProblem("teamsTemplate", f"is for TEAMS, not for {body.medium}"))


def _mail(body: TemplateRequest) -> dict[str, Any]:
    """A body with markup becomes the mail's HTML, one without becomes its text."""
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


def _liquid(value: Any, path: str) -> Any:
    return _walked(value, lambda text: to_liquid(text, path))


def _walked(value: Any, change: Callable[[str], str]) -> Any:
    """Return the JSON with each of its texts changed."""
    match value:
        case str():
            return change(value)
        case dict():
            return {name: _walked(item, change) for name, item in value.items()}
        case list():
            return [_walked(item, change) for item in value]
        case _:
            return value
