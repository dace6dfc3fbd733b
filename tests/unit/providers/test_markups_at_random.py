"""Values of pieces of markup at random, always the same: none changes the author's structure."""

import random

import pytest

from carillon.domain.catalogue.markups import marked
from carillon.providers.markups import markdown
from tests.unit.providers import markup_readers
from tests.unit.providers.markup_readers import read

PIECES = [
    "*",
    "**",
    "_",
    "`",
    "``",
    "```",
    "~",
    "~~",
    "[",
    "]",
    "(",
    ")",
    "](",
    "![",
    "<",
    ">",
    "&",
]
PIECES += [
    "&lt;",
    "#",
    "# ",
    "- ",
    "+ ",
    "1. ",
    "1",
    "\n",
    "\n\n",
    "|",
    "\\",
    "a",
    "b c",
    " ",
    "    ",
]
PIECES += [
    "\t",
    "https://e.example",
    "<https://e.example>",
    "@all",
    ":x:",
    "=",
    "===",
    "---",
    "!",
    '"',
]
PLACES = ["§", "a § b", "**§**", "- §\n- b", "> §", "# §", "[§](https://x.example/o)", "§§", "1. §"]
PLACES += ["[a](https://x.example/o/§)", "`§`", "```\n§\n```", "*a* § **b**", "a\n§\nb", "> - §"]
PLACES += ["**a §**: `§`", "§[a](https://x.example/o)§", "_§_ x", "~~§~~"]
PLACES += ["| a | b |\n|---|---|\n| § | c |"]
NOT_ZULIPS = ("_", "|", "# ", "1.", "> -")  # what Zulip reads in a way of its own


@pytest.mark.parametrize(
    ("markup", "reader"),
    [
        (markdown.COMMONMARK, markup_readers.commonmark),
        (markdown.TEAMS, markup_readers.commonmark),
        (markdown.MATTERMOST, markup_readers.commonmark),
        (markdown.ZULIP, markup_readers.zulip),
    ],
    ids=lambda given: getattr(given, "name", ""),
)
@pytest.mark.parametrize("place", PLACES)
def test_no_value_changes_the_authors_structure(markup, reader, place):
    if reader is markup_readers.zulip and place.startswith(NOT_ZULIPS):
        return
    chance = random.Random(place)
    for _ in range(25):
        values = [
            "".join(chance.choices(PIECES, k=chance.randint(1, 7))) for _ in range(place.count("§"))
        ]
        if all(value.strip() for value in values):
            text, harmless = told(place, values), told(place, ["x"] * len(values))

            assert read(reader(markup.write(text)))[0] == read(reader(markup.write(harmless)))[0], (
                text
            )


def told(place, values):
    for value in values:
        place = place.replace("§", marked(value), 1)
    return place
