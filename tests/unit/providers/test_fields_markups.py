"""Data within a service's own fields, and within JSON that is written as text."""

import json
import time
from datetime import UTC, datetime

import pytest

from carillon.adapters.rendering.liquid import LiquidRenderer
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.markups import marked
from carillon.domain.catalogue.templates import Language, Template
from carillon.providers.registry import Providers
from tests.unit.providers.messages import message

PROVIDERS = Providers()
RENDERER = LiquidRenderer()
LANGUAGES = pytest.mark.parametrize("language", list(Language))
# A reference in each language.
SAY = {Language.LIQUID: "{{ %s }}", Language.HANDLEBARS: "{{%s}}", Language.VELOCITY: "$%s"}
HOSTILE = '<!here> *b* "}],"x":[{"'


def template(language=Language.LIQUID, **fields):
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return Template(
        event="e", medium=Channel.CHAT, updated_at=now, language=language, **{"body": "", **fields}
    )


def filled(provider, native, data, language=Language.LIQUID):
    markups = PROVIDERS.get(provider).markups_at({}, {})
    return RENDERER.fill(template(language, native=native), data, markups).value


def card_of(body, data, language=Language.LIQUID):
    """Return what Teams gets for a template's body."""
    provider = PROVIDERS.get("msteams")
    texts = RENDERER.render(template(language, body=body), data, provider.markups_at({}, {}))
    address = {"webhook_url": "https://prod-1.westeurope.logic.azure.com/workflows/w"}
    posted = json.loads(provider.build(message(subject="", text=texts.body), address, {}).body)
    return posted["attachments"][0]["content"]


@LANGUAGES
def test_halves_of_a_call_make_none_in_slacks_blocks(language):
    a, b = SAY[language] % "a", SAY[language] % "b"
    native = {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": f"N {a}{b}"}}]}

    found = filled("slack", native, {"a": "<", "b": "!channel> hi"}, language)

    assert found["blocks"][0]["text"]["text"] == "N &lt;!channel&gt; hi"


def test_slacks_texts_are_each_escaped_as_they_are_read():
    native = {
        "text": "{{ x }}",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "{{ x }}"}},
            {"type": "markdown", "text": "{{ x }}"},
            {
                "type": "actions",
                "elements": [{"type": "button", "url": "{{ x }}", "value": "{{ x }}"}],
            },
        ],
        "attachments": [{"text": "{{ x }}", "fields": [{"title": "a", "value": "{{ x }}"}]}],
        "username": "{{ x }}",
    }

    found = filled("slack", native, {"x": "*a* & <b>"})

    formatted = "\N{ASTERISK OPERATOR}a\N{ASTERISK OPERATOR} &amp; &lt;b&gt;"
    header, markdown, actions = found["blocks"]
    assert (found["text"], found["username"]) == (formatted, "*a* & <b>")
    assert header["text"]["text"] == "*a* &amp; &lt;b&gt;"
    assert markdown["text"] == "\\*a\\* & \\<b>"
    assert actions["elements"][0] == {"type": "button", "url": "*a* & <b>", "value": "*a* & <b>"}
    [attachment] = found["attachments"]
    assert (attachment["text"], attachment["fields"][0]["value"]) == (formatted, formatted)


@pytest.mark.parametrize(
    ("provider", "native", "path"),
    [
        ("discord", {"embeds": [{"description": "{{ x }}"}]}, ("embeds", 0, "description")),
        (
            "discord",
            {"embeds": [{"fields": [{"name": "{{ x }}", "value": "y"}]}]},
            ("embeds", 0, "fields", 0, "name"),
        ),
        ("msteams", {"body": [{"type": "TextBlock", "text": "{{ x }}"}]}, ("body", 0, "text")),
        (
            "msteams",
            {"body": [{"type": "FactSet", "facts": [{"title": "a", "value": "{{ x }}"}]}]},
            ("body", 0, "facts", 0, "value"),
        ),
        ("mattermost", {"attachments": [{"text": "{{ x }}"}]}, ("attachments", 0, "text")),
        ("getstream", {"text": "{{ x }}"}, ("text",)),
        ("ryver", {"text": "{{ x }}"}, ("text",)),
    ],
)
def test_a_disguised_link_is_none_in_a_services_own_fields(provider, native, path):
    found = filled(provider, native, {"x": "[bank](https://evil.example)"})

    for step in path:
        found = found[step]
    assert found == "\\[bank\\](https://evil.example)"


CARD = {
    "type": "AdaptiveCard",
    "body": [{"type": "TextBlock", "text": "Hi **%s**"}, {"type": "TextRun", "text": "%s"}],
    "actions": [{"type": "Action.OpenUrl", "title": "%s", "url": "https://x.example/%s"}],
}


@LANGUAGES
def test_data_stays_within_the_strings_of_a_card(language):
    body = json.dumps(CARD).replace("%s", SAY[language] % "x")

    found = card_of(body, {"x": HOSTILE}, language)

    assert found["body"] == [
        {"type": "TextBlock", "text": 'Hi **\\<!here> \\*b\\* "}\\],"x":\\[\\{"**'},
        {"type": "TextRun", "text": HOSTILE},
    ]
    assert found["actions"][0]["title"] == HOSTILE
    assert found.keys() == CARD.keys()


@pytest.mark.parametrize(
    ("language", "escaped"),
    [
        (Language.LIQUID, '"text": {{ x | json }}'),
        (Language.LIQUID, '"text": "{{ x | escape }}"'),
        (Language.HANDLEBARS, '{{#if x}}"text": {{json x}} {{/if}} '),
        (Language.VELOCITY, '"text": "$__esc.json($x)"'),
        (Language.VELOCITY, '"text": "$__esc.html($x)"'),
    ],
)
def test_a_value_is_escaped_once_whatever_its_author_did(language, escaped):
    body = '{"type": "AdaptiveCard", "body": [{"type": "TextBlock", %s}]}' % escaped  # noqa: UP031

    found = card_of(body, {"x": 'a "b" \\ <c>'}, language)

    assert found["body"] == [{"type": "TextBlock", "text": 'a "b" \\\\ \\<c>'}]


def test_a_number_and_a_list_are_the_cards():
    body = '{"type": "AdaptiveCard", "body": {{ blocks | json }}, "n": {{ n }}}'
    blocks = [{"type": "TextBlock", "text": '*"x"*'}]

    found = card_of(body, {"blocks": blocks, "n": -1.5})

    assert found["body"] == [{"type": "TextBlock", "text": '\\*"x"\\*'}]
    assert found["n"] == -1.5


@pytest.mark.parametrize(
    "body",
    [
        "{{ x }}",
        '{"text": {{ x }}}',
        "{ {{ x }} }",
        '{% if x %}{"text": {{ x }}}{% endif %}',
        '{"text": "{{ x }}',
    ],
)
@pytest.mark.parametrize(
    "x", ['{"type":"AdaptiveCard","body":[]}', '"a", "body": []', '"a":1', 'a"}']
)
def test_data_makes_no_card_of_a_text(body, x):
    [block] = card_of(body, {"x": x})["body"]

    assert block["type"] == "TextBlock"


def test_a_card_behind_a_tag_is_a_card():
    body = '{% if x %}{"type": "AdaptiveCard", "body": [], "n": "{{ x }}"}{% endif %}'

    assert card_of(body, {"x": '","body":[1],"a":"'}) == {
        "type": "AdaptiveCard",
        "body": [],
        "n": '","body":[1],"a":"',
    }


@pytest.mark.parametrize("provider", ["slack", "mattermost"])
@pytest.mark.parametrize("value", ["*", "\n", "a:b", "_", "`", "[", "](", "<", "@a", "- \n", ":a:"])
@pytest.mark.parametrize("source", ["§", "> **§** *", "[§](https://x.example)"])
def test_a_long_value_takes_no_long_time(provider, value, source):
    markup = PROVIDERS.get(provider).markups_at({}, {}).text
    text = source.replace("§", marked(value * (50_000 // len(value))))

    started = time.process_time()
    markup.write(text)

    assert time.process_time() - started < 5
