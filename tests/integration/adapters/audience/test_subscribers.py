"""Subscribers, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from carillon.adapters.audience.subscribers import DynamoSubscribers
from carillon.adapters.aws import listings
from carillon.adapters.aws.table import Table
from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.audience.preferences import Preference, Preferences
from carillon.domain.audience.subscribers import SHARDS, Subscriber
from carillon.domain.base import ids
from carillon.domain.base.errors import Invalid, NotFound
from carillon.domain.base.paging import Page, Window
from carillon.ports import Ports
from tests import canaries, fakes
from tests.builders import subscriber
from tests.integration.adapters.stubs import ScriptedClients, error
from tests.integration.adapters.walking import walk

ANA = subscriber(
    "ana",
    email=canaries.EMAIL.capitalize(),
    phone=canaries.PHONE,
    first_name="Ána",
    data={"plan": "gold", "score": 1.25, "tags": ["a", None]},
    channels=(ChannelAddress(provider="fcm", device_tokens=(canaries.DEVICE_TOKEN, "2")),),
)


def test_a_subscriber_is_what_was_saved(world: Ports, tenant: str, other: str):
    lost = world.subscribers.save(tenant, [ANA])

    assert list(lost) == []
    assert world.subscribers.get_many(tenant, ["ana", "bob", "ana"]) == {"ana": ANA}
    assert world.subscribers.get_many(other, ["ana"]) == {}
    assert world.subscribers.get_many(tenant, []) == {}


def test_many_are_saved_and_found_together(world: Ports, tenant: str):
    people = [subscriber(f"p{n}") for n in range(130)]

    lost = world.subscribers.save(tenant, people)

    assert list(lost) == []
    found = world.subscribers.get_many(tenant, [p.id for p in people])
    assert found == {p.id: p for p in people}


def test_saving_nobody_is_nothing(world: Ports, tenant: str):
    assert list(world.subscribers.save(tenant, [])) == []


def test_the_next_version_replaces_the_one_before(world: Ports, tenant: str):
    world.subscribers.save(tenant, [ANA])
    second = replace(ANA, email=None, version=2)
    third = replace(ANA, email="a@example.com", version=3)

    assert list(world.subscribers.save(tenant, [second])) == []
    assert world.subscribers.get_many(tenant, ["ana"]) == {"ana": second}
    assert list(world.subscribers.save(tenant, [third])) == []
    assert world.subscribers.get_many(tenant, ["ana"]) == {"ana": third}


def test_a_save_based_on_an_old_version_loses_and_its_neighbours_do_not(world: Ports, tenant: str):
    bob = subscriber("bob")
    world.subscribers.save(tenant, [ANA, bob])
    world.subscribers.save(tenant, [replace(bob, version=2)])
    people = [
        replace(ANA, locale="de", version=2),
        replace(bob, locale="de", version=2),
        subscriber("bob2", version=2),
        subscriber("cyd"),
    ]

    lost = world.subscribers.save(tenant, people)

    assert sorted(lost) == ["bob", "bob2"]
    found = world.subscribers.get_many(tenant, ["ana", "bob", "bob2", "cyd"])
    assert found == {"ana": people[0], "bob": replace(bob, version=2), "cyd": people[3]}


def test_who_is_there_already_is_not_inserted_again(world: Ports, tenant: str, other: str):
    world.subscribers.save(tenant, [ANA])

    assert list(world.subscribers.save(tenant, [replace(ANA, email="x@example.com")])) == ["ana"]
    assert list(world.subscribers.save(other, [ANA])) == []


def test_a_removed_subscriber_is_in_no_topic(world: Ports, tenant: str, other: str):
    world.subscribers.save(tenant, [ANA, subscriber("bob")])
    for topic in ("news", "alerts"):
        world.topics.add_members(tenant, topic, ["ana", "bob"])
        world.topics.add_members(other, topic, ["ana"])

    world.subscribers.remove(tenant, "ana")

    assert set(world.subscribers.get_many(tenant, ["ana", "bob"])) == {"bob"}
    for topic in ("news", "alerts"):
        assert world.topics.among(tenant, topic, ["ana", "bob"]) == {"bob"}
        assert world.topics.among(other, topic, ["ana"]) == {"ana"}


def test_an_absent_subscriber_cannot_be_removed(world: Ports, tenant: str, other: str):
    world.subscribers.save(tenant, [ANA])

    with pytest.raises(NotFound):
        world.subscribers.remove(tenant, "bob")
    with pytest.raises(NotFound):
        world.subscribers.remove(other, "ana")

    assert set(world.subscribers.get_many(tenant, ["ana"])) == {"ana"}


@pytest.mark.parametrize("limit", [1, 7, 40, 100])
def test_pages_of_subscribers_hold_each_once(world: Ports, tenant: str, other: str, limit: int):
    people = [subscriber(f"p{n}") for n in range(40)]
    world.subscribers.save(tenant, people)
    world.subscribers.save(other, [subscriber("stranger")])

    listed = walk(lambda c, n: world.subscribers.list(tenant, c, n), limit)

    assert sorted(p.id for p in listed) == sorted(p.id for p in people)


def test_a_cursor_of_another_tenant_is_invalid(world: Ports, tenant: str, other: str):
    world.subscribers.save(tenant, [subscriber(f"p{n}") for n in range(40)])
    cursor = world.subscribers.list(tenant, None, 5).cursor

    with pytest.raises(Invalid):
        world.subscribers.list(other, cursor, 5)


def test_an_id_named_like_a_key_is_an_id(world: Ports, tenant: str):
    ids = ["a#b", "a%23b", "TENANT#x", " ", "🎉" * 255, "#" * 255, "\"'; DROP", "a\x00b", "\n"]
    world.subscribers.save(tenant, [subscriber(id) for id in ids])

    world.topics.add_members(tenant, "t", ids)

    assert set(world.subscribers.get_many(tenant, ids)) == set(ids)
    assert world.topics.among(tenant, "t", ids) == set(ids)


def test_preferences_and_presence_are_kept(world: Ports, tenant: str):
    quiet = Preference(enabled=False, channels={"email": False, "in_app": True})
    said = Preferences(overall=quiet, events={"default/default#welcome": Preference(enabled=True)})
    ana = replace(ANA, preferences=said, online=True, last_online_at=ANA.created_at)

    world.subscribers.save(tenant, [ana])

    assert world.subscribers.get_many(tenant, ["ana"]) == {"ana": ana}


def test_a_list_is_walked_both_ways(world: Ports, tenant: str, other: str):
    world.subscribers.save(tenant, [subscriber(f"p{n:02}") for n in range(30)])
    world.subscribers.save(other, [subscriber("stranger")])

    def walked(window: Window) -> list[str]:
        page = world.subscribers.walk(tenant, window)
        assert len(page.cursors) == len(page.items)
        return [one.id for one in page.items]

    whole = world.subscribers.walk(tenant, Window(limit=100))
    ids_, cursors = [one.id for one in whole.items], whole.cursors

    assert sorted(ids_) == [f"p{n:02}" for n in range(30)]
    assert whole.cursor is None
    for at in (0, 7, 29):
        behind, before = ids_[at + 1 : at + 6], ids_[max(0, at - 5) : at][::-1]
        assert walked(Window(limit=5, cursor=cursors[at])) == behind
        assert walked(Window(limit=5, cursor=cursors[at], backwards=True)) == before
        with_it = Window(limit=1, cursor=cursors[at], inclusive=True)
        assert walked(with_it) == [ids_[at]]
        assert walked(replace(with_it, backwards=True)) == [ids_[at]]
    assert walked(Window(limit=100, backwards=True)) == ids_[::-1]
    assert world.subscribers.walk(tenant, Window(limit=29)).cursor == cursors[28]
    assert world.subscribers.walk(tenant, Window(limit=30)).cursor is None
    assert world.subscribers.count(tenant).total == 30


def test_a_walk_goes_by_its_own_cursors_alone(world: Ports, tenant: str, other: str):
    world.subscribers.save(tenant, [ANA])
    [cursor] = world.subscribers.walk(tenant, Window(limit=1)).cursors

    for wrong in (cursor + "x", "nonsense"):
        with pytest.raises(Invalid):
            world.subscribers.walk(tenant, Window(limit=1, cursor=wrong))
    with pytest.raises(Invalid):
        world.subscribers.walk(other, Window(limit=1, cursor=cursor))


def test_an_address_leads_to_all_who_have_it(world: Ports, tenant: str, other: str):
    people = [subscriber(id, email=f"{id[0].upper()}@example.com") for id in ("a1", "a2", "b1")]
    world.subscribers.save(tenant, [*people, subscriber("nobody")])
    world.subscribers.save(other, [subscriber("a3", email="a@example.com")])

    assert sorted(world.subscribers.by_email(tenant, "A@example.COM", 10)) == ["a1", "a2"]
    assert list(world.subscribers.by_email(tenant, "a@example.co", 10)) == []
    assert len(world.subscribers.by_email(tenant, "a@example.com", 1)) == 1


def test_a_shard_is_read_piece_by_piece(world: Ports, tenant: str, other: str):
    people = {f"p{n:03}": subscriber(f"p{n:03}") for n in range(60)}
    world.subscribers.save(tenant, list(people.values()))
    world.subscribers.save(other, [subscriber("stranger")])

    for shard in range(SHARDS):
        own = [id for id in sorted(people) if ids.shard(id, SHARDS) == shard]
        found: list[str] = []
        while some := world.subscribers.shard(tenant, shard, found[-1] if found else "", 2):
            assert [people[one.id] for one in some] == list(some)
            found += [one.id for one in some]
        assert found == own


@pytest.mark.parametrize("room", [1, 600, 2_000])
def test_a_page_ends_where_an_answer_would_be_too_large(
    world: Ports, tenant: str, monkeypatch: pytest.MonkeyPatch, room: int
):
    monkeypatch.setattr(listings, "_ROOM", room)
    people = [subscriber(f"p{n:02}", data={"x": "y" * 200}) for n in range(40)]
    world.subscribers.save(tenant, people)
    many = room // 200 + 1  # and one that is too much

    def listed(cursor: str | None, limit: int) -> Page[Subscriber]:
        page = world.subscribers.list(tenant, cursor, limit)
        assert world is not tables or len(page.items) <= many
        return page

    def walked(cursor: str | None, limit: int) -> Page[Subscriber]:
        page = world.subscribers.walk(tenant, Window(limit=limit, cursor=cursor))
        assert world is not tables or len(page.items) <= many
        return page

    def back(cursor: str | None, limit: int) -> Page[Subscriber]:
        return world.subscribers.walk(tenant, Window(limit=limit, cursor=cursor, backwards=True))

    tables = None if isinstance(world.subscribers, fakes.Subscribers) else world
    for way in (listed, walked, back):
        assert sorted(one.id for one in walk(way, 100)) == [one.id for one in people]


def test_a_removal_that_the_sdk_had_to_send_twice_is_done():
    nothing = {"Items": [], "Count": 0}
    clients = ScriptedClients(
        get_item=[{"Item": {"pk": {"S": "p"}, "sk": {"S": "ana"}, "data": {"S": "{}"}}}],
        query=[nothing, nothing],
        delete_item=[error("ConditionalCheckFailedException")],
    )
    subscribers = DynamoSubscribers("acme", Table(clients, "things"), write=None)

    subscribers.remove("ana")

    assert len(clients.calls["delete_item"]) == 1
