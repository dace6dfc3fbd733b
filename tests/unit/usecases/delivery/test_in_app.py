"""In-app messages: put into the subscriber's feed, without an integration, once."""

from dataclasses import replace

import pytest

from carillon.domain.activity.feeds import Button, State
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import InApp
from carillon.domain.delivery.deliveries import Outcome, Status
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a

SHOWN = InApp(
    avatar="https://x.example/{{ who }}.png",
    url="/orders/{{ order }}",
    primary="Look",
    primary_url="{{ link }}",
    secondary="{{ nothing }}",
    secondary_url="/never",
)


def world(shown=SHOWN, **overrides):
    ports = a.world(**overrides)
    ports.event_types.save(
        a.TENANT, a.event_type("note", media={Channel.IN_APP: True}), expected=None
    )
    template = a.template("note", Channel.IN_APP, subject="Hi {{ who }}", in_app=shown)
    ports.templates.put(a.TENANT, template)
    return ports


def tell(ports, *people, **payload):
    """Fan out and deliver; the accounts and the first one's feed."""
    payload = {"who": "Ana", "order": 7, "link": "https://x.example/7", "number": 3} | payload
    people = people or (a.person("ana"),)
    fan_out(
        a.job(a.invocation("i1", *people, event="note", payload=payload)), ports=ports.of(a.TENANT)
    )
    [chunk] = ports.queues.chunks
    deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: 60.0)
    [records] = ports.chunks.records.values()
    return chunk, list(records.values()), ports.feeds.newest(a.TENANT, people[0].id, 10)


def test_a_tenant_without_any_integration_reaches_everybody_in_the_app():
    ports = world()
    for integration in ports.integrations.all(a.TENANT):
        ports.integrations.remove(a.TENANT, integration.id)

    chunk, records, _ = tell(ports, a.person("ana"), a.person("bo"))

    assert [(one.status, one.outcome, one.attempts) for one in records] == [
        (Status.SENT, Outcome.SENT, 1)
    ] * 2
    assert chunk.channel is Channel.IN_APP
    assert ports.egress.requests == []
    assert len(ports.feeds.newest(a.TENANT, "bo", 10)) == 1


def test_the_message_shows_what_its_template_says():
    _, [record], [message] = tell(world())

    assert message.id == record.delivery == record.message_id
    assert (message.subject, message.state) == ("Hi Ana", State.NEW)
    assert message.text.startswith("Your number is 3")
    assert (message.avatar, message.url) == ("https://x.example/Ana.png", "/orders/7")
    assert message.buttons == {"primary": Button(label="Look", url="https://x.example/7")}


@pytest.mark.parametrize("link", ["javascript:alert(1)", " JavaScript:x", "data:text/html,x"])
def test_no_payload_turns_a_link_into_a_script(link):
    _, _, [message] = tell(world(), link=link)

    assert message.buttons["primary"].url == ""


def test_a_chunk_that_comes_again_changes_nothing_of_what_was_read():
    ports = world()
    chunk, _, [message] = tell(ports)
    read = replace(message, state=State.READ, version=2)
    ports.feeds.update(a.TENANT, [read])
    ports.chunks.records.clear()  # a crash before it was recorded

    deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: 60.0)

    assert ports.feeds.newest(a.TENANT, "ana", 10) == [read]


def test_what_the_feed_did_not_take_is_tried_again():
    ports = world()
    ports.feeds.refuse_next = 1

    _, [record], feed = tell(ports)

    assert (record.status, record.outcome) == (Status.RETRYING, Outcome.RETRY)
    assert feed == []
    [waiting] = ports.waiting.by_key.values()
    assert waiting.channel is Channel.IN_APP


@pytest.mark.parametrize("url", ["{% for a in (1..9999999) %}x{% endfor %}", "/" + "x" * 40_000])
def test_a_message_that_cannot_be_rendered_or_is_too_large_has_failed(url):
    _, [record], feed = tell(world(shown=InApp(url=url)))

    assert (record.status, record.code) == (Status.FAILED, "invalid_message")
    assert feed == []
