"""Microsoft Teams: the webhook of a workflow, with an Adaptive Card.

https://learn.microsoft.com/en-us/connectors/teams/#microsoft-teams-webhook
https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using

Office 365 connectors are retired. Those still running take the same card and report failures with
status 200, so that SENT requires their exact `1`.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.markups import PLAIN, Markup, Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import incoming_webhooks, payloads, responses, verdicts
from carillon.providers.markups import cutting
from carillon.providers.markups.markdown import TEAMS
from carillon.providers.overriding import Items, Json, Overrides
from carillon.providers.provider import Provider

_CARD = "application/vnd.microsoft.card.adaptive"
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_LARGEST = 20_000  # bytes: 28 KB are documented, about 21 KB are accepted
_LONGEST_TITLE = 500
_LONGEST_TEXT = 16_000  # bytes as JSON, so that title and text stay below the limit
# The lines of a list and of a quotation stay together.
_SINGLE_LINE_END = re.compile(r"(?<!\n)\n(?!\n|[ \t]*(?:>|(?:[-*+]|\d+[.)])[ \t]))")

# Of workflows, by `error.code`.
# https://learn.microsoft.com/en-us/azure/logic-apps/logic-apps-workflow-actions-triggers
_VERDICTS = verdicts.table(
    (
        verdicts.PLACE,
        "AuthorizationFailed DirectApiAuthorizationRequired DirectApiInvalidAuthorizationScheme",
        "FlowDisabled FlowSuspended InvalidSharedAccessSignature SubscriptionNotFound",
        "SubscriptionNotRegistered TriggerNotFound WorkflowDisabled WorkflowNotFound",
        "WorkflowTriggerIsNotEnabled WorkflowTriggerNotFound WorkflowTriggerVersionNotFound",
    ),
    (verdicts.BAD, "InvalidRequestContent RequestEntityTooLarge TriggerInputSchemaMismatch"),
    (verdicts.RETRY, "NoResponse ServerTimeout ServiceUnavailable WorkflowTriggerRequestThrottled"),
)
_CODE = re.compile(r"[A-Za-z]{1,60}\Z")
_IN_A_200 = re.compile(rb"returned HTTP error (\d{3})")


class TeamsOverrides(Overrides):
    """The text, or fields of the card."""

    text: str | None = None
    actions: Items | None = None
    body: Items | None = None
    msteams: Json | None = None
    version: str | None = None


def build(
    message: Message, address: incoming_webhooks.Address, _settings: incoming_webhooks.Settings
) -> HttpRequest:
    said = payloads.overrides(message)
    text = said.pop("text", "") or message.text
    content = _json(text)
    if content is None or content.get("type") == "AdaptiveCard":
        card = content or _card(message.title or message.subject, text, said)
        attachment = {"contentType": _CARD, "contentUrl": None, "content": {**card, **said}}
        content = {"type": "message", "attachments": [attachment]}
    elif said:
        problem = "must not be set: the text is a message of its own, not a card"
        raise Invalid(*(FieldProblem(FieldName.OVERRIDES, problem, within=name) for name in said))
    request = payloads.post(address.webhook_url, content)
    if len(request.body) > _LARGEST + len(_SCHEMA):
        raise Invalid(
            FieldProblem(FieldName.BODY, f"must not make a card of more than {_LARGEST} bytes")
        )
    return request


def _json(text: str) -> dict[str, Any] | None:
    """Return the object that a text is, if it is one: a card, or a whole message, as at Novu."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _card(title: str, text: str, said: Json) -> dict[str, Any]:
    return {
        "$schema": _SCHEMA,
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": _body(title, text, said),
    }


def _body(title_text: str, text: str, said: Json) -> list[Mapping[str, Any]]:
    title = {"weight": "Bolder", "size": "Large", "style": "heading"}
    blocks: list[Mapping[str, Any]] = [
        {"type": "TextBlock", "text": shown, "wrap": True, **style}
        for shown, style in (
            (cutting.cut(title_text, _LONGEST_TITLE, cutting.MARKDOWN), title),
            (_text(text), {}),
        )
        if shown
    ]
    if not blocks and "body" not in said:
        raise Invalid(FieldProblem(FieldName.TEXT, "must not be empty"))
    return blocks


def _text(text: str) -> str:
    """Return a text with each of its line ends shown, where a single one is read as a space.

    https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/text-features
    """
    lines = _SINGLE_LINE_END.sub("\n\n", text)
    return cutting.cut(lines, _LONGEST_TEXT, cutting.MARKDOWN, measure=_as_json)


def _as_json(text: str) -> int:
    return len(payloads.encoded(text)) - len('""')


_OF_ACTIVITIES = frozenset({"activitySubtitle", "activityText", "activityTitle"})


def _of_field(name: str, owner: Mapping[str, Any]) -> Markup:
    """Return the markup of a text within a card, or within a message card of older connectors.

    https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-format
    """
    if name == "text":
        return PLAIN if owner.get("type") == "TextRun" else TEAMS
    is_fact = "type" not in owner and "value" in owner and name in {"title", "name", "value"}
    return TEAMS if is_fact or name in _OF_ACTIVITIES else PLAIN


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    """Classify a response; a workflow answers 202, or 200 with nothing or JSON of its own.

    A workflow that is not found may be switched off, suspended or moved: it is not dead.
    """
    if status == 200 and (inner := _IN_A_200.search(body)):
        return responses.by_address(int(inner[1]), headers)
    if status == 200 and body.strip() not in {b"", b"1"} and not responses.json_object(body):
        return responses.unreadable(status, headers)
    if status in {200, 202}:
        id = headers.get("x-ms-workflow-run-id", "")
        return responses.result(Outcome.SENT, status, headers, message_id=id)
    error = responses.json_object(body).get("error")
    given = error.get("code") if isinstance(error, Mapping) else None
    code = given if isinstance(given, str) and _CODE.match(given) else ""
    if code in _VERDICTS:
        return responses.result(_VERDICTS[code], status, headers, code=code)
    return responses.by_address(status, headers, code=code)


PROVIDER = Provider(
    id="msteams",
    channel=Channel.CHAT,
    settings=incoming_webhooks.Settings,
    address=incoming_webhooks.Address,
    builder=build,
    classify=classify,
    overrides=TeamsOverrides,
    markups=Markups(text=TEAMS, of_field=_of_field, json_text=True),
    default_address=incoming_webhooks.default_address,
)
