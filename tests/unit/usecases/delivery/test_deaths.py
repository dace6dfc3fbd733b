"""Deaths in a group are the integration's fault: nobody is buried, and its tenant is told."""

from datetime import timedelta

import pytest

from carillon.domain.delivery.deliveries import Outcome, Status
from carillon.domain.integrations.integrations import MANY_DEATHS
from carillon.usecases.delivery.deaths import GROUP, WITHIN
from carillon.usecases.tenancy.announce import INTEGRATION_HELD
from tests import builders as a
from tests.unit.usecases.delivery.slack_chunks import (
    BY_BOT,
    Slack,
    after_retries,
    attempt,
    chunk_for,
    members,
    refusal,
    world,
)

DEAD = refusal("invalid_token")


class KnowsOnly(Slack):
    """Calls all members but these dead."""

    def __init__(self, *alive):
        super().__init__()
        self._alive = alive

    def __call__(self, request):
        known = any(f'"{one}"'.encode() in request.body for one in self._alive)
        return super().__call__(request) if known else DEAD


def buried(ports):
    people = ports.subscribers.get_many(a.TENANT, [f"p{n:02}" for n in range(30)])
    return sum(len(person.dead) for person in people.values())


def circuit(ports):
    return ports.integrations.get(a.TENANT, "int_slack").circuit


def told(ports):
    return [i for job in ports.queues.jobs for i in job.invocations if i.event == INTEGRATION_HELD]


def later(ports, delta):
    ports.clock.advance(delta.total_seconds())


def test_a_group_of_deaths_buries_nobody_holds_the_integration_and_tells_its_tenant():
    ports = world(Slack(DEAD), settings=BY_BOT)

    records = attempt(ports, chunk_for(ports, "one", *members(25)))

    assert buried(ports) == 0
    assert {(one.status, one.outcome, one.code) for one in records} == {
        (Status.RETRYING, Outcome.CONFIG, "invalid_token")
    }
    assert all("called dead" in one.detail for one in records)
    assert circuit(ports).code == MANY_DEATHS
    assert circuit(ports).opened_at == ports.clock.now()
    [event] = told(ports)
    assert (event.payload["integration"], event.payload["code"]) == ("int_slack", MANY_DEATHS)


def test_everybody_is_reached_once_the_service_is_mended():
    slack = Slack(DEAD)
    ports = world(slack, settings=BY_BOT)
    attempt(ports, chunk_for(ports, "one", *members(25)))

    slack.answer = None
    later(ports, timedelta(minutes=11))

    assert {one.record.status for one in after_retries(ports)} == {Status.SENT}
    assert circuit(ports) is None
    assert [one.status for one in attempt(ports, chunk_for(ports, "two", *members(25)))] == [
        Status.SENT
    ] * 25


def test_what_is_called_dead_while_the_integration_is_held_is_not_believed_either():
    ports = world(Slack(DEAD), settings=BY_BOT)
    attempt(ports, chunk_for(ports, "one", *members(25)))
    later(ports, timedelta(minutes=1))

    attempt(ports, chunk_for(ports, "two", *members(25)))

    assert buried(ports) == 0
    assert len(ports.egress.requests) == 26  # one probe
    assert circuit(ports).code == MANY_DEATHS
    assert len(told(ports)) == 1


def test_a_few_deaths_among_many_messages_that_arrive_are_believed():
    ports = world(KnowsOnly(*(f"U{n:02}" for n in range(6, 25))), settings=BY_BOT)

    attempt(ports, chunk_for(ports, "one", *members(25)))

    assert buried(ports) == 6
    assert circuit(ports) is None
    assert told(ports) == []


def test_deaths_that_come_one_by_one_within_minutes_are_a_group_too():
    ports = world(Slack(DEAD), settings=BY_BOT)

    for n in range(GROUP):
        assert buried(ports) == n
        attempt(ports, chunk_for(ports, f"e{n}", *members(n + 1)[n:], first=n))
        later(ports, timedelta(minutes=1))

    assert buried(ports) == 0
    assert circuit(ports).code == MANY_DEATHS


def test_deaths_that_come_rarely_are_believed():
    ports = world(Slack(DEAD), settings=BY_BOT)

    for n in range(2 * GROUP):
        attempt(ports, chunk_for(ports, f"e{n}", *members(n + 1)[n:], first=n))
        later(ports, WITHIN + timedelta(seconds=1))

    assert buried(ports) == 2 * GROUP
    assert circuit(ports).opened_at is None


def test_a_message_that_arrives_in_between_begins_the_count_anew():
    slack = Slack(DEAD)
    ports = world(slack, settings=BY_BOT)
    for n in range(GROUP - 1):
        attempt(ports, chunk_for(ports, f"e{n}", *members(n + 1)[n:], first=n))
    slack.answer = None
    attempt(ports, chunk_for(ports, "alive", *members(21)[20:], first=20))

    slack.answer = DEAD
    attempt(ports, chunk_for(ports, "last", *members(11)[10:], first=10))

    assert buried(ports) == GROUP


def test_what_is_called_dead_again_by_a_service_that_works_is_dead():
    slack = Slack(DEAD)
    ports = world(slack, settings=BY_BOT)
    attempt(ports, chunk_for(ports, "one", *members(GROUP)))
    slack.answer = None
    later(ports, timedelta(minutes=2))
    attempt(ports, chunk_for(ports, "alive", *members(21)[20:], first=20))
    assert circuit(ports) is None

    slack.answer = DEAD
    later(ports, WITHIN)
    after_retries(ports)

    assert buried(ports) == GROUP
    assert circuit(ports) is None


@pytest.mark.parametrize("count", [1, 2])
def test_a_lone_death_is_believed_at_once(count):
    ports = world(Slack(DEAD), settings=BY_BOT)

    attempt(ports, chunk_for(ports, "one", *members(count)))

    assert buried(ports) == count
