"""Discord, Mattermost and Teams: what is posted to their webhooks, and what their answers mean."""

import json

import pytest

from carillon.domain.deliveries import Outcome
from carillon.domain.errors import Invalid
from carillon.providers import discord, mattermost, msteams
from tests.unit.providers.messages import message

SENT, RETRY, DEAD, CONFIG, BAD, UNSURE = (
    Outcome.SENT,
    Outcome.RETRY,
    Outcome.DEAD,
    Outcome.CONFIG,
    Outcome.BAD,
    Outcome.UNSURE,
)
URL = {
    discord: "https://discord.com/api/webhooks/1/t",
    mattermost: "https://chat.example.com/hooks/xxx",
    msteams: "https://prod-1.westeurope.logic.azure.com/workflows/w/triggers/manual/paths/invoke?sig=s%2F",
}
EACH = pytest.mark.parametrize("provider", URL, ids=lambda module: module.__name__)


def build(provider, address=None, settings=None, **fields):
    given = {"webhook_url": URL[provider]} if address is None else address
    return provider.build(message(**fields), given, settings or {})


def posted(provider, **fields):
    return json.loads(build(provider, **fields).body)


def card(**fields):
    return posted(msteams, **fields)["attachments"][0]["content"]


@EACH
def test_an_integration_may_hold_the_webhook_of_what_is_addressed_to_nobody(provider):
    request = build(provider, address={}, settings={"webhook_url": URL[provider]})

    assert request.method == "POST"
    assert request.url.startswith(URL[provider])


@EACH
@pytest.mark.parametrize(
    "address", [{}, {"webhook_url": "http://example.com/"}, {"email": "a@b.c"}]
)
def test_without_a_webhook_it_is_never_sent(provider, address):
    with pytest.raises(Invalid):
        build(provider, address=address)


@EACH
def test_an_empty_message_is_never_sent(provider):
    with pytest.raises(Invalid):
        build(provider, subject="", text="")


@EACH
def test_overrides_say_what_not_where(provider):
    attempt = {
        "url": "https://evil.example",
        "webhook_url": "x",
        "authorization": "x",
        "channel": "x",
    }

    assert build(provider, overrides=attempt) == build(provider)


@EACH
def test_overrides_must_be_json(provider):
    names = ("content", "text", "body")

    with pytest.raises(Invalid):
        build(provider, overrides=dict.fromkeys(names, float("nan")))


def test_discord_waits_for_its_answer_and_mentions_nobody():
    request = build(discord, address={"webhook_url": f"{URL[discord]}?thread_id=7&wait=false"})

    assert request.url == f"{URL[discord]}?thread_id=7&wait=true"
    assert request.headers["user-agent"].startswith("Carillon/")
    assert json.loads(request.body) == {
        "content": "**Shipped**\nIt is on its way.",
        "allowed_mentions": {"parse": []},
    }
    override = {"allowed_mentions": {"parse": ["everyone"]}}
    assert posted(discord, overrides=override)["allowed_mentions"] == {"parse": []}


def test_long_texts_are_cut_where_the_service_would_refuse_them():
    assert len(posted(discord, text="x" * 3_000)["content"]) == 2_000
    assert len(posted(mattermost, text="x" * 20_000)["text"]) == 16_383
    assert len(card(text="x" * 5_000)["body"][1]["text"]) == 4_000


def test_mattermost_takes_a_channel_with_the_address():
    address = {"webhook_url": URL[mattermost], "channel": "town-square"}

    assert json.loads(build(mattermost, address=address).body) == {
        "text": "**Shipped**\nIt is on its way.",
        "channel": "town-square",
    }


def test_teams_gets_an_adaptive_card_at_the_url_as_it_is():
    request = build(msteams)

    assert request.url == URL[msteams]
    assert json.loads(request.body) == {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "msteams": {"width": "Full"},
                    "body": [
                        {
                            "type": "TextBlock",
                            "text": "Shipped",
                            "wrap": True,
                            "weight": "Bolder",
                            "size": "Large",
                            "style": "heading",
                        },
                        {"type": "TextBlock", "text": "It is on its way.", "wrap": True},
                    ],
                },
            }
        ],
    }


def test_a_card_that_teams_would_not_take_is_refused_here():
    with pytest.raises(Invalid):
        build(msteams, text="\N{SNOWMAN}" * 4_000)


def in_a_200(status):
    """How a connector says a failure."""
    failed = "Webhook message delivery failed with error"
    return f"{failed}: Microsoft Teams endpoint returned HTTP error {status} with ContextId x"


# Discord: https://discord.com/developers/docs/topics/opcodes-and-status-codes
# Mattermost: its server's own incoming webhook handler (channels/web/webhook, channels/app/webhook)
# Teams: https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
VECTORS = [
    (discord, 200, '{"id": "1", "type": 0}', SENT, ""),
    (discord, 200, "{}", UNSURE, "unreadable_answer"),
    (discord, 200, "<html>", UNSURE, "unreadable_answer"),
    (discord, 204, "", SENT, ""),
    (discord, 400, '{"code": 50035, "message": "Invalid Form Body"}', BAD, "50035"),
    (discord, 400, '{"code": 50006, "message": "Cannot send an empty message"}', BAD, "50006"),
    (discord, 400, '{"code": 220001, "message": "Webhooks posted to forum …"}', CONFIG, "220001"),
    (discord, 401, '{"code": 50027, "message": "Invalid Webhook Token"}', DEAD, "50027"),
    (discord, 403, "error code: 1010", CONFIG, "http_403"),
    (discord, 404, '{"code": 10015, "message": "Unknown Webhook"}', DEAD, "10015"),
    (discord, 404, "", DEAD, "http_404"),
    (discord, 413, '{"code": 40005, "message": "Request entity too large"}', BAD, "40005"),
    (discord, 429, '{"retry_after": 1.3}', RETRY, "http_429"),
    (discord, 503, '{"code": 130000, "message": "API overloaded"}', RETRY, "130000"),
    (discord, 502, "<html>", RETRY, "http_502"),
    (mattermost, 200, "ok", SENT, ""),
    (mattermost, 200, "<html>login</html>", UNSURE, "unreadable_answer"),
    (mattermost, 400, '{"id": "web.incoming_webhook.invalid.app_error"}', DEAD, "invalid"),
    (mattermost, 400, '{"id": "web.incoming_webhook.text.app_error"}', BAD, "text"),
    (mattermost, 400, '{"id": "web.incoming_webhook.parse.app_error"}', BAD, "parse"),
    *(
        (mattermost, 403, f'{{"id": "web.incoming_webhook.{word}.app_error"}}', CONFIG, word)
        for word in ("channel_locked", "permissions", "user")
    ),
    (mattermost, 404, '{"id": "web.incoming_webhook.channel.app_error"}', DEAD, "channel"),
    (mattermost, 501, '{"id": "web.incoming_webhook.disabled.app_error"}', CONFIG, "disabled"),
    (mattermost, 404, "404 page not found", DEAD, "http_404"),
    (mattermost, 429, "", RETRY, "http_429"),
    (mattermost, 500, '{"id": "web.incoming_webhook.general.app_error"}', RETRY, "http_500"),
    (msteams, 202, "", SENT, ""),
    (msteams, 200, "", SENT, ""),
    (msteams, 200, "1", SENT, ""),
    (msteams, 200, '{"posted": true}', SENT, ""),
    (msteams, 200, in_a_200(429), RETRY, "http_429"),
    (msteams, 200, in_a_200(413), BAD, "http_413"),
    (msteams, 200, in_a_200(403), CONFIG, "http_403"),
    (msteams, 200, "Webhook message delivery failed", UNSURE, "unreadable_answer"),
    (msteams, 400, '{"error": {"code": "InvalidRequestContent"}}', BAD, "http_400"),
    (msteams, 401, '{"error": {"code": "DirectApiAuthorizationRequired"}}', CONFIG, "http_401"),
    (msteams, 404, '{"error": {"code": "WorkflowNotFound"}}', DEAD, "http_404"),
    (msteams, 410, "", DEAD, "http_410"),
    (msteams, 429, '{"error": {"code": "WorkflowTriggerRequestThrottled"}}', RETRY, "http_429"),
    (msteams, 502, '{"error": {"code": "NoResponse"}}', RETRY, "http_502"),
]  # fmt: skip


@pytest.mark.parametrize(("provider", "status", "body", "outcome", "code"), VECTORS)
def test_every_known_answer_has_its_outcome(provider, status, body, outcome, code):
    result = provider.classify(status, {}, body.encode())

    assert (result.outcome, result.code) == (outcome, code)


def test_ids_are_kept():
    assert discord.classify(200, {}, b'{"id": "42"}').message_id == "42"
    headers = {"x-ms-workflow-run-id": "08585"}
    assert msteams.classify(202, headers, b"").message_id == "08585"
