"""What each subscriber is told in the application, in memory and in DynamoDB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.activity.feeds import UNREAD, Button, FeedMessage, FeedPosition, State
from carillon.ports import Ports
from tests import fakes

NOW = fakes.START
SECOND = timedelta(seconds=1)
NEW = frozenset({State.NEW})


def message(n: int, subscriber: str = "ana#1", **fields: object) -> FeedMessage:
    """The nth thing that happened, a second after the one before."""
    one = FeedMessage(
        id=f"dlv_{n:03}",
        subscriber=subscriber,
        invocation=f"i{n}",
        application="default/default",
        event="welcome",
        at=NOW + n * SECOND,
        subject="Hello",
        text="It is you.",
        buttons={"primary": Button(label="Look", url="https://example.com")},
    )
    return replace(one, **fields)  # type: ignore[arg-type]


def fill(world: Ports, tenant: str, count: int) -> list[FeedMessage]:
    """A feed, the newest first."""
    messages = [message(n) for n in range(count)]
    for one in messages:
        world.feeds.add(tenant, one)
    return messages[::-1]


def changed(one: FeedMessage, state: State) -> FeedMessage:
    return replace(one, state=state, read_at=NOW, version=one.version + 1)


def test_the_newest_come_first_and_go_on_behind_one(world: Ports, tenant: str, other: str):
    feed = fill(world, tenant, 12)
    world.feeds.add(tenant, message(50, "ana"))
    world.feeds.add(other, message(51))

    first = world.feeds.newest(tenant, "ana#1", 5)
    rest = world.feeds.newest(tenant, "ana#1", 100, before=first[-1].place)

    assert [*first, *rest] == feed
    assert world.feeds.newest(tenant, "nobody", 5) == []


def test_what_is_added_again_stays_as_it_is(world: Ports, tenant: str):
    [one] = fill(world, tenant, 1)
    read = changed(one, State.READ)
    world.feeds.update(tenant, [read])

    world.feeds.add(tenant, one)

    assert world.feeds.newest(tenant, "ana#1", 10) == [read]
    assert world.feeds.count_unread(tenant, "ana#1", UNREAD, 100) == 0


def test_what_is_not_read_is_found_and_counted_however_much_is_read(world: Ports, tenant: str):
    feed = fill(world, tenant, 12)
    for one in feed[:6]:
        world.feeds.update(tenant, [changed(one, State.READ)])
    for one in feed[6:8]:
        world.feeds.update(tenant, [changed(one, State.SEEN)])

    unread = world.feeds.unread(tenant, "ana#1", UNREAD, 100)

    assert unread == [one.place for one in feed[6:]]
    assert world.feeds.unread(tenant, "ana#1", UNREAD, 3) == unread[:3]
    assert world.feeds.unread(tenant, "ana#1", NEW, 100) == unread[2:]
    assert world.feeds.count_unread(tenant, "ana#1", UNREAD, 100) == 6
    assert world.feeds.count_unread(tenant, "ana#1", NEW, 100) == 4
    assert world.feeds.count_unread(tenant, "ana#1", UNREAD, 5) == 5


def test_what_is_unread_again_is_counted_again(world: Ports, tenant: str):
    [one] = fill(world, tenant, 1)
    read = changed(one, State.READ)
    world.feeds.update(tenant, [read])

    world.feeds.update(tenant, [changed(read, State.SEEN)])

    assert world.feeds.count_unread(tenant, "ana#1", UNREAD, 100) == 1
    assert world.feeds.count_unread(tenant, "ana#1", NEW, 100) == 0


def test_only_who_knows_the_version_before_writes(world: Ports, tenant: str):
    newest, oldest = fill(world, tenant, 2)

    first = world.feeds.update(tenant, [changed(newest, State.READ)])
    second = world.feeds.update(tenant, [changed(newest, State.SEEN), changed(oldest, State.SEEN)])
    absent = world.feeds.update(tenant, [changed(message(77), State.READ)])

    assert first == [changed(newest, State.READ)]
    assert second == [changed(oldest, State.SEEN)]
    assert absent == []
    assert len(world.feeds.newest(tenant, "ana#1", 10)) == 2


def test_messages_are_found_by_their_places_and_removed(world: Ports, tenant: str, other: str):
    feed = fill(world, tenant, 4)
    world.feeds.add(tenant, bo := message(7, "bo"))
    places = [feed[2].place, feed[0].place, bo.place, FeedPosition("ana#1", NOW, "dlv_nothing")]

    found = world.feeds.get_many(tenant, places)
    world.feeds.remove(other, places)
    world.feeds.remove(tenant, places)

    assert found == {one.place: one for one in (feed[0], feed[2], bo)}
    assert world.feeds.newest(tenant, "bo", 10) == []
    assert world.feeds.newest(tenant, "ana#1", 10) == [feed[1], feed[3]]
    assert world.feeds.count_unread(tenant, "ana#1", UNREAD, 100) == 2


@pytest.mark.parametrize("id", ["ana#1", "ana%231", "#", "ána", "x" * 255])
def test_a_subscribers_id_reaches_into_no_other_feed(world: Ports, tenant: str, id: str):
    world.feeds.add(tenant, message(1, id))

    assert [one.subscriber for one in world.feeds.newest(tenant, id, 10)] == [id]
    assert world.feeds.count_unread(tenant, id, UNREAD, 10) == 1
