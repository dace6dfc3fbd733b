"""A change holds for the next event, whichever process made it and whichever handles the event.

Several processes share the tables and nothing else. Each has caches of its own, and may have been
frozen for hours with them. After every change an event is accepted, fanned out and delivered by
processes drawn by chance; what is sent must be as the change says.
"""

import os
import random
from dataclasses import replace

import pytest

from carillon.adapters import assembly
from carillon.adapters.delivery import messages
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.invocations import Job
from carillon.domain.delivery.transport import Response
from carillon.domain.intake.triggers import Accepted
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.access import Tenant
from carillon.providers.registry import Providers
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from carillon.usecases.intake.trigger import accept
from tests import builders as a
from tests import canaries, fakes
from tests.integration.conftest import environment_of

CHANGES = int(os.environ.get("CHANGES", "120"))
HOUR = 3600.0


@pytest.fixture(scope="module")
def processes(ministack_clients):
    """Three processes that cache, and one that configures."""
    environment = environment_of(ministack_clients)
    tables = assembly.Tables.named(ministack_clients, environment)
    world = fakes.ports()
    egress = fakes.Egress(lambda _: Response(status=200, body=b"ok"))
    shared = {
        "providers": Providers(),
        "egress": egress,
        "renderer": world.renderer,
        "schemas": world.schemas,
        "filters": world.filters,
        "clock": world.clock,
    }

    def process(*, fresh):
        made = assembly.ports(tables, ministack_clients, environment, fresh=fresh, **shared)
        return replace(made, queues=fakes.Queues())

    return [process(fresh=False) for _ in range(3)], process(fresh=True), egress, world.clock


class Setup:
    """A tenant's configuration as it should be, and the calls that make it so."""

    def __init__(self, admin, tenant, chance):
        self.installation, self.ports, self.chance = admin, admin.of(tenant), chance
        self.integration = a.integration("slack", Channel.CHAT)
        self.hook = a.integration("webhook", Channel.WEBHOOK, settings=_hook(0))
        self.subscribed = self.muted = False
        self.words = 0
        self.event = a.event_type(media={Channel.CHAT: True})
        self.tenant = Tenant(id=tenant, name=tenant, created_at=a.NOW, senders=("*",))
        admin.tenants.add(self.tenant)
        self.ports.event_types.save(self.event, expected=None)
        self.ports.templates.save(self._template())
        for integration in (self.integration, self.hook):
            self.ports.integrations.save(integration)
        self.ports.subscribers.save([a.subscriber("ana", channels=(a.slack_address("ana"),))])

    def change(self):
        self.chance.choice(
            [
                self._switch_integration,
                self._reword,
                self._subscribe,
                self._mute,
                self._move_the_hook,
                self._switch_tenant,
            ]
        )()

    def expected(self):
        """What one event sends: the URL of the hook, the words on Slack."""
        if not self.tenant.active:
            return set()
        sent = set()
        if self.integration.active and not self.muted:
            sent.add(f"words {self.words}")
        if self.subscribed:
            sent.add(self.hook.settings["url"])
        return sent

    def _switch_integration(self):
        changed = replace(
            self.integration,
            active=not self.integration.active,
            version=self.integration.version + 1,
        )
        self.integration = changed
        self.ports.integrations.save(changed)

    def _reword(self):
        self.words += 1
        self.ports.templates.save(self._template())
        self._save_event()

    def _subscribe(self):
        subscription = a.subscription(Target.INTEGRATION, self.hook.id)
        if self.subscribed:
            self.ports.subscriptions.remove(subscription.id)
        else:
            self.ports.subscriptions.save(subscription)
        self.subscribed = not self.subscribed

    def _mute(self):
        self.muted = not self.muted
        self._save_event(muted=frozenset({"slack"}) if self.muted else frozenset())

    def _move_the_hook(self):
        number = self.hook.version
        self.hook = replace(self.hook, settings=_hook(number), version=number + 1)
        self.ports.integrations.save(self.hook)

    def _switch_tenant(self):
        self.tenant = replace(self.tenant, active=not self.tenant.active)
        self.installation.tenants.save(self.tenant)

    def _save_event(self, **changes):
        before = self.event
        self.event = replace(before, **changes, version=before.version + 1)
        self.ports.event_types.save(self.event, expected=before.version)

    def _template(self):
        return a.template(medium=Channel.CHAT, body=f"words {self.words}")


def _hook(number):
    return {"url": f"https://hook.example/{number}", "secret": canaries.WEBHOOK_SECRET}


def _handle(worker, egress, encoded):
    """Fan out and deliver an accepted job on the process `worker` draws; what was sent."""
    egress.requests.clear()
    job = messages.decode(encoded)
    assert isinstance(job, Job)
    process = worker()
    fan_out(job, ports=process.of(job.tenant))
    for chunk in process.queues.chunks:
        deliver(chunk, ports=worker().of(job.tenant), time_left=lambda: 60.0)
    process.queues.chunks.clear()
    return {_what_was_said(request) for request in egress.requests}


def _what_was_said(request):
    text = request.body.decode()
    return (
        request.url if "hook.example" in request.url else text[text.index("words") :].split('"')[0]
    )


def test_every_change_holds_for_the_next_event(processes):
    workers, admin, egress, clock = processes
    chance = random.Random(int(os.environ.get("CHANGES_SEED", "7")))
    setup = Setup(admin, "changes", chance)

    def worker():
        return chance.choice(workers)

    for number in range(CHANGES):
        setup.change()
        clock.advance(chance.choice([0.0, 0.01, 0.3, 3.0, HOUR]))  # an instance may be frozen
        accepting = worker()
        [answer] = accept(
            [a.trigger(recipients=(a.person("ana"),), transaction_id=f"t{number}")],
            ports=accepting.of("changes"),
        )
        assert isinstance(answer, Accepted)
        job = accepting.queues.jobs.pop()
        clock.advance(chance.choice([0.0, 0.05, 0.5]))

        sent = _handle(worker, egress, messages.encode(job))

        assert sent == setup.expected(), number
