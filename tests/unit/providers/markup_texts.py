"""What we write for each service: every hostile value in every place of its templates.

`make references` records how the services' parsers read these texts.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from carillon.adapters.rendering.liquid import LiquidRenderer
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.markups import Markups
from carillon.domain.catalogue.templates import Language, Template
from carillon.providers.registry import Providers
from tests.references.markups import reference
from tests.unit.providers.markup_cases import HALVES, MARKDOWN, ROCKET_CHAT, SLACK, VALUES, Place

PLACES: Mapping[str, Mapping[str, Place]] = {
    "discord": MARKDOWN,
    "mattermost": MARKDOWN,
    "msteams": MARKDOWN,
    "rocket-chat": ROCKET_CHAT,
    "slack": SLACK,
    "zulip": MARKDOWN,
}
# How each language tells both halves of a value.
TOLD = {
    Language.LIQUID: "{{ a }}{{ b }}",
    Language.HANDLEBARS: "{{#if a}}{{a}}{{b}}{{/if}}",
    Language.VELOCITY: "$!{a}$!{b}",
}
HARMLESS = ("harmless", "")
SAID: Mapping[str, tuple[str, str]] = {
    **{name: (value, "") for name, value in VALUES.items()},
    **{f"half {name}": halves for name, halves in HALVES.items()},
}


class Told(NamedTuple):
    """A text in which a value is told at a place; `harmless` is it with a word for the value."""

    place: str
    value: str
    text: str
    harmless: str


@cache
def texts(service: str, language: Language = Language.LIQUID) -> tuple[Told, ...]:
    harmless = _rendered(service, language, HARMLESS)
    return tuple(_told(service, language, harmless))


def _told(service: str, language: Language, harmless: Mapping[str, str]) -> Iterator[Told]:
    for value, halves in SAID.items():
        for place, text in _rendered(service, language, halves).items():
            yield Told(place, value, text, harmless[place])


def _rendered(service: str, language: Language, halves: tuple[str, str]) -> Mapping[str, str]:
    """Return the texts of all places by the renderer."""
    markup = Providers().get(service).markups_at({}, {}).text
    sources = {
        name: place.source.replace("§", TOLD[language]) for name, place in PLACES[service].items()
    }
    template = Template(
        event="e",
        medium=Channel.CHAT,
        body="",
        native=sources,
        language=language,
        updated_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    known = {"a": halves[0], "b": halves[1]}
    markups = Markups(text=markup, of_field=lambda *_: markup)
    filled = LiquidRenderer().fill(template, known, markups)
    assert filled.warnings == ()
    return {name: str(text) for name, text in filled.value.items()}


def record() -> None:
    """Ask the services' parsers for the trees of all texts, and keep them."""
    found = {}
    for service in reference.SERVICES:
        asked = sorted({text for told in texts(service) for text in (told.text, told.harmless)})
        found[service] = dict(zip(asked, reference.ask(service, asked), strict=True))
    kept = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    reference.RECORDED.write_text(kept.replace('],"', '],\n"') + "\n")


if __name__ == "__main__":
    record()
