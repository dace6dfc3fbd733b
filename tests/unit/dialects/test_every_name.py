"""Each name that templates may use has its value, by whichever way the event came."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from carillon.domain.audience.contexts import Context
from carillon.domain.audience.topics import Topic
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import Severity
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.transport import Response
from carillon.domain.delivery.vocabulary import OfGlobal, OfSubscriber, OfTenant, OfWorkflow, Root
from carillon.domain.subscriptions.subscriptions import Target
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from carillon.usecases.operations.replay import replay, replay_page
from tests import builders as a
from tests import canaries, fakes, gateway
from tests.unit.doors import APPLICATION, BITCASTER, Caller
from tests.unit.usecases.delivery.fanning import run_pages

PERSON = {
    "subscriberId": "ana",
    "firstName": "Ana",
    "lastName": "Li",
    "email": "ana@example.com",
    "phone": "+4930123456",
    "avatar": "/ana.png",
    "locale": "de",
    "timezone": "Europe/Berlin",
    "data": {"key": "ana-data"},
    "isOnline": True,
    "lastOnlineAt": a.NOW.isoformat(),
}
ACTOR = {
    **PERSON,
    "subscriberId": "bo",
    "firstName": "Bo",
    "email": "bo@example.com",
    "phone": "+4930999999",
    "data": {"key": "bo-data"},
}
_FIELDS = {
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "phone": "phone",
    "avatar": "avatar",
    "locale": "locale",
    "timezone": "timezone",
    "data": "data",
}
VALUES = {
    Root.ACTOR: ACTOR,
    Root.SUBSCRIBER: PERSON,
    Root.TENANT: {"identifier": "acme-eu", "name": "Acme EU", "data": {"key": "logo"}},
    Root.WORKFLOW: {
        "workflowId": "told",
        "name": "All told",
        "description": "Tells all",
        "tags": ["a"],
        "severity": "high",
    },
    Root.EVENT: {"name": "told"},
    Root.PAYLOAD: {"n": 7},
    Root.GLOBAL: {"productName": a.TENANT, "emailFromAddress": "hello@carillon.example"},
    Root.CONTEXT: {"region": {"id": "eu", "data": {"key": "eu-data"}}},
}
BY_ALL = frozenset(Root) - {Root.ACTOR, Root.TENANT, Root.CONTEXT}
MEDIA = {
    Channel.EMAIL: "ses",
    Channel.SMS: "sns",
    Channel.CHAT: "slack",
    Channel.PUSH: "pushpad",
    Channel.IN_APP: "in-app",
}


def flat(value, path=""):
    """The leaves of nested objects by their paths, as a template prints them."""
    if isinstance(value, list):
        return {path: "".join(value)}
    if not isinstance(value, Mapping):
        return {path: str(value).lower() if isinstance(value, bool) else str(value)}
    found = {}
    for name, item in value.items():
        found |= flat(item, f"{path}.{name}" if path else str(name))
    return found


BODY = "\n".join(f"{path}={{{{ {path} }}}}" for path in flat(VALUES))


class Reader:
    """The renderer, which remembers what it wrote."""

    def __init__(self, renderer):
        self._renderer = renderer
        self.texts = []

    def __getattr__(self, name):
        return getattr(self._renderer, name)

    def render(self, template, variables, markups):
        self.texts.append(self._renderer.render(template, variables).body)
        return self._renderer.render(template, variables, markups)

    def said(self):
        """The values by path of each text, without the names that had none."""
        read = [dict(line.split("=", 1) for line in text.splitlines()) for text in self.texts]
        return [{path: value for path, value in one.items() if value} for one in read]


@pytest.fixture
def ports():
    """A tenant with every medium, whose templates print every name there is."""
    ok = fakes.Egress(lambda _: Response(status=200, body=b"ok"))
    world = a.world(egress=ok)
    world = replace(world, renderer=Reader(world.renderer))
    _tell(world)
    people = [_stored(PERSON), _stored(ACTOR)]
    world.subscribers.save(a.TENANT, people)
    acme = Context(
        identifier="acme-eu",
        name="Acme EU",
        data={"key": "logo"},
        created_at=a.NOW,
        updated_at=a.NOW,
    )
    world.contexts.add(a.TENANT, acme)
    with gateway.using(world) as ports:
        yield ports


def _tell(world):
    """Make an event type whose words are all names, in both applications that callers use."""
    told = a.event_type(
        "told",
        name="All told",
        description="Tells all",
        tags=("a",),
        severity=Severity.CRITICAL,
        media=dict.fromkeys(MEDIA, True),
    )
    for application in (told.application, APPLICATION):
        own = replace(told, application=application)
        world.event_types.save(a.TENANT, own, expected=None)
        for medium in MEDIA:
            words = a.template("told", medium, subject="", body=BODY, application=application)
            world.templates.put(a.TENANT, words)
    for channel in (Channel.SMS, Channel.PUSH):
        field = "phone" if channel is Channel.SMS else None
        made = a.integration(MEDIA[channel], channel, subscriber_field=field, primary=True)
        world.integrations.put(a.TENANT, made)


def _stored(person):
    id = person["subscriberId"]
    fields = {ours: person[name] for ours, name in _FIELDS.items()}
    return a.subscriber(
        id, **fields, channels=(a.slack_address(id), _device(id)), online=True, last_online_at=a.NOW
    )


def _device(id):
    return replace(a.slack_address(id), provider="pushpad", webhook_url=None, device_tokens=(id,))


def work(ports):
    """Do what workers do with all that is on its way."""
    jobs, ports.queues.jobs[:] = list(ports.queues.jobs), []
    for job in jobs:
        fan_out(job, ports=ports.of(a.TENANT))
    run_pages(ports)
    chunks, ports.queues.chunks[:] = list(ports.queues.chunks), []
    for chunk in chunks:
        deliver(chunk, ports=ports.of(a.TENANT), time_left=lambda: 60)
    return {chunk.channel for chunk in chunks}


def expected(*roots, **changed):
    known = {root: VALUES[root] for root in roots} | changed
    return {path: value for path, value in flat(known).items() if value}


EVENT = {
    "name": "told",
    "payload": {"n": 7},
    "actor": "bo",
    "tenant": "acme-eu",
    "context": {"region": {"id": "eu", "data": {"key": "eu-data"}}},
    "transactionId": "i1",
}


def _topic(ports):
    ports.topics.put(a.TENANT, Topic(key="team", name="T", created_at=a.NOW, updated_at=a.NOW))
    ports.topics.add_members(a.TENANT, "team", ["ana", "bo"], a.NOW)


NOVU = {
    "a person": ("/v1/events/trigger", {**EVENT, "to": "ana"}),
    "a topic": ("/v1/events/trigger", {**EVENT, "to": {"type": "Topic", "topicKey": "team"}}),
    "a bulk": ("/v1/events/trigger/bulk", {"events": [{**EVENT, "to": "ana"}]}),
    "a broadcast": ("/v1/events/trigger/broadcast", EVENT),
}


def test_the_values_here_are_of_every_name():
    assert VALUES.keys() == set(Root)
    within = {
        Root.SUBSCRIBER: OfSubscriber,
        Root.ACTOR: OfSubscriber,
        Root.TENANT: OfTenant,
        Root.WORKFLOW: OfWorkflow,
        Root.GLOBAL: OfGlobal,
    }
    assert {root: VALUES[root].keys() for root in within} == {
        root: {str(name) for name in names} for root, names in within.items()
    }


@pytest.mark.parametrize("way", NOVU)
def test_an_event_of_novus_fills_every_name_in_every_medium(ports, way):
    _topic(ports)
    path, body = NOVU[way]

    assert Caller.of(ports)("POST", path, body).status == 201
    media = work(ports)

    assert media == set(MEDIA)
    assert len(ports.renderer.texts) == len(MEDIA)
    assert all(said == expected(*Root) for said in ports.renderer.said())


def test_an_event_of_bitcasters_fills_all_that_it_can_give(ports):
    subscription = a.subscription(Target.SUBSCRIBER, "ana", event="told")
    ports.subscriptions.put(a.TENANT, replace(subscription, application=APPLICATION))
    place = f"{BITCASTER}/p/shop/a/orders/e/told/trigger/"

    assert Caller.of(ports)("POST", place, {"context": {"n": 7}}).status in {200, 201}

    assert work(ports) == set(MEDIA)
    assert all(said == expected(*BY_ALL) for said in ports.renderer.said())


def test_a_test_of_a_template_fills_all_that_it_can_give(ports):
    asked = {"medium": "chat", "payload": {"n": 7}, "address": {"webhook_url": canaries.SLACK_URL}}
    named = {"subscriber": "ana", "actor": "bo", "context": "acme-eu"}

    answer = Caller.of(ports)("POST", "/admin/v1/event-types/told/test", asked | named)

    assert answer.status == 200, answer.text
    [said] = ports.renderer.said()
    assert said == expected(*(set(Root) - {Root.CONTEXT}))


@pytest.mark.parametrize("name", ["subscriber", "actor", "context"])
def test_a_test_for_somebody_unknown_is_refused(ports, name):
    asked = {"medium": "chat", "payload": {"n": 7}, name: "nobody"}

    answer = Caller.of(ports)("POST", "/admin/v1/event-types/told/test", asked)

    assert (answer.status, ports.renderer.texts) == (404, [])


def test_a_replay_has_the_names_of_its_original(ports):
    Caller.of(ports)("POST", *NOVU["a person"])
    work(ports)
    ports.renderer.texts.clear()
    own = ports.of(a.TENANT)

    page = replay("again", invocation="i1", statuses=list(Status), ports=own)
    replay_page(page, ports=own)
    work(ports)

    assert len(ports.renderer.texts) == len(MEDIA)
    assert all(said == expected(*Root) for said in ports.renderer.said())


def test_what_an_event_says_goes_over_what_is_stored_in_order(ports):
    events = [
        {"tenant": {"identifier": "acme-eu", "name": "New"}, "actor": {**_bo("B1")}},
        {"tenant": {"identifier": "acme-eu", "data": {"key": "two"}}, "actor": "bo"},
        {"tenant": "acme-eu", "actor": {"subscriberId": "bo", "lastName": "Yu"}},
    ]
    body = [
        {"name": "told", "to": "ana", "transactionId": f"i{n}", **one}
        for n, one in enumerate(events)
    ]

    Caller.of(ports)("POST", "/v1/events/trigger/bulk", {"events": body})
    [job] = ports.queues.jobs
    work(ports)

    recorded = [ports.of(a.TENANT).invocations.get(i.id).invocation for i in job.invocations]
    tenants = [one.facts["tenant"] for one in recorded]
    actors = [(one.facts["actor"]["firstName"], one.facts["actor"]["lastName"]) for one in recorded]
    assert [(one["name"], one["data"]["key"]) for one in tenants] == [
        ("New", "logo"),
        ("New", "two"),
        ("New", "two"),
    ]
    assert actors == [("B1", "Li"), ("B1", "Li"), ("B1", "Yu")]
    stored = ports.contexts.by_tenant[a.TENANT]["acme-eu"]
    assert (stored.name, stored.data) == ("New", {"key": "two"})


def _bo(name):
    return {"subscriberId": "bo", "firstName": name}


def test_a_payloads_own_name_stands_where_an_event_has_none_of_ours(ports):
    ports.templates.put(
        a.TENANT, a.template("told", Channel.CHAT, body="n={{ actor }}{{ tenant }}")
    )
    body = {"name": "told", "to": "ana", "payload": {"actor": "x", "tenant": "y"}}

    Caller.of(ports)("POST", "/v1/events/trigger", body)
    work(ports)

    assert "n=xy" in ports.renderer.texts
