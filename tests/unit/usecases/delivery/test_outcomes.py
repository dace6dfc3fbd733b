"""What outcomes change for later messages: addresses that died, whatever else fails."""

from dataclasses import replace

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import Outcome, Status
from carillon.domain.delivery.transport import Response
from carillon.usecases.audience.updates import upsert
from tests import builders as a
from tests import fakes
from tests.unit.usecases.delivery.slack_chunks import (
    BY_BOT,
    OK,
    Slack,
    attempt,
    chunk_for,
    members,
    refusal,
    world,
)


def test_a_dead_address_is_not_sent_to_again_and_the_account_says_why():
    slack = Slack(Response(status=403, body=b"invalid_token"))
    ports = world(slack)
    address = a.slack_address("gone")

    [first] = attempt(ports, chunk_for(ports, "one", address))
    slack.answer = OK
    [second] = attempt(ports, chunk_for(ports, "two", address))

    assert len(ports.egress.requests) == 1
    assert (first.status, first.outcome) == (Status.FAILED, Outcome.DEAD)
    assert (second.status, second.code) == (Status.SUPPRESSED, "invalid_token")
    assert second.attempts == 0


def test_only_that_address_with_that_integration_is_dead():
    slack = Slack(Response(status=403, body=b"invalid_token"))
    ports = world(slack)

    attempt(ports, chunk_for(ports, "one", a.slack_address("gone")))
    slack.answer = None
    [other] = attempt(ports, chunk_for(ports, "two", a.slack_address("alive")))

    assert other.status is Status.SENT


def test_new_settings_give_an_address_another_chance():
    slack = Slack(refusal("invalid_token"))
    ports = world(slack, settings=BY_BOT)
    [address] = members(1)
    attempt(ports, chunk_for(ports, "one", address))

    ports.integrations.put(
        a.TENANT,
        a.integration("slack", Channel.CHAT, settings={"bot_token": "xoxb-2"}, version=2),
    )
    slack.answer = None
    [again] = attempt(ports, chunk_for(ports, "two", address))

    assert again.status is Status.SENT


def test_a_person_can_be_revived():
    slack = Slack(Response(status=410, body=b"channel_is_archived"))
    ports = world(slack)
    address = a.slack_address("gone")
    attempt(ports, chunk_for(ports, "one", address))

    upsert([a.person("p00", revive=True)], ports=ports.of(a.TENANT))
    slack.answer = None
    [again] = attempt(ports, chunk_for(ports, "two", address))

    assert again.status is Status.SENT


def test_naming_a_dead_address_once_more_does_not_revive_it():
    slack = Slack(Response(status=403, body=b"invalid_token"))
    ports = world(slack)
    address = a.slack_address("gone")
    attempt(ports, chunk_for(ports, "one", address))

    upsert([a.person("p00", channels=(address,))], ports=ports.of(a.TENANT))
    [again] = attempt(ports, chunk_for(ports, "two", address))

    assert again.status is Status.SUPPRESSED


def test_marking_is_tried_again_when_somebody_else_changes_the_person_at_that_time():
    ports = world(Slack(Response(status=403, body=b"invalid_token")))
    chunk = chunk_for(ports, "one", a.slack_address("gone"))

    attempt(replace(ports, subscribers=RacedOnce(ports.subscribers)), chunk)

    [person] = ports.subscribers.get_many(a.TENANT, ["p00"]).values()
    assert (person.first_name, len(person.dead)) == ("Raced", 1)


def test_a_removed_person_does_not_come_back_by_dying():
    ports = world(Slack(Response(status=403, body=b"invalid_token")))
    chunk = chunk_for(ports, "one", a.slack_address("gone"))
    ports.subscribers.remove(a.TENANT, "p00")

    [one] = attempt(ports, chunk)

    assert one.outcome is Outcome.DEAD
    assert ports.subscribers.get_many(a.TENANT, ["p00"]) == {}


def test_the_account_is_written_even_if_the_mark_cannot_be():
    ports = world(Slack(Response(status=403, body=b"invalid_token")))
    chunk = chunk_for(ports, "one", a.slack_address("gone"))

    [one] = attempt(replace(ports, subscribers=Down()), chunk)

    assert one.outcome is Outcome.DEAD


class Down:
    def get_many(self, *_):
        raise Unavailable("DynamoDB is not available")


class RacedOnce(fakes.Subscribers):
    """Somebody else saves the person between the first reading and the first saving."""

    def __init__(self, subscribers):
        super().__init__(subscribers.topics)
        self.by_tenant = subscribers.by_tenant
        self.raced = False

    def save(self, tenant, subscribers):
        if not self.raced:
            self.raced = True
            for id, one in self.by_tenant[tenant].items():
                raced = replace(one, first_name="Raced", version=one.version + 1)
                self.by_tenant[tenant][id] = raced
        return super().save(tenant, subscribers)
