"""Invocations: the facts that their deliveries are rendered from, and a page's topic."""

from carillon.domain.delivery.invocations import RecordedInvocation, TopicPage, event_details
from tests import builders as a


def test_deliveries_know_what_the_event_brought_and_when():
    invocation = a.invocation(payload={"n": 1}, overrides={"email": {}}, application="p/app")

    details = event_details(invocation, a.NOW)

    assert (details.event_key, details.accepted_at) == (invocation.event_key, a.NOW)
    assert (details.payload, details.overrides) == ({"n": 1}, {"email": {}})
    assert details.facts == {}


def test_what_was_known_when_it_was_fanned_out_is_recorded_with_it():
    invocation = a.invocation(facts={"tenant": {"identifier": "north", "name": "North"}})

    recorded = RecordedInvocation(invocation=invocation, job="j1", accepted_at=a.NOW)

    assert recorded.event_details.facts == invocation.facts


def test_a_page_is_of_the_topic_at_its_position():
    page = TopicPage(
        tenant="acme",
        job="j1",
        accepted_at=a.NOW,
        invocation="i1",
        topics=("backend", "everyone"),
        position=1,
        shard=0,
    )

    assert page.topic == "everyone"
