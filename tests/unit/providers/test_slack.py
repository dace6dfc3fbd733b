"""Slack: what is posted, and that nobody's name shouts at a whole channel."""

import json
import re

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


def test_the_authors_markup_is_sent_as_it_is():
    body = posted(subject="A & B", title="*A* &amp; B", text="<!here> <https://x.example|see>")

    assert body["text"] == "*A* &amp; B\n<!here> <https://x.example|see>"
    assert body["blocks"][0]["text"]["text"] == "A &amp; B"
    assert body["blocks"][1]["text"]["text"] == "<!here> <https://x.example|see>"


ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")
PIECES = ["a", "b ", "é", "&lt;", "&amp;", "<https://x.example/o|order 7>", "*bold text*", "\n"]
PIECES += ["👨\u200d👩\u200d👧", "```\ncode\n```"]


@hypothesis.settings(deadline=None, max_examples=50)  # a busy machine is no fault of the text
@given(
    subject=st.text("ab&<>é\n", max_size=200),
    pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=20),
)
def test_no_part_is_too_long_or_cut_in_an_entity_or_a_link(subject, pieces):
    body = posted(subject=subject or "a", text="".join(pieces) * 200)

    texts = [block["text"]["text"] for block in body.get("blocks", [])]
    for part, longest in zip(texts, [150, *[3000] * 4], strict=False):
        assert len(part) <= longest
        assert not ENTITY.search(part)
        assert part.count("<") == part.count(">")
        assert part.count("```") % 2 == 0
    assert len(texts) <= 5
    assert len(body["text"]) <= 40_000


def test_what_is_cut_says_so():
    body = posted(text="word " * 5_000)

    assert [block["text"]["text"][-1] for block in body["blocks"]][-1] == "…"
    assert posted(text="*" + "word " * 50_000 + "*")["text"].endswith("word…*")


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
