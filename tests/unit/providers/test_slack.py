"""Slack: what is posted, and that nobody's name shouts at a whole channel."""

import json
from html import unescape

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carillon.domain.base.errors import Invalid
from carillon.providers.registry import Providers
from tests.unit.providers.messages import message

slack = Providers().get("slack")

ADDRESS = {"webhook_url": "https://hooks.slack.com/services/T0/B0/x"}


def posted(address=ADDRESS, settings=None, **fields):
    request = slack.build(message(**fields), address, settings or {})
    return json.loads(request.body)


def test_a_text_is_posted_to_the_address():
    request = slack.build(message(subject=""), ADDRESS, {})

    assert (request.method, request.url) == ("POST", ADDRESS["webhook_url"])
    assert "authorization" not in request.headers
    assert json.loads(request.body) == {"text": "It is on its way."}


def test_a_title_becomes_a_header_with_all_of_it_as_fallback():
    assert posted() == {
        "text": "Shipped\nIt is on its way.",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "Shipped"}},
            {"type": "section", "text": {"type": "mrkdwn", "text": "It is on its way."}},
        ],
    }


def test_a_channel_is_posted_to_with_the_bots_token():
    request = slack.build(message(), {"channel": "C1"}, {"bot_token": "xoxb-1"})

    assert request.url == "https://slack.com/api/chat.postMessage"
    assert request.headers["authorization"] == "Bearer xoxb-1"
    assert json.loads(request.body)["channel"] == "C1"


def test_an_integration_has_its_own_place_for_what_is_addressed_to_nobody():
    request = slack.build(message(), {}, {"webhook_url": ADDRESS["webhook_url"]})

    assert request.url == ADDRESS["webhook_url"]


@pytest.mark.parametrize(
    ("address", "settings"),
    [
        ({}, {}),
        ({"channel": "C1"}, {}),
        ({"webhook_url": "http://hooks.slack.com/x"}, {}),
        ({"email": "a@b.c"}, {}),
    ],
)
def test_without_a_place_it_is_never_sent(address, settings):
    with pytest.raises(Invalid):
        slack.build(message(), address, settings)


def test_nobody_is_mentioned_by_data():
    body = posted(subject="<!everyone>", text="<!channel> & <@U1>")

    assert "<" not in json.dumps(body)
    assert body["text"] == "&lt;!everyone&gt;\n&lt;!channel&gt; &amp; &lt;@U1&gt;"


@hypothesis.settings(deadline=None)  # a busy machine is no fault of the text
@given(subject=st.text("ab&<>é\n", max_size=200), text=st.text("ab&<>", max_size=80))
def test_no_part_is_too_long_or_cut_in_an_entity(subject, text):
    body = posted(subject=subject or "a", text=(text or "a") * 200)

    texts = [block["text"]["text"] for block in body.get("blocks", [])]
    for part, longest in zip(texts, [150, *[3000] * 9], strict=False):
        assert 0 < len(part) <= longest
        assert unescape(part).count("&") == part.count("&amp;")
    assert sum(map(len, texts)) < 13_200
    assert len(body["text"]) <= 40_000


def test_overrides_win_but_do_not_lead_elsewhere():
    overrides = {
        "text": "<!here> mine",
        "unfurl_links": False,
        "channel": "C666",
        "url": "https://evil.example",
        "webhook_url": "https://evil.example",
        "authorization": "x",
    }

    body = posted(overrides=overrides)

    assert body == {"text": "<!here> mine", "unfurl_links": False}
    assert posted({"channel": "C1"}, {"bot_token": "t"}, overrides=overrides)["channel"] == "C1"


@pytest.mark.parametrize(
    "fields", [{"subject": "", "text": ""}, {"overrides": {"metadata": float("nan")}}]
)
def test_what_slack_would_refuse_is_not_sent(fields):
    with pytest.raises(Invalid):
        posted(**fields)


def test_settings_are_checked():
    assert slack.check({}) == []
    assert [p.within for p in slack.check({"webhook_url": "ftp://x", "token": "y"})] == [
        "webhook_url",
        "token",
    ]
    assert slack.prepare({"bot_token": "xoxb"}) == {"bot_token": "xoxb"}
