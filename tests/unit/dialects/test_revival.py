"""A dead address lives again when it is registered again, not when it is named in passing."""

from dataclasses import replace

import pytest

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.audience.subscribers import DeadAddress, mark
from carillon.domain.base.channels import Channel
from tests import builders as a
from tests import canaries, gateway
from tests.unit.doors import APPLICATION, BITCASTER, DOORS, WHO, Caller, Door

PHONE = "+39061234567"
SMS = replace(a.integration("twilio", Channel.SMS), subscriber_field="phone")
EXPO, SLACK = a.integration("expo", Channel.PUSH), a.integration("slack", Channel.CHAT)
DEAD = {
    "email": (a.integration(), {"email": WHO}),
    "phone": (SMS, {"phone": PHONE}),
    "token": (EXPO, {"device_token": "one"}),
    "webhook": (SLACK, {"webhook_url": canaries.SLACK_URL}),
}
FIELDS = {
    "email": {"email": WHO},
    "phone": {"phone": PHONE},
    "token": {"channels": [{"provider": "expo", "device_tokens": ["one"]}]},
    "webhook": {"channels": [{"provider": "slack", "webhook_url": canaries.SLACK_URL}]},
}
MEDIA = (Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.CHAT)


def _add_user(caller, id, fields):
    return caller.said("POST", f"{BITCASTER}/u/", {"email": id})


ADD_USER = Door("bitcaster add user", _add_user, frozenset({"email"}), channels=False)


PAIRS = [
    pytest.param(door, kind, id=f"{door} {kind}")
    for door in [*DOORS, ADD_USER]
    for kind in DEAD
    if (kind in door.sets if kind in {"email", "phone"} else door.channels)
]


@pytest.fixture
def ports():
    """Ana, at whose addresses, all four of them, a provider has said that nobody can be reached."""
    ports = a.world()
    event = a.event_type("welcome", media=dict.fromkeys(MEDIA, True), version=2)
    ports.event_types.save(a.TENANT, event, expected=1)
    ports.event_types.save(a.TENANT, a.event_type("paid", application=APPLICATION), expected=None)
    for integration in (SMS, EXPO):
        ports.integrations.put(a.TENANT, integration)
    marks = [
        DeadAddress(mark=mark(*place), integration=place[0].id, code="gone", at=a.NOW)
        for place in DEAD.values()
    ]
    ana = a.subscriber(
        WHO,
        email=WHO,
        phone=PHONE,
        channels=(
            ChannelAddress("expo", integration="expo", device_tokens=("one", "two")),
            ChannelAddress("slack", integration="slack", webhook_url=canaries.SLACK_URL),
        ),
        dead=tuple(marks),
    )
    ports.subscribers.save(a.TENANT, [ana])
    with gateway.using(ports):
        yield ports


@pytest.fixture
def caller(ports):
    return Caller.of(ports)


def dead(ports):
    """The kinds of addresses that are suppressed now."""
    [ana] = ports.subscribers.get_many(a.TENANT, [WHO]).values()
    return {kind for kind, place in DEAD.items() if ana.death_of(*place)}


@pytest.mark.parametrize(("door", "kind"), PAIRS)
def test_only_what_is_registered_again_lives_again(ports, caller, door, kind):
    said = door.knock(caller, WHO, FIELDS[kind])

    assert not said.refused
    assert dead(ports) == (set(DEAD) - {kind} if door.registers else set(DEAD))


@pytest.mark.parametrize("door", [door for door in DOORS if "first_name" in door.sets], ids=repr)
def test_what_names_no_address_revives_none(ports, caller, door):
    assert not door.knock(caller, WHO, {"first_name": "Ana"}).refused

    assert dead(ports) == set(DEAD)


def test_novu_lists_a_dead_token_no_more_until_it_is_registered_again(caller):
    def tokens():
        answer = caller("GET", f"/v1/subscribers/{WHO}").json["data"]
        return {c["providerId"]: c["credentials"]["deviceTokens"] for c in answer["channels"]}

    before = tokens()
    body = {"providerId": "expo", "credentials": {"deviceTokens": ["one"]}}
    answer = caller("PATCH", f"/v1/subscribers/{WHO}/credentials", body)

    assert before == {"expo": ["two"], "slack": []}
    assert tokens() == {"expo": ["one", "two"], "slack": []}
    [expo, _] = answer.json["data"]["channels"]
    assert expo["credentials"]["deviceTokens"] == ["one", "two"]


def test_the_admin_api_shows_what_is_dead_and_the_whole_address(caller):
    answer = caller("GET", f"/admin/v1/subscribers/{WHO}").json

    assert [one["code"] for one in answer["dead_addresses"]] == ["gone"] * 4
    assert answer["channels"][0]["device_tokens"] == ["one", "two"]


def test_bitcasters_members_are_not_active_at_a_dead_address(caller):
    members = f"{BITCASTER}/p/shop/d/staff"
    caller("POST", f"{BITCASTER}/p/shop/d/", {"name": "staff"})
    caller("POST", f"{members}/add/", [WHO])

    listed = caller("GET", f"{members}/m/").json

    active = {one["address"]: one["active"] for one in listed}
    assert active.pop("two") is True
    assert set(active.values()) == {False}
    assert len(active) == len(DEAD)
