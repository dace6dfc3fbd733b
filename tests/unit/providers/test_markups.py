"""Data is no markup: whatever a value says, the author's structure stays, and the value is shown.

What we write is read by parsers that are not ours (`markup_readers`).
"""

import json
from urllib.parse import parse_qs

import pytest

from carillon.domain.catalogue.markups import marked
from carillon.domain.catalogue.templates import Language
from carillon.providers.registry import Providers
from tests.references.markups import reference
from tests.unit.providers import markup_readers
from tests.unit.providers.markup_cases import VALUES
from tests.unit.providers.markup_readers import plain, read
from tests.unit.providers.markup_texts import PLACES, SAID, texts
from tests.unit.providers.messages import message

READERS = {
    "discord": [markup_readers.by("discord"), markup_readers.commonmark],
    "mattermost": [markup_readers.by("mattermost"), markup_readers.commonmark],
    "msteams": [markup_readers.commonmark],
    "rocket-chat": [markup_readers.by("rocket-chat")],
    "slack": [markup_readers.by("slack")],
    "zulip": [markup_readers.zulip],
}


def shown(told, service):
    """Return what should be shown: for data in a link's target, what is shown without it."""
    place = PLACES[service][told.place]
    value = "harmless" if place.is_target else "".join(SAID[told.value])
    return lambda text: plain(text.replace("harmless", value))


def closest(text, service, place):
    """Rocket.Chat takes a URL for longer than it is, up to a space: it gets one."""
    spaced = service == "rocket-chat" and place == "before a link"
    return text.replace(" ", "") if spaced else text


@pytest.mark.parametrize("service", PLACES)
@pytest.mark.parametrize("value", SAID)
def test_a_value_shows_what_it_says_and_changes_nothing_else(service, value):
    for told in texts(service):
        if told.value != value:
            continue
        for reader in READERS[service]:
            structure, text = read(reader(told.text))
            wanted_structure, harmless = read(reader(told.harmless))

            assert structure == wanted_structure, (told.place, told.text)
            assert closest(plain(text), service, told.place) == closest(
                shown(told, service)(harmless), service, told.place
            ), (told.place, told.text)


@pytest.mark.parametrize("language", [Language.HANDLEBARS, Language.VELOCITY])
@pytest.mark.parametrize("service", PLACES)
def test_every_language_tells_the_same(service, language):
    assert texts(service, language) == texts(service)


@pytest.mark.parametrize("service", reference.SERVICES)
def test_the_parsers_still_read_it_so(service):
    if not reference.is_installed():
        pytest.skip("the services' parsers are not installed: make references")
    recorded = reference.recorded(service)

    assert dict(zip(recorded, reference.ask(service, list(recorded)), strict=True)) == recorded


HOOK = {"webhook_url": "https://prod-1.westeurope.logic.azure.com/workflows/w"}
BOT = {"site": "https://chat.example.com", "bot_email": "bot@example.com", "api_key": "k1"}
# Of each: an address, settings, and where the text is in what is sent.
COMMONMARKS = {
    "discord": (HOOK, {}, lambda body: json.loads(body)["content"]),
    "mattermost": (HOOK, {}, lambda body: json.loads(body)["text"]),
    "msteams": (
        HOOK,
        {},
        lambda body: json.loads(body)["attachments"][0]["content"]["body"][0]["text"],
    ),
    "zulip": ({"channel": "a"}, BOT, lambda body: parse_qs(body.decode())["content"][0]),
}
READER_OF = {"zulip": markup_readers.zulip}
# What a service takes at most, of a text that is bold, quoted, a label and code.
LONG = {
    "quotation and bold": "> **Who**: §\n\nend",
    "bold": "**§** end",
    "label": "[§](https://x.example/o) end",
    "code": "Run `§` now",
    "fence": "```\n§\n```",
}
MANY = 100_000 // len(VALUES["link"])


@pytest.mark.parametrize("provider", sorted(COMMONMARKS))
@pytest.mark.parametrize("value", ["link", "code", "lines"])
@pytest.mark.parametrize("place", LONG)
def test_a_text_of_100_000_characters_is_cut_and_stays_what_it_is(provider, value, place):
    service = Providers().get(provider)
    source = LONG[place].replace("§", f"x {marked(VALUES[value] * MANY)}")
    text = service.markups_at({}, {}).text.write(source)
    address, settings, said = COMMONMARKS[provider]

    request = service.build(message(subject="", text=text), address, settings)

    found = said(request.body)
    structure, shown = read(READER_OF.get(provider, markup_readers.commonmark)(found))
    assert len(shown) > 900
    assert "…" in shown
    begun, _ = read(
        READER_OF.get(provider, markup_readers.commonmark)(LONG[place].replace("§", "x"))
    )
    assert structure == begun[: len(structure)]
    assert structure
