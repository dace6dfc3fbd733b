"""One event goes no further than its limits, in memory that does not grow with its recipients."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from carillon.adapters.delivery import messages
from carillon.adapters.delivery.queues import SqsQueues
from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.invocations import JobPosition
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.intake.triggers import TopicRecipient
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.quotas import Quotas
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a
from tests.unit.usecases.delivery.fanning import add_members, run_pages

BYTES = 250_000  # of the largest payload, with what else an event has


def pushing(tokens, integrations=1, **world):
    """A world in which Ana has so many device tokens with each of so many integrations."""
    ports = a.world(**world)
    event = ports.event_types.get(a.TENANT, "default/default", "welcome")
    by_push = replace(event, media={Channel.PUSH: True}, version=2)
    ports.event_types.save(a.TENANT, by_push, expected=1)
    known = []
    for number in range(integrations):
        id = f"expo{number}"
        one = a.integration("expo", Channel.PUSH, id=id, identifier=id)
        ports.integrations.put(a.TENANT, one)
        named = tuple(f"{id}.{n}" for n in range(tokens))
        known.append(ChannelAddress(provider="expo", integration=id, device_tokens=named))
    ana = replace(a.subscriber("ana"), channels=tuple(known))
    ports.subscribers.save(a.TENANT, [ana])
    return ports


def planned(ports):
    return [d for chunk in ports.queues.chunks for d in chunk.deliveries]


def test_a_person_with_thousands_of_addresses_gets_as_many_as_an_event_may_make():
    ports = pushing(tokens=100, integrations=100)

    fan_out(a.job(a.invocation("i1", a.person("ana"))), ports=ports.of(a.TENANT))

    made = planned(ports)
    assert sum(not one.skip for one in made) == Quotas.deliveries
    [recorded] = [r for records in ports.chunks.records.values() for r in records.values()]
    assert recorded.skip is SkipReason.OVER_LIMIT  # one for all further ones


def test_as_many_addresses_as_may_be_are_all_reached():
    ports = pushing(tokens=3, quotas=Quotas(deliveries=3))

    fan_out(a.job(a.invocation("i1", a.person("ana"))), ports=ports.of(a.TENANT))

    assert [one.skip for one in planned(ports)] == [None] * 3


def test_recipients_beyond_the_limit_are_counted_and_members_of_a_topic_are_none():
    ports = a.world(quotas=Quotas(recipients=2))
    ids = [f"s{n}" for n in range(5)]
    ports.subscribers.save(a.TENANT, [a.subscriber(id, email=f"{id}@example.com") for id in ids])
    ports.subscriptions.put(a.TENANT, a.subscription(Target.SUBSCRIBER, *ids))
    members = [f"m{n}" for n in range(10)]
    add_members(ports, "everyone", members)
    event = a.invocation("i1", recipients=(TopicRecipient(topic="everyone"),))

    fan_out(a.job(event), ports=ports.of(a.TENANT))
    run_pages(ports)

    assert {one.subscriber for one in planned(ports)} == {"s0", "s1", *members}
    [listed] = ports.invocations.jobs(
        a.TENANT, since=a.NOW, upto=JobPosition(a.NOW + timedelta(hours=1)), limit=10
    )
    [head] = listed.invocations
    assert head.skipped == {SkipReason.OVER_LIMIT: 3}


def fan_out_largest(people):
    """Fan out the largest event to so many people; print the megabytes and the messages it took."""
    sent = []
    sqs = SimpleNamespace(
        send_message=lambda **one: sent.append(_sent(one)),
        send_message_batch=lambda **call: sent.extend(_sent(one) for one in call["Entries"]) or {},
    )
    urls = dict.fromkeys(Channel, "queue")
    queues = SqsQueues(SimpleNamespace(sqs=sqs), fan_out="queue", channels=urls)
    ports = a.world(queues=queues, quotas=Quotas())
    ids = [f"s{n:05}" for n in range(people)]
    ports.subscribers.save(
        a.TENANT,
        [a.subscriber(id, email=f"{id}@example.com", data={"x": "y" * 2_000}) for id in ids],
    )
    for start in range(0, people, 100):
        some = a.subscription(Target.SUBSCRIBER, *ids[start : start + 100])
        ports.subscriptions.put(a.TENANT, replace(some, id=f"sub{start:05}"))
    event = a.invocation("i1", recipients=(), payload={"x": "y" * BYTES})
    fan_out(a.job(event), ports=ports.of(a.TENANT))
    told = {"megabytes": _most_memory(), "messages": len(sent), "deliveries": sum(sent)}
    sys.stdout.write(json.dumps(told))


def _most_memory():
    """The most megabytes that this program has had resident.

    Linux tells it by the program; `getrusage` begins with what the process had that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) // 1024
    import resource  # noqa: PLC0415 - Linux has no use for it

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20  # bytes on macOS


def _sent(entry):
    """Return how many deliveries the message has, and forget it."""
    return len(messages.decode(entry["MessageBody"]).deliveries)


@pytest.mark.parametrize("people", [5_000])
def test_the_largest_event_to_thousands_takes_less_memory_than_a_function_has(people):
    program = f"from {__name__} import fan_out_largest; fan_out_largest({people})"

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )

    told = json.loads(done.stdout.splitlines()[-1])
    assert told["megabytes"] < 512
    # Everybody once, 25 to a message: the payload is counted once for all of them.
    assert (told["deliveries"], told["messages"]) == (people, people / 25)
