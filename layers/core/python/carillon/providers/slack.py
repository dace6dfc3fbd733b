"""Slack, by incoming webhook, or by chat.postMessage with a bot token.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
https://docs.slack.dev/reference/methods/chat.postMessage
https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.markups import PLAIN, Markup, Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import payloads, responses, verdicts
from carillon.providers.markups import cutting
from carillon.providers.markups.lookalikes import SLACK, SLACK_PLAIN
from carillon.providers.markups.markdown import COMMONMARK
from carillon.providers.overriding import Items, Json, Overrides
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict, Url

_POST_MESSAGE = "https://slack.com/api/chat.postMessage"
# https://docs.slack.dev/reference/block-kit/blocks
_LONGEST_HEADER = 150
_LONGEST_SECTION = 3_000
_MOST_SECTIONS = 4  # all blocks together must stay below about 13,200 characters
_LONGEST_TEXT = 40_000


_CODE = re.compile(r"[a-z0-9_]{1,80}\Z")
# Mostly with status 200, as a bare word or as `error` in JSON.
# https://docs.slack.dev/reference/methods/chat.postMessage#errors
# https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
_VERDICTS = verdicts.table(
    # Parts of the webhook's own URL that are wrong, or were revoked for ever.
    (verdicts.DEAD, "invalid_token no_service_id no_team"),
    # A private channel is `not found` until the bot is invited; an archived one can be restored, a
    # disabled webhook, user or team switched on again.
    (
        verdicts.PLACE,
        "action_prohibited cannot_reply_to_message channel_is_archived channel_not_found",
        "invalid_channel_type is_archived is_inactive messages_tab_disabled no_service",
        "not_in_channel posting_to_general_channel_denied restricted_action",
        "restricted_action_non_threadable_channel restricted_action_read_only_channel",
        "restricted_action_thread_locked restricted_action_thread_only_channel",
        "slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked",
        "team_access_not_granted team_disabled user_not_found",
    ),
    (verdicts.PERSON, "cannot_dm_bot user_disabled"),
    (
        verdicts.CREDENTIAL,
        "access_denied account_inactive as_user_not_supported ekm_access_denied",
        "enterprise_is_restricted invalid_auth messages_api_disabled missing_scope",
        "no_permission not_allowed_token_type not_authed org_login_required token_expired",
        "token_revoked two_factor_setup_required",
    ),
    (
        verdicts.BAD,
        "attachment_payload_limit_exceeded duplicate_message_not_found invalid_arguments",
        "invalid_attachments invalid_blocks invalid_blocks_format invalid_metadata_format",
        "invalid_metadata_schema invalid_payload markdown_text_conflict",
        "metadata_must_be_sent_from_app metadata_too_large msg_blocks_too_long msg_too_long",
        "no_text too_many_attachments too_many_contact_cards",
    ),
    (
        verdicts.RETRY,
        "accesslimited message_limit_exceeded rate_limited ratelimited request_timeout",
        "rollup_error service_unavailable team_added_to_org",
    ),
    # "Some aspect of the operation may have succeeded."
    (verdicts.UNSURE, "fatal_error internal_error"),
)


class Settings(Strict):
    """All optional, since addresses may have a webhook.

    `webhook_url` and `channel` are the default for messages without an address.
    """

    bot_token: Secret | None = None
    webhook_url: Url | None = None
    channel: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class Address(Strict):
    webhook_url: Url | None = None
    channel: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class SlackOverrides(Overrides):
    """Slack's own fields of a message, but those that say where it goes."""

    text: str | None = None
    blocks: Items | None = None
    attachments: Items | None = None
    username: str | None = None
    icon_emoji: str | None = None
    icon_url: str | None = None
    link_names: bool | None = None
    metadata: Json | None = None
    mrkdwn: bool | None = None
    parse: str | None = None
    reply_broadcast: bool | None = None
    thread_ts: str | None = None
    unfurl_links: bool | None = None
    unfurl_media: bool | None = None


def build(message: Message, address: Address, settings: Settings) -> HttpRequest:
    content = _content(message)
    if address.webhook_url:
        return payloads.post(address.webhook_url, content)
    if address.channel and settings.bot_token:
        token = {"authorization": f"Bearer {settings.bot_token}"}
        return payloads.post(_POST_MESSAGE, {**content, "channel": address.channel}, token)
    raise Invalid(
        FieldProblem(
            FieldName.ADDRESS,
            "must have a webhook_url, or a channel with a bot_token in the settings",
        )
    )


def _content(message: Message) -> Mapping[str, Any]:
    overrides = payloads.overrides(message)
    content: dict[str, Any] = {}
    if text := "\n".join(filter(None, (message.title or message.subject, message.text))):
        content["text"] = cutting.cut(text, _LONGEST_TEXT, cutting.SLACK)
    if message.subject and not overrides.keys() & {"text", "blocks"}:
        content["blocks"] = _blocks(message)
    content |= overrides
    if not any(content.get(name) for name in ("text", "blocks", "attachments")):
        raise Invalid(FieldProblem(FieldName.TEXT, "must not be empty"))
    return content


def _blocks(message: Message) -> Sequence[Mapping[str, Any]]:
    title = " ".join(SLACK_PLAIN.escaped(message.subject).split())
    header = {"type": "plain_text", "text": cutting.cut(title, _LONGEST_HEADER, cutting.SLACK)}
    texts = [{"type": "mrkdwn", "text": section} for section in _sections(message.text)]
    return [
        {"type": "header", "text": header},
        *({"type": "section", "text": text} for text in texts),
    ]


def _sections(text: str) -> Sequence[str]:
    """Return the text in pieces that a section takes, the last of them cut if there are more."""
    *first, last = [*cutting.pieces(text, _LONGEST_SECTION, cutting.SLACK)] or [""]
    if len(first) >= _MOST_SECTIONS:
        *first, last = first[:_MOST_SECTIONS]
        last = cutting.cut(last + cutting.CUT, _LONGEST_SECTION, cutting.SLACK)
    return [piece for piece in (*first, last) if piece.strip()]


def _of_field(name: str, owner: Mapping[str, Any]) -> Markup:
    """Return the markup of a text in a block, an attachment, or a message itself.

    https://docs.slack.dev/reference/block-kit/composition-objects/text-object
    """
    kind = owner.get("type")
    if name == "text" and kind in _OF_TYPE:
        return _OF_TYPE[kind]
    is_text = name in {"text", "pretext", "fallback"} or (name == "value" and "title" in owner)
    if is_text and "type" not in owner:
        return SLACK
    return SLACK_PLAIN if name in {"title", "footer", "author_name"} else PLAIN


_OF_TYPE = {"mrkdwn": SLACK, "plain_text": SLACK_PLAIN, "markdown": COMMONMARK}


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    response = responses.json_object(body)
    word = response.get("error") if response else body[:100].decode("ascii", "replace").strip()
    code = word if isinstance(word, str) and _CODE.match(word) else ""
    if status == 200 and (response.get("ok") is True or (code == "ok" and not response)):
        return responses.result(
            Outcome.SENT, status, headers, message_id=_message_id(response, headers)
        )
    if code in _VERDICTS:
        return responses.result(_VERDICTS[code], status, headers, code=code)
    if responses.ok(status):
        outcome = Outcome.BAD if response.get("ok") is False else Outcome.UNSURE
        return responses.result(outcome, status, headers, code=code or "unreadable_answer")
    return responses.by_address(status, headers, code=code)


def _message_id(response: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Return the message's channel and timestamp, or the request id of a webhook."""
    if response.get("channel") and response.get("ts"):
        return f"{response['channel']}:{response['ts']}"
    return headers.get("x-slack-req-id", "")


PROVIDER = Provider(
    id="slack",
    channel=Channel.CHAT,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    overrides=SlackOverrides,
    markups=Markups(text=SLACK, of_field=_of_field),
    visible=frozenset({"channel"}),
    default_address=lambda settings: settings.model_dump(include={"webhook_url", "channel"}),
)
