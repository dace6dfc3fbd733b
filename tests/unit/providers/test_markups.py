"""Data is no markup: whatever a value says, the author's structure stays, and the value is shown.

What we write is read by parsers that are not ours (`markup_readers`).
"""

import pytest

from carillon.domain.catalogue.templates import Language
from tests.references.markups import reference
from tests.unit.providers import markup_readers
from tests.unit.providers.markup_readers import plain, read
from tests.unit.providers.markup_texts import PLACES, SAID, texts

READERS = {
    "discord": [markup_readers.by("discord")],
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
