"""WhatsApp and Grafana OnCall, whose reading of a text no parser is published of."""

import re

import pytest

from carillon.domain.catalogue.markups import marked
from carillon.providers.registry import Providers
from tests.unit.providers.markup_cases import HALVES, VALUES
from tests.unit.providers.markup_readers import plain

SAID = [*((value, "") for value in VALUES.values()), *HALVES.values()]
# By https://faq.whatsapp.com/539178204879377: signs around words, and at the start of a line.
WHATSAPP = [
    re.compile(r"(?<![A-Za-z0-9])([*_~])(?=\S)[^\n]*?(?<=\S)\1(?![A-Za-z0-9])"),
    re.compile(r"`[^`\n]+`|```"),
    re.compile(r"^(?:[*-] |\d+\. |> )", re.MULTILINE),
]
# What is a link, a tag or a mention in Markdown, in Slack or in HTML.
FORWARDED = [
    re.compile(r"\]\("),
    re.compile(r"<[!@#/A-Za-z]"),
    re.compile(r"(?<![A-Za-z0-9\u2060])@\w"),
]
SERVICES = {"whatsapp-business": WHATSAPP, "grafana-on-call": FORWARDED}


@pytest.mark.parametrize("provider", SERVICES)
@pytest.mark.parametrize("said", SAID, ids=[*VALUES, *(f"half {name}" for name in HALVES)])
@pytest.mark.parametrize("source", ["§", "Hello §, bye", "Hello\n§"])
def test_data_formats_nothing_and_is_shown(provider, said, source):
    markup = Providers().get(provider).markups_at({}, {}).text

    text = markup.write(source.replace("§", "".join(map(marked, said))))

    assert [found[0] for pattern in SERVICES[provider] for found in pattern.finditer(text)] == []
    assert plain(text) == plain(source.replace("§", "".join(said)))


@pytest.mark.parametrize(
    "said",
    [
        "first_last@example.com help@here.com x@all.example",
        "/var/my_dir/my_file.txt C:\\a_b\\c https://x.example/a_b?c=1&d=2",
        "5 * 3 = 15, 2 < 3, a_b, 12:30:45",
    ],
)
@pytest.mark.parametrize("provider", [*SERVICES, "rocket-chat"])
def test_an_address_and_a_path_stay_what_they_are(provider, said):
    markup = Providers().get(provider).markups_at({}, {}).text

    assert markup.escaped(said) == said


@pytest.mark.parametrize("provider", ["rocket-chat", "grafana-on-call"])
def test_a_path_that_would_call_somebody_is_whole(provider):
    markup = Providers().get(provider).markups_at({}, {}).text

    assert markup.escaped("see @here/maps").endswith("@here/maps")


@pytest.mark.parametrize("provider", SERVICES)
def test_the_authors_signs_are_sent_as_they_are(provider):
    markup = Providers().get(provider).markups_at({}, {}).text
    source = f"*Order* {marked('7')} [a](https://x.example) @ana\n> _q_"

    assert markup.write(source) == "*Order* 7 [a](https://x.example) @ana\n> _q_"
