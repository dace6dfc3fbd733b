"""A worker killed in the middle of a chunk: everything arrives, and repeats can be told."""

import os
import signal
import time
from collections import Counter

import pytest

from tests import canaries
from tests.end_to_end.stacks import Stack

# A killed worker's messages come back when their visibility ends: here in seconds, not minutes.
QUICK = ("--parameter", "DeliveryVisibility=6", "--parameter", "DeliveryLease=3")
EVENTS = 25  # one chunk
SENDERS = 10  # threads of a worker, each with a send on its way when it dies


@pytest.fixture
def quick(tmp_path):
    with Stack(tmp_path / "stack", ("--no-reload", *QUICK)) as running:
        yield running


def test_after_a_kill_everything_arrives_and_only_what_was_unrecorded_twice(quick):
    url = f"{quick.outbox_url}/webhook/slow/0.3?token={canaries.MARK}"
    webhook = {"provider": "webhook", "settings": {"url": url}}
    slow = quick.admin("POST", "/integrations", webhook)
    quick.admin("POST", "/event-types", {"slug": "tick", "name": "Tick"})
    target = {"event_type": "tick", "target": {"integration": slow["id"]}}
    quick.admin("POST", "/subscriptions", target)
    quick.admin(
        "PUT", "/event-types/tick/templates", {"medium": "email", "subject": "x", "body": "x"}
    )
    payloads = [{"tick": f"tick-{n:03}.", "secret": canaries.TEXT} for n in range(EVENTS)]
    events = [{"name": "tick", "to": "nobody", "payload": payload} for payload in payloads]

    quick.trigger(*events)
    while (landed := quick.count(contains="tick-")) < SENDERS:
        time.sleep(0.02)
    os.kill(quick.functions_pid, signal.SIGKILL)

    ticks = ids_by_tick(quick, patience=60)
    repeated = [tick for tick, ids in ticks.items() if len(ids) > 1]
    assert repeated, "the kill came too late to show anything"
    assert all(len(set(ids)) == 1 for ids in ticks.values())
    assert len(repeated) <= landed + SENDERS, "more was repeated than had been sent"
    assert max(Counter(map(len, ticks.values()))) <= 2


def ids_by_tick(stack, *, patience):
    """The webhook ids that each tick arrived with, once all have arrived and gone quiet."""
    deadline = time.monotonic() + patience
    seen = 0
    while True:
        landed = stack.messages(contains="tick-")
        ticks = {}
        for message in landed:
            tick = message["body"].partition("tick-")[2][:3]
            ticks.setdefault(tick, []).append(message["headers"]["webhook-id"])
        if len(ticks) == EVENTS and len(landed) == seen:
            return ticks
        assert time.monotonic() < deadline, f"only {len(ticks)} of {EVENTS} arrived"
        seen = len(landed)
        time.sleep(2)
