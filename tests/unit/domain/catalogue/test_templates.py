"""Which template's words somebody gets."""

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import choose
from tests import builders as a


def chat(body, **fields):
    return a.template(medium=Channel.CHAT, body=body, **fields)


def chosen(*templates, locale="en", provider="slack"):
    found = choose(templates, Channel.CHAT, locale, provider)
    return found and found.body


def test_a_providers_own_words_go_before_those_of_its_medium():
    words = chat("any", locale="de"), chat("slack's", provider="slack")

    assert chosen(*words, locale="de") == "slack's"
    assert chosen(*words, locale="de", provider="msteams") == "any"


def test_words_for_one_provider_are_none_for_another():
    assert chosen(chat("slack's", provider="slack"), provider="msteams") is None


def test_custom_words_are_in_the_place_of_the_default_ones():
    default, german = chat("default"), chat("deutsch", locale="de")
    custom = chat("custom", custom=True)

    for templates in ((default, custom, german), (custom, german, default)):
        assert chosen(*templates) == "custom"
        assert chosen(*templates, locale="de") == "deutsch"
    assert chosen(default) == "default"
