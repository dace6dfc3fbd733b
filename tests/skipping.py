"""A world, and for each reason not to be reached an event in it that has that reason."""

from dataclasses import replace
from functools import partial

from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.audience.preferences import Preference, Preferences
from carillon.domain.audience.preferences import name as name_of
from carillon.domain.audience.topics import Topic
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import Defaults
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.delivery.transport import Response
from carillon.domain.intake.narrowing import RecipientFilter
from carillon.domain.intake.triggers import TopicRecipient
from carillon.domain.integrations.integrations import Clause, Condition
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.quotas import Quotas
from carillon.usecases.operations import erase
from tests import builders as a
from tests.simulation import Simulation

MAIL = Channel.EMAIL
TAKEN = Response(status=200, body=b'{"MessageId": "m"}')
ANA = a.person("ana", email="ana@example.com")


def simulation():
    """One event type by email alone, a topic, and Ana in it; two recipients to an event."""
    world = partial(a.world, quotas=Quotas(recipients=2))
    sim = Simulation(outside=lambda *_: TAKEN, world=world)
    event = sim.fakes.event_types.get(a.TENANT, "default/default", "welcome")
    sim.fakes.event_types.save(a.TENANT, replace(event, media={MAIL: True}, version=2), expected=1)
    sim.fakes.subscribers.save(a.TENANT, [a.subscriber("ana", email="ana@example.com")])
    topic = Topic(key="team", name="team", created_at=a.NOW, updated_at=a.NOW)
    sim.fakes.topics.put(a.TENANT, topic)
    sim.fakes.topics.add_members(a.TENANT, "team", ["ana"])
    return sim


def ask(sim, *people, **fields):
    """Trigger the event `t1` by the door that a test has put in, or as a use case."""
    fields = {"recipients": people or (ANA,), "transaction_id": "t1"} | fields
    getattr(sim, "door", sim.trigger)(replace(a.trigger("welcome"), **fields))


def happen(sim, *people, **fields):
    ask(sim, *people, **fields)
    sim.run()


def change(sim, **fields):
    event = sim.fakes.event_types.get(a.TENANT, "default/default", "welcome")
    changed = replace(event, version=event.version + 1, **fields)
    sim.fakes.event_types.save(a.TENANT, changed, expected=event.version)


NO_PREFERENCE = Preference()


def prefer(sim, overall=NO_PREFERENCE, own=None):
    event = sim.fakes.event_types.get(a.TENANT, "default/default", "welcome")
    events = {name_of(event): own} if own else {}
    ana = a.subscriber("ana", email="ana@example.com", version=2)
    preferring = replace(ana, preferences=Preferences(overall=overall, events=events))
    sim.fakes.subscribers.save(a.TENANT, [preferring])


def integrate(sim, **fields):
    sim.fakes.integrations.put(a.TENANT, a.integration(**fields))


def subscribe(sim, **fields):
    subscription = a.subscription(Target.SUBSCRIBER, "ana")
    sim.fakes.subscriptions.put(a.TENANT, replace(subscription, **fields))


def no_address(sim):
    happen(sim, a.person("ben"))


def no_integration(sim):
    sim.fakes.integrations.remove(a.TENANT, "int_ses")
    happen(sim)


def integration_inactive(sim):
    integrate(sim, active=False)
    happen(sim)


def integration_conditions(sim):
    for name in ("north", "south"):
        context = Context(identifier=name, created_at=a.NOW, updated_at=a.NOW)
        sim.fakes.contexts.put(a.TENANT, context)
    integrate(sim, conditions=(Condition(clauses=(Clause(contexts=("north",)),)),))
    happen(sim, context=ContextChanges(identifier="south"))


def preference_global(sim):
    prefer(sim, Preference(enabled=False))
    happen(sim)


def preference_global_channel(sim):
    prefer(sim, Preference(channels={MAIL: False}))
    happen(sim)


def preference_event_type(sim):
    prefer(sim, own=Preference(enabled=False))
    happen(sim)


def preference_event_type_channel(sim):
    prefer(sim, own=Preference(channels={MAIL: False}))
    happen(sim)


def preference_default(sim):
    change(sim, defaults=Defaults(enabled=False))
    happen(sim)


def muted(sim):
    change(sim, muted=frozenset({MAIL}))
    happen(sim)


def locked(sim):
    sim.fakes.subscribers.save(a.TENANT, [a.subscriber("ana", locked=True, version=2)])
    happen(sim)


def narrowed(sim):
    happen(sim, narrowing=RecipientFilter(addresses=("nobody@example.com",)))


def over_limit(sim):
    sim.fakes.subscribers.save(a.TENANT, [a.subscriber("eve")])
    both = replace(a.subscription(Target.SUBSCRIBER, "eve", "ana"), id="sub_9")
    sim.fakes.subscriptions.put(a.TENANT, both)
    happen(sim, a.person("ben"))


def unknown_subscriber(sim):
    sim.fakes.topics.add_members(a.TENANT, "team", ["ghost"])
    happen(sim, TopicRecipient(topic="team"))


def deleted_subscriber(sim):
    ask(sim)
    erase.begin("ana", ports=sim.ports.of(a.TENANT))
    sim.run()


def actor(sim):
    happen(sim, TopicRecipient(topic="team"), actor=ANA)


def excluded(sim):
    happen(sim, TopicRecipient(topic="team", exclude=("ana",)))


def event_type_gone(sim):
    ask(sim)
    sim.fakes.event_types.remove(a.TENANT, "default/default", "welcome")
    sim.run()


def no_active_template(sim):
    ask(sim)
    change(sim, media={MAIL: False})
    sim.run()


def unknown_topic(sim):
    happen(sim, TopicRecipient(topic="nothing"))


def empty_topic(sim):
    sim.fakes.topics.remove_members(a.TENANT, "team", ["ana"])
    happen(sim, TopicRecipient(topic="team"))


def filtered(sim):
    subscribe(sim, filter="$[?(@.city == 'Rome')]")
    happen(sim, recipients=(), payload={"city": "Oslo"})


def filter_failed(sim):
    subscribe(sim, filter="$.a[?($..b == $..b)]")
    happen(sim, recipients=(), payload={"a": [{"b": n} for n in range(1_500)]})


def nobody(sim):
    happen(sim, recipients=())


def paused(sim):
    change(sim, paused=True)
    happen(sim)


def event_type_inactive(sim):
    ask(sim)
    change(sim, active=False)
    sim.run()


def event_type_locked(sim):
    ask(sim, ANA, TopicRecipient(topic="team"))
    change(sim, locked=True)
    sim.run()


CASES = {
    SkipReason.NO_ADDRESS: no_address,
    SkipReason.NO_INTEGRATION: no_integration,
    SkipReason.INTEGRATION_INACTIVE: integration_inactive,
    SkipReason.INTEGRATION_CONDITIONS: integration_conditions,
    SkipReason.PREFERENCE_GLOBAL: preference_global,
    SkipReason.PREFERENCE_GLOBAL_CHANNEL: preference_global_channel,
    SkipReason.PREFERENCE_EVENT_TYPE: preference_event_type,
    SkipReason.PREFERENCE_EVENT_TYPE_CHANNEL: preference_event_type_channel,
    SkipReason.PREFERENCE_DEFAULT: preference_default,
    SkipReason.MUTED: muted,
    SkipReason.LOCKED: locked,
    SkipReason.NARROWED: narrowed,
    SkipReason.OVER_LIMIT: over_limit,
    SkipReason.UNKNOWN_SUBSCRIBER: unknown_subscriber,
    SkipReason.DELETED_SUBSCRIBER: deleted_subscriber,
    SkipReason.ACTOR: actor,
    SkipReason.EXCLUDED: excluded,
    SkipReason.EVENT_TYPE_GONE: event_type_gone,
    SkipReason.EVENT_TYPE_INACTIVE: event_type_inactive,
    SkipReason.EVENT_TYPE_LOCKED: event_type_locked,
    SkipReason.NO_ACTIVE_TEMPLATE: no_active_template,
    SkipReason.UNKNOWN_TOPIC: unknown_topic,
    SkipReason.EMPTY_TOPIC: empty_topic,
    SkipReason.FILTERED: filtered,
    SkipReason.FILTER_FAILED: filter_failed,
    SkipReason.NOBODY: nobody,
    SkipReason.PAUSED: paused,
}
