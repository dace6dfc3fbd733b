"""Discord, Mattermost and Teams: what is posted to their webhooks."""

import json

import pytest

from carillon.domain.base.errors import Invalid
from carillon.providers.registry import Providers
from tests.unit.providers.messages import message

PROVIDERS = Providers()
discord = PROVIDERS.get("discord")
mattermost = PROVIDERS.get("mattermost")
msteams = PROVIDERS.get("msteams")

URL = {
    discord: "https://discord.com/api/webhooks/1/t",
    mattermost: "https://chat.example.com/hooks/xxx",
    msteams: "https://prod-1.westeurope.logic.azure.com/workflows/w/triggers/manual/paths/invoke?sig=s%2F",
}
EACH = pytest.mark.parametrize("provider", URL, ids=lambda provider: provider.id)


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


def test_discord_waits_for_its_answer_and_notifies_nobody():
    request = build(discord, address={"webhook_url": f"{URL[discord]}?thread_id=7&wait=false"})

    assert request.url == f"{URL[discord]}?thread_id=7&wait=true"
    assert request.headers["user-agent"].startswith("Carillon/")
    assert json.loads(request.body) == {
        "content": "**Shipped**\nIt is on its way.",
        "allowed_mentions": {"parse": []},
    }
    override = {"allowed_mentions": {"parse": ["everyone"]}}
    assert posted(discord, overrides=override)["allowed_mentions"] == {"parse": []}


def test_discord_notifies_whom_the_author_mentions():
    text = "@here <@123> <@!124> <@&9> \\@everyone \\<@666> \\\\@"

    assert posted(discord, text=text)["allowed_mentions"] == {
        "parse": ["everyone"],
        "users": ["123", "124"],
        "roles": ["9"],
    }
    escaped = "\\@everyone \\<@666> a\\<@&7>"
    assert posted(discord, text=escaped)["allowed_mentions"] == {"parse": []}
    said = posted(discord, overrides={"content": "<@5>"})
    assert said["allowed_mentions"] == {"parse": [], "users": ["5"]}


def test_long_texts_are_cut_where_the_service_would_refuse_them():
    assert len(posted(discord, text="x" * 3_000)["content"]) == 2_000
    assert len(posted(mattermost, text="x" * 20_000)["text"]) == 16_383
    assert len(card(text="x" * 50_000)["body"][1]["text"].encode()) == 16_000 - 3
    assert card(text="x" * 50_000)["body"][1]["text"].endswith("x…")


@pytest.mark.parametrize("text", ["я", "日本", "👨\u200d👩\u200d👧", "é\n", "\\*", '"'])
def test_teams_gets_as_much_of_any_text_as_it_takes(text):
    request = build(msteams, text=text * 50_000)

    assert 14_000 < len(request.body) <= 20_100


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
        build(msteams, overrides={"body": ["x" * 30_000]})


def test_a_line_end_is_one_in_teams():
    text = "Dear Ana,\nas asked:\n- one\n- two\n\nBye\nus"

    assert card(text=text)["body"][1]["text"] == (
        "Dear Ana,\n\nas asked:\n- one\n- two\n\nBye\n\nus"
    )


def test_a_title_in_markup_is_shown_as_one():
    assert posted(discord, title="a\\*b", subject="a*b", text="x")["content"] == "**a\\*b**\nx"
    assert card(title="a\\*b", subject="a*b")["body"][0]["text"] == "a\\*b"
