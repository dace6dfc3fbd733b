"""The overrides that hold for the messages by one provider."""

from carillon.domain.base.channels import Channel
from carillon.domain.intake.overrides import Overrides
from carillon.providers.registry import Providers
from carillon.usecases.setup.overrides import for_provider

slack, discord = Providers().get("slack"), Providers().get("discord")


def test_a_providers_own_overrides_come_before_those_of_its_channel():
    overrides = Overrides(
        channels={Channel.CHAT: {"username": "All", "iconUrl": "https://a.example/i"}},
        providers={"slack": {"username": "Slack"}},
    )

    assert for_provider(overrides, slack) == {
        "username": "Slack",
        "icon_url": "https://a.example/i",
    }


def test_a_provider_leaves_out_what_only_others_of_its_channel_know():
    overrides = Overrides(channels={Channel.CHAT: {"username": "All", "iconEmoji": ":bell:"}})

    assert for_provider(overrides, discord) == {"username": "All"}
