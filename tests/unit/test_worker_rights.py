"""A delivery worker has the rights for all that an answer may make it do, by each channel.

What it asks for is told to `make rights`, so that a right which it has and never uses is found.
"""

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from carillon.adapters.delivery import messages
from carillon.domain.audience.contexts import ContextChanges
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.transport import Response
from tests import builders as a
from tests import fakes, gateway
from tests.rights import enforcing
from tests.unit import examples

EVENTS = Path(__file__).parents[2] / "events/workers"
STATUSES = (200, 400, 401, 403, 404, 410, 413, 429, 500, 503)
# What services say of a dead address, of a credential that they do not know, and of nothing.
SAID = (
    b'{"data": {"status": "error", "details": {"error": "DeviceNotRegistered"}}}',
    b'{"Error": {"Code": "OptedOut"}}',
    b'{"__type": "AccessDeniedException"}',
    b"invalid_token",
    b"ok",
)


def record(body):
    """A message as Lambda hands it to a worker."""
    [example] = json.loads((EVENTS / "fan_out.json").read_text())["Records"]
    return {"Records": [example | {"body": body}]}


def work(worker, event):
    name = f"Workers{enforcing.title(worker)}Function"
    with enforcing.running_as(name):
        return import_module(f"functions.workers.{worker}.app").handler(event, gateway.CONTEXT)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("status", STATUSES)
def test_whatever_a_provider_says_the_worker_may_do_what_follows(channel, status):
    worker = f"deliver_{channel}"
    for body in SAID:
        egress = fakes.Egress(lambda _, body=body: Response(status=status, body=body))
        with gateway.using(replace(examples.world(), egress=egress)) as ports:
            work(worker, json.loads((EVENTS / f"{worker}.json").read_text()))
            ports.clock.advance(3600)
            for retry in list(ports.queues.retries):
                work(worker, record(messages.encode(retry)))


def test_what_an_event_changes_of_a_person_and_a_context_is_written_by_the_fan_out():
    with gateway.using(examples.world()) as ports:
        for number in range(2):
            ana = a.person("ana", first_name=f"Ana {number}")
            north = ContextChanges(identifier="north", name=f"North {number}")
            shipped = a.invocation(f"i{number}", ana, event=examples.EVENT, context=north)
            work("fan_out", record(messages.encode(a.job(shipped, id=f"job{number}"))))

        assert ports.subscribers.by_tenant[a.TENANT]["ana"].first_name == "Ana 1"
        assert ports.contexts.by_tenant[a.TENANT]["north"].name == "North 1"
