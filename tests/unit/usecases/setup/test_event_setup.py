"""The set-up of event types: read together, and no more of it than is asked for."""

from dataclasses import replace

from carillon.domain.catalogue.event_types import EventKey
from carillon.usecases.setup.event_setup import EventSetup
from tests import builders as a

HERE = "default/default"
WELCOME, GONE = EventKey(HERE, "welcome"), EventKey(HERE, "gone")


class Counted:
    """A store whose calls are noted."""

    def __init__(self, store):
        self._store = store
        self.calls = []

    def __getattr__(self, name):
        def call(*arguments):
            self.calls.append((name, *arguments))
            return getattr(self._store, name)(*arguments)

        return call


def counted():
    own = a.world().of(a.TENANT)
    return replace(
        own,
        event_types=Counted(own.event_types),
        subscriptions=Counted(own.subscriptions),
        templates=Counted(own.templates),
    )


def test_each_application_is_read_once_and_nothing_but_types():
    ports = counted()
    elsewhere = EventKey("p/elsewhere", "welcome")

    setup = EventSetup.load([WELCOME, elsewhere, GONE, WELCOME], ports=ports)

    assert ports.event_types.calls == [
        ("get_many", HERE, ["gone", "welcome"]),
        ("get_many", "p/elsewhere", ["welcome"]),
    ]
    assert ports.subscriptions.calls == ports.templates.calls == []
    assert list(setup.types) == [WELCOME]
    assert setup.types[WELCOME].slug == "welcome"


def test_nothing_is_read_for_nothing():
    ports = counted()

    setup = EventSetup.load([], ports=ports).with_subscriptions(ports=ports)

    assert setup.with_templates(ports=ports).types == {}
    assert ports.event_types.calls == ports.subscriptions.calls == ports.templates.calls == []


def test_active_subscriptions_are_read_for_each_key_though_its_type_is_gone():
    ports = counted()
    active = a.subscription(a.Target.SUBSCRIBER, "ana", event="gone")
    ports.subscriptions.put(active)
    ports.subscriptions.put(
        replace(a.subscription(a.Target.SUBSCRIBER, "ben", event="gone"), active=False)
    )

    setup = EventSetup.load([WELCOME, GONE], ports=ports).with_subscriptions(ports=ports)

    assert setup.subscriptions == {WELCOME: [], GONE: [active]}


def test_templates_are_read_for_each_type_that_there_is():
    ports = counted()

    setup = EventSetup.load([WELCOME, GONE], ports=ports).with_templates(ports=ports)

    assert [name for name, *_ in ports.templates.calls] == ["for_event"]
    assert {template.medium for template in setup.templates[WELCOME]} == {"email", "chat"}
    assert GONE not in setup.templates
