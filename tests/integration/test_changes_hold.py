"""A change holds for the next event, whichever process made it and whichever handles the event.

Several processes share the tables and nothing else. Each has caches of its own, and may have been
frozen for hours with them. After every change an event is accepted, fanned out and delivered by
processes drawn by chance; what is sent must be as the change says.
"""

import itertools
import json
import os
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from carillon.adapters import assembly, caching
from carillon.adapters.delivery import messages
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.invocations import Job
from carillon.domain.delivery.transport import Response, SmtpRequest
from carillon.domain.intake.triggers import Accepted, Refused
from carillon.ports import TenantPorts
from carillon.providers.registry import Providers
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out, fan_out_page
from carillon.usecases.intake.trigger import accept
from tests import builders as a
from tests import changing, fakes
from tests.changing import Admin, Setup
from tests.integration.conftest import environment_of
from tests.simulation.stack import inline_senders

CHANGES = {"memory": int(os.environ.get("CHANGES", "1000")), "ministack": 60}
SEED = int(os.environ.get("CHANGES_SEED", "7"))
TENANT = "changes"
HOUR = 3600.0
DELIVERIES = 5000
REVOKED_WITHIN = 5.0  # seconds
TAKEN = Response(status=250, headers={"smtp-command": "data"}, body=b"2.0.0 Ok")


@dataclass(frozen=True)
class Process:
    """A process that remembers: its ports of the tenant, its keys, and its own queues."""

    ports: TenantPorts
    keys: Any
    queues: fakes.Queues


@dataclass(frozen=True)
class Installed:
    processes: list[Process]
    admin: Admin
    egress: fakes.Egress
    clock: fakes.Clock
    world: fakes.World | None = None  # where there are no tables but in memory


def _outside(request):
    return TAKEN if isinstance(request, SmtpRequest) else Response(status=200, body=b"ok")


def in_memory(clock):
    """Processes whose caches are the real ones, over tables in memory."""
    egress = fakes.Egress(_outside)
    world = fakes.ports(clock=clock, egress=egress, identities=_Verified())
    own = world.of(TENANT)
    record = fakes.SharedRecord(own)

    def remembering(*, remembers):
        version = caching.Configuration(record, clock, remembers=remembers)
        keys = caching.CachedApiKeyDirectory(world.api_keys, remembers=remembers)
        queues = fakes.Queues()
        ports = replace(
            own,
            record=version,
            queues=queues,
            api_keys=caching.CachedApiKeys(own.api_keys, keys.cache),
            applications=caching.CachedApplications(own.applications, version),
            event_types=caching.CachedEventTypes(own.event_types, version),
            templates=caching.CachedTemplates(own.templates, version),
            integrations=caching.CachedIntegrations(own.integrations, version),
            contexts=caching.CachedContexts(own.contexts, version),
            subscriptions=caching.CachedSubscriptions(own.subscriptions, version),
        )
        return Process(ports, keys, queues)

    admin = Admin(world.tenants, remembering(remembers=False).ports)
    processes = [remembering(remembers=True) for _ in range(3)]
    return Installed(processes, admin, egress, clock, world)


def on_ministack(clock, clients):
    environment = environment_of(clients)
    tables = assembly.Tables.named(clients, environment)
    world = fakes.ports()
    egress = fakes.Egress(_outside)
    shared = {
        "providers": Providers(),
        "egress": egress,
        "renderer": world.renderer,
        "schemas": world.schemas,
        "filters": world.filters,
        "clock": clock,
    }

    def process(*, fresh):
        queues = fakes.Queues()
        made = assembly.ports(tables, clients, environment, fresh=fresh, **shared)
        made = replace(made, queues=queues, identities=_Verified())
        return made, Process(made.of(TENANT), made.api_keys, queues)

    installation, configuring = process(fresh=True)
    admin = Admin(installation.tenants, configuring.ports)
    return Installed([process(fresh=False)[1] for _ in range(3)], admin, egress, clock)


class _Verified(fakes.Identities):
    """A mail service that has verified whatever it is asked about."""

    find = staticmethod(changing.verified)


@pytest.fixture(params=list(CHANGES))
def installed(request, monkeypatch):
    clock = fakes.Clock()
    # The caches' own clock is the wall's: it is the one of the tables here.
    defaults = caching.Cache.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "clock", lambda: clock.now().timestamp())
    if request.param == "memory":
        return CHANGES["memory"], in_memory(clock)
    clients = request.getfixturevalue("ministack_clients")
    return CHANGES["ministack"], on_ministack(clock, clients)


def _handle(worker, egress, encoded):
    """Fan out and deliver an accepted job, each step on the process that `worker` draws."""
    egress.requests.clear()
    job = messages.decode(encoded)
    assert isinstance(job, Job)
    process = worker()
    fan_out(job, ports=process.ports)
    chunks, pages = _taken(process.queues.chunks), _taken(process.queues.pages)
    for page in pages:
        other = worker()
        fan_out_page(page, ports=other.ports)
        chunks += _taken(other.queues.chunks)
    for chunk in chunks:
        deliver(chunk, ports=worker().ports, time_left=lambda: 60.0)
    return {_told(request) for request in egress.requests}


def _taken(queue):
    found, queue[:] = list(queue), []
    return found


def _told(request):
    """Where a request goes, and the words of a chat."""
    if isinstance(request, SmtpRequest):
        assert request.sender == changing.SENDER
        return request.recipient, ""
    place = request.url.rpartition("/")[2]
    if "hook.example" in request.url:
        return place, ""
    return place, json.loads(request.body)["text"].removeprefix("words ").rstrip(".")


def test_every_change_holds_for_the_next_event(installed):
    changes, here = installed
    chance = random.Random(SEED)
    setup = Setup(here.admin, chance)
    kinds, heard, asleep = set(), 0, 0.0

    def worker():
        return chance.choice(here.processes)

    for number in range(changes):
        kind = setup.change()
        kinds.add(kind)
        asleep = chance.choice([0.0, 0.01, 0.3, 3.0, HOUR])  # an instance may be frozen
        here.clock.advance(asleep)
        accepting = worker()
        [answer] = accept([setup.trigger(number)], ports=accepting.ports)
        if isinstance(answer, Refused):
            assert setup.refuses, (number, kind, str(answer.error))
            continue
        assert isinstance(answer, Accepted)
        job = accepting.queues.jobs.pop()
        here.clock.advance(chance.choice([0.15, 0.5]))

        sent = _handle(worker, here.egress, messages.encode(job))

        assert sent == setup.expected(), (number, kind)
        heard += bool(sent)
        assert worker().keys.find(setup.key.id), (number, "a new key is known at once")
        if setup.old_keys and asleep > REVOKED_WITHIN:
            assert not any(worker().keys.find(old) for old in setup.old_keys[-3:])

    assert heard > changes / 4
    assert kinds == changing.WRITES.keys() or changes < CHANGES["memory"]


def test_of_5000_deliveries_none_is_sent_five_seconds_after_its_tenant_is_switched_off(monkeypatch):
    clock = fakes.Clock()
    here = in_memory(clock)
    setup = Setup(here.admin, random.Random(SEED))
    names = [f"p{number:04}" for number in range(DELIVERIES)]
    people = [a.subscriber(name, channels=(a.slack_address(name),)) for name in names]
    here.admin.ports.subscribers.save(people)
    here.admin.ports.topics.add_members("team", names)
    [_] = accept([setup.trigger(0)], ports=here.processes[0].ports)
    job = here.processes[0].queues.jobs.pop()
    sent_at = []

    def send(request, *, within=None):
        sent_at.append(clock.now())
        clock.advance(0.01)
        if len(sent_at) == DELIVERIES // 2:
            stored = here.admin.tenants.get(TENANT)
            off = replace(stored, active=False, version=stored.version + 1)
            here.admin.tenants.save(off)
        return _outside(request)

    monkeypatch.setattr(here.egress, "send", send)
    with inline_senders():
        _handle(itertools.cycle(here.processes).__next__, here.egress, messages.encode(job))

    switched_off = sent_at[DELIVERIES // 2 - 1]
    assert max(sent_at) - switched_off < timedelta(seconds=REVOKED_WITHIN)
    ends = Counter(
        (one.status, one.code)
        for chunk in here.world.chunks.records.values()
        for one in chunk.values()
    )
    assert ends[Status.SENT, ""] == len(sent_at)
    assert ends[Status.CANCELLED, "tenant_inactive"] > DELIVERIES / 4
