"""An address with a provider is kept in one place, by whichever call it comes and goes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.dialects.novu.schemas.common import ProviderId
from carillon.domain.audience.addresses import (
    ADDRESSES_LIMIT,
    DEVICES_LIMIT,
    TOKEN_LIMIT,
    ChannelAddress,
)
from carillon.domain.audience.subscribers import DeadAddress, mark
from carillon.domain.base.channels import Channel
from carillon.providers.registry import Providers
from tests import builders as a
from tests import gateway
from tests.unit.doors import (
    APPLICATION,
    DOORS,
    PATCH_CREDENTIALS,
    PUT_CREDENTIALS,
    WHO,
    Caller,
    value_of,
)

CHANNELS = {
    id: provider.channel
    for id in ProviderId.__value__.__args__
    if not (provider := Providers().get(id)).subscriber_field
}
PUSH = [id for id, channel in CHANNELS.items() if channel is Channel.PUSH]
ADDRESSED = [door for door in DOORS if door.channels]
LISTED = [door for door in ADDRESSED if not door.name.startswith("bitcaster")]  # take many tokens


def address(provider, name, **fields):
    """One of the provider's addresses, as a caller names it."""
    if CHANNELS[provider] is Channel.PUSH:
        return {"provider": provider, "device_tokens": [name], **fields}
    return {"provider": provider, "webhook_url": f"https://hooks.example/{name}", **fields}


@pytest.fixture
def ports():
    """Every provider has two active integrations, and a newer one that is switched off."""
    ports = a.world()
    event = a.event_type("welcome", media=dict.fromkeys(set(CHANNELS.values()), True), version=2)
    ports.event_types.save(a.TENANT, event, expected=1)
    ports.event_types.save(a.TENANT, a.event_type("paid", application=APPLICATION), expected=None)
    ports.integrations.remove(a.TENANT, "int_slack")
    for provider, channel in CHANNELS.items():
        for age, name in enumerate(["old", "new", "off"]):
            one = a.integration(
                provider,
                channel,
                id=f"{provider}-{name}",
                identifier=f"{provider}-{name}",
                created_at=a.NOW + timedelta(days=age),
                active=name != "off",
            )
            ports.integrations.put(a.TENANT, one)
    ports.subscribers.save(a.TENANT, [a.subscriber(WHO)])
    with gateway.using(ports):
        yield ports


@pytest.fixture
def caller(ports):
    return Caller.of(ports)


@pytest.fixture
def say(caller):
    """Name an address at a door; it must be taken."""

    def say(door, channel):
        said = door.knock(caller, WHO, {"channels": [channel]})
        assert not said.refused, said.refused

    return say


@pytest.fixture
def reached(ports, caller):
    """Where a message goes now, by which integration."""

    def reached():
        ports.queues.chunks.clear()
        caller("POST", "/v1/events/trigger", {"name": "welcome", "to": WHO})
        caller.fan_out()
        return [
            (one.integration, value)
            for chunk in ports.queues.chunks
            for one in chunk.deliveries
            if one.provider in CHANNELS
            for value in one.address.values()
        ]

    return reached


def stored(ports):
    return ports.subscribers.get_many(a.TENANT, [WHO])[WHO].channels


def keep(ports, *channels):
    """Store addresses as they were before each had an integration."""
    ports.subscribers.by_tenant[a.TENANT][WHO] = a.subscriber(WHO, channels=channels)


@pytest.mark.parametrize("provider", CHANNELS)
@pytest.mark.parametrize("door", ADDRESSED, ids=repr)
def test_it_is_bound_to_the_newest_active_integration_and_sent_by_that_alone(
    say, ports, reached, door, provider
):
    named = address(provider, "one")

    say(door, named)

    [kept] = stored(ports)
    assert (kept.provider, kept.integration) == (provider, f"{provider}-new")
    assert reached() == [(f"{provider}-new", value_of(named))]


@pytest.mark.parametrize("door", LISTED, ids=repr)
def test_an_integration_that_is_named_is_the_one(say, reached, door):
    say(door, address("fcm", "one", integration="fcm-old"))

    assert reached() == [("fcm-old", "one")]


@pytest.mark.parametrize("provider", PUSH)
@pytest.mark.parametrize("door", ADDRESSED, ids=repr)
def test_a_device_that_logs_out_gets_nothing_however_it_came(say, caller, reached, door, provider):
    path = f"/v1/subscribers/{WHO}/credentials/{provider}"
    none = {"provider": provider, "device_tokens": []}

    say(door, address(provider, "one"))
    say(PUT_CREDENTIALS, none)
    by_put = reached()
    say(door, address(provider, "two"))
    say(PATCH_CREDENTIALS, none)
    by_patch = reached()
    say(door, address(provider, "three"))
    assert caller("DELETE", path).status == 204
    by_delete = reached()

    assert (by_put, by_patch, by_delete) == ([], [], [])


@pytest.mark.parametrize("clearing", LISTED, ids=repr)
@pytest.mark.parametrize("door", ADDRESSED, ids=repr)
def test_an_empty_list_clears_wherever_it_is_said(say, reached, door, clearing):
    say(door, address("expo", "one"))
    say(clearing, {"provider": "expo", "device_tokens": []})

    assert reached() == []


@pytest.mark.parametrize("door", ADDRESSED, ids=repr)
def test_put_replaces_tokens_and_every_other_door_adds_them(say, reached, door):
    say(door, address("expo", "one"))
    say(PATCH_CREDENTIALS, address("expo", "two"))
    assert reached() == [("expo-new", "one"), ("expo-new", "two")]
    say(PUT_CREDENTIALS, address("expo", "three"))
    say(door, address("expo", "four"))

    both = [("expo-new", "three"), ("expo-new", "four")]
    assert reached() == (both[1:] if door is PUT_CREDENTIALS else both)


@pytest.mark.parametrize("second", ADDRESSED, ids=repr)
@pytest.mark.parametrize("first", ADDRESSED, ids=repr)
def test_a_webhook_takes_the_place_of_the_one_before(say, reached, first, second):
    say(first, address("slack", "old"))
    say(second, address("slack", "new"))

    assert reached() == [("slack-new", "https://hooks.example/new")]


@pytest.mark.parametrize("door", LISTED, ids=repr)
def test_what_is_empty_or_not_said_leaves_an_address_as_it_is(say, reached, door):
    say(PUT_CREDENTIALS, address("slack", "one"))
    say(door, {"provider": "slack", "webhook_url": "", "channel": "C1"})

    assert reached() == [("slack-new", "https://hooks.example/one"), ("slack-new", "C1")]


@pytest.mark.parametrize("provider", CHANNELS)
def test_an_address_of_old_goes_by_one_integration(ports, reached, provider):
    named = address(provider, "one")
    fields = {k: tuple(v) if isinstance(v, list) else v for k, v in named.items()}
    keep(ports, ChannelAddress(**fields))

    assert reached() == [(f"{provider}-new", value_of(named))]


@pytest.mark.parametrize("door", ADDRESSED, ids=repr)
def test_an_address_of_old_is_bound_with_the_next_of_its_provider(say, ports, door):
    other = ChannelAddress("fcm", device_tokens=("f",))
    keep(ports, ChannelAddress("expo", device_tokens=("one",)), other)

    say(door, address("expo", "two"))

    tokens = ("two",) if door is PUT_CREDENTIALS else ("one", "two")
    bound = ChannelAddress("expo", integration="expo-new", device_tokens=tokens)
    assert tuple(replace(one, registered={}) for one in stored(ports)) == (bound, other)


@pytest.mark.parametrize("known", [None, "expo-new", "expo-old"])
def test_an_address_of_old_is_cleared_with_its_provider(say, ports, caller, reached, known):
    old = ChannelAddress("expo", device_tokens=("one",))
    keep(ports, old, *([replace(old, integration=known)] if known else []))
    say(PUT_CREDENTIALS, {"provider": "expo", "integration": known, "device_tokens": []})
    by_put = reached()
    keep(ports, old)
    caller("DELETE", f"/v1/subscribers/{WHO}/credentials/expo")

    assert (by_put, reached()) == ([], [])


@pytest.mark.parametrize("provider", ["expo", "slack"])
@pytest.mark.parametrize("door", ADDRESSED, ids=repr)
def test_without_an_active_integration_it_is_refused_and_nothing_is_kept(
    ports, caller, door, provider
):
    for name in ("old", "new"):
        ports.integrations.remove(a.TENANT, f"{provider}-{name}")

    said = door.knock(caller, WHO, {"channels": [address(provider, "one")]})

    assert provider in said.refused
    assert "integration" in said.refused
    assert stored(ports) == ()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"webhook_url": "not a URL"}, "webhook"),
        ({"webhook_url": "https://x.example/" + "x" * 2048}, "webhook"),
        ({"webhook_url": "https://127.0.0.1/x"}, "webhook"),
        ({"webhook_url": "https://169.254.169.254/latest"}, "webhook"),
        ({"webhook_url": "http://localhost:8080/x"}, "webhook"),
        ({"device_tokens": [""]}, "token"),
        ({"device_tokens": ["x" * (TOKEN_LIMIT + 1)]}, "token"),
        ({"device_tokens": ["x"] * (DEVICES_LIMIT + 1)}, "token"),
    ],
    ids=[
        "no URL",
        "long URL",
        "loopback",
        "metadata",
        "localhost",
        "empty token",
        "long token",
        "many tokens",
    ],
)
@pytest.mark.parametrize("door", LISTED, ids=repr)
def test_what_is_malformed_is_refused_alike(ports, caller, door, wrong, field):
    said = door.knock(caller, WHO, {"channels": [{"provider": "expo", **wrong}]})

    assert field in said.refused.lower()
    assert stored(ports) == ()


@pytest.mark.parametrize("door", ADDRESSED, ids=repr)
def test_no_call_saves_a_url_of_an_address_that_is_not_public(ports, caller, door):
    inside = {"provider": "slack", "webhook_url": "https://10.0.0.1/hook"}

    said = door.knock(caller, WHO, {"channels": [inside]})

    assert "public internet" in said.refused
    assert stored(ports) == ()


FULL = tuple(f"token{n:03}" for n in range(DEVICES_LIMIT))
ADDING = [door for door in ADDRESSED if door is not PUT_CREDENTIALS]


def fill(ports, *, dead=()):
    """Have as many device tokens stored as one integration has room for."""
    channel = ChannelAddress("expo", integration="expo-new", device_tokens=FULL)
    integration = ports.integrations.get(a.TENANT, "expo-new")
    deaths = [
        DeadAddress(
            mark=mark(integration, {"device_token": token}),
            integration=integration.id,
            code="DeviceNotRegistered",
            at=a.NOW,
        )
        for token in dead
    ]
    who = a.subscriber(WHO, channels=(channel,), dead=tuple(deaths))
    ports.subscribers.by_tenant[a.TENANT][WHO] = who


def dropped(caller):
    """The addresses that made room, as a caller of the admin API sees them."""
    found = caller("GET", f"/admin/v1/subscribers/{WHO}").json["dead_addresses"]
    return [(d["integration"], d["hint"]) for d in found if d["code"] == "made_room"]


@pytest.mark.parametrize("door", ADDING, ids=repr)
def test_an_address_without_room_is_refused_or_the_one_that_makes_room_is_on_record(
    ports, caller, door
):
    fill(ports)

    said = door.knock(caller, WHO, {"channels": [address("expo", "brand-new")]})

    [kept] = stored(ports)
    if door.registers:
        assert f"{DEVICES_LIMIT} device tokens" in said.refused
        assert kept.device_tokens == FULL
        assert dropped(caller) == []
    else:
        assert not said.refused
        assert kept.device_tokens == (*FULL[1:], "brand-new")
        assert dropped(caller) == [("expo-new", "ken000")]


@pytest.mark.parametrize("door", ADDING, ids=repr)
def test_dead_addresses_make_room_before_any_that_lives(ports, caller, say, door):
    fill(ports, dead=FULL[7:9])

    say(door, address("expo", "brand-new"))

    [kept] = stored(ports)
    assert kept.device_tokens == (*FULL[:7], *FULL[9:], "brand-new")
    assert dropped(caller) == []


@pytest.mark.parametrize("again", ADDING, ids=repr)
def test_an_address_that_made_room_and_is_named_again_is_no_longer_gone(ports, caller, say, again):
    fill(ports)
    say(ADDRESSED[0], address("expo", "brand-new"))
    say(PUT_CREDENTIALS, address("expo", "only"))

    say(again, address("expo", FULL[0]))

    [kept] = stored(ports)
    assert kept.device_tokens == ("only", FULL[0])
    assert dropped(caller) == []


@pytest.mark.parametrize("door", ADDING, ids=repr)
def test_addresses_of_all_integrations_together_are_kept_or_refused_or_on_record(
    ports, caller, door
):
    wide = tuple(f"{n:04}" + "w" * 900 for n in range(60))
    channels = [ChannelAddress(id, integration=f"{id}-new", device_tokens=wide) for id in PUSH[:2]]
    hook = ChannelAddress(
        "slack", integration="slack-new", webhook_url="https://x.example/" + "w" * 60_000
    )
    ports.subscribers.by_tenant[a.TENANT][WHO] = a.subscriber(WHO, channels=(*channels, hook))

    said = door.knock(caller, WHO, {"channels": [address("discord", "one")]})

    if door.registers:
        assert f"{ADDRESSES_LIMIT} bytes" in said.refused
        assert stored(ports) == (*channels, hook)
    else:
        assert [one.provider for one in stored(ports)] == [PUSH[1], "slack", "discord"]
        assert len(dropped(caller)) == len(wide)


def test_of_a_bulk_the_last_event_decides(ports, caller, reached):
    """Whatever order the events are fanned out in: here, that of their names is another."""
    event = a.event_type("another", media={Channel.CHAT: True})
    ports.event_types.save(a.TENANT, event, expected=None)

    def to(name):
        channel = {
            "providerId": "slack",
            "credentials": {"webhookUrl": f"https://hooks.example/{name}"},
        }
        return {"subscriberId": WHO, "channels": [channel]}

    events = [
        {"name": "welcome", "to": to("first")},
        {"name": "another", "to": to("last")},
    ]
    assert caller("POST", "/v1/events/trigger/bulk", {"events": events}).status == 201
    caller.fan_out()

    assert reached() == [("slack-new", "https://hooks.example/last")]
