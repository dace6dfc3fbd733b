"""Delivering: each address once, every answer recorded, nothing lost to a crash."""

from dataclasses import replace

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.transport import Response
from carillon.usecases.delivery.attempts import TIME_TO_SEND
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a
from tests import fakes
from tests.unit.usecases.delivery.chat_chunks import PLENTY, attempt, chat_chunk, record, urls


def test_each_delivery_is_sent_once_and_accounted_for():
    ports = a.world()
    chunk = chat_chunk(ports)

    assert attempt(chunk, ports)

    assert urls(ports) == ["p00", "p01", "p02"]
    assert [(o.status, o.attempts) for o in record(chunk, ports)] == [(Status.SENT, 1)] * 3


def test_a_repeated_chunk_sends_nothing_again():
    ports = a.world()
    chunk = chat_chunk(ports)

    # Each gives its lease back: copies that wait for one another would end as dead letters.
    assert all(attempt(chunk, ports) for _ in range(20))

    assert len(ports.egress.requests) == 3
    assert not ports.chunks.leases


def test_what_failed_stands_for_itself_and_the_chunk_is_done():
    answers = {"p01": Response(status=503)}
    ports = a.world(
        egress=fakes.Egress(lambda r: answers.pop(r.url[-3:], Response(status=200, body=b"ok")))
    )
    chunk = chat_chunk(ports)

    assert attempt(chunk, ports)

    assert [o.status for o in record(chunk, ports)] == [
        Status.SENT,
        Status.RETRYING,
        Status.SENT,
    ]
    [waiting] = ports.waiting.by_key.values()
    assert (waiting.delivery.subscriber, waiting.record.attempts) == ("p01", 1)
    assert attempt(chunk, ports)
    assert urls(ports) == ["p00", "p01", "p02"]


def test_a_worker_killed_before_it_handed_over_leaves_that_to_the_next():
    ports = a.world(egress=fakes.Egress(lambda _: Response(status=503)))
    chunk = chat_chunk(ports)

    with pytest.raises(ConnectionAbortedError):
        deliver(
            chunk, ports=replace(ports, waiting=_Dies()).of(chunk.tenant), time_left=lambda: PLENTY
        )
    assert attempt(chunk, ports)

    assert len(ports.waiting.by_key) == len(ports.egress.requests) == 3


def test_a_chunk_that_another_worker_holds_goes_back_to_the_queue():
    ports = a.world()
    chunk = chat_chunk(ports)
    ports.chunks.claim(chunk, "another", ports.clock.now())

    assert not attempt(chunk, ports)
    assert ports.egress.requests == []

    ports.clock.advance(91)
    assert attempt(chunk, ports)
    assert len(ports.egress.requests) == 3


def test_a_worker_killed_after_sending_repeats_with_the_same_ids():
    ports = a.world()
    ports.integrations.put(a.TENANT, a.webhook())
    ports.subscriptions.put(a.TENANT, a.subscription(a.Target.INTEGRATION, "int_webhook"))
    fan_out(a.job(), ports=ports.of(a.TENANT))
    [chunk] = [chunk for chunk in ports.queues.chunks if chunk.channel is Channel.WEBHOOK]
    killed = replace(ports, chunks=_DiesOnRecord(ports.chunks))

    with pytest.raises(ConnectionAbortedError):
        deliver(chunk, ports=killed.of(chunk.tenant), time_left=lambda: PLENTY)
    ports.clock.advance(91)
    deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: PLENTY)

    ids = [request.headers["webhook-id"] for request in ports.egress.requests]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_lease_lost_while_sending_leaves_the_record_to_the_new_holder():
    ports = a.world()
    chunk = chat_chunk(ports, 1)
    slow = fakes.Egress(lambda _: _take_over(ports, chunk))

    assert not attempt(chunk, replace(ports, egress=slow))

    assert chunk.key not in [place[1:] for place in ports.chunks.records]


def test_a_worker_short_of_time_starts_nothing_and_gives_the_rest_back():
    ports = a.world()
    chunk = chat_chunk(ports)

    assert not attempt(chunk, ports, time_left=TIME_TO_SEND - 1)
    assert ports.egress.requests == []

    assert attempt(chunk, ports)
    assert [o.attempts for o in record(chunk, ports)] == [1, 1, 1]


def _take_over(ports, chunk):
    ports.clock.advance(91)
    ports.chunks.claim(chunk, "another", ports.clock.now())
    return Response(status=200, body=b"ok")


class _DiesOnRecord:
    """A worker that is gone after sending and before writing."""

    def __init__(self, chunks):
        self.claim = chunks.claim

    def record(self, *_args):
        raise ConnectionAbortedError


class _Dies:
    def add(self, *_args):
        raise ConnectionAbortedError


def test_the_history_is_written_once_and_before_anything_is_sent():
    ports = a.world()
    chunk = chat_chunk(ports)
    ports.history.refuse_next = 1

    with pytest.raises(Unavailable):
        deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: PLENTY)
    assert ports.egress.requests == []
    ports.clock.advance(91)
    assert attempt(chunk, ports)
    ports.history.refuse_next = 1
    assert attempt(chunk, ports)

    assert urls(ports) == ["p00", "p01", "p02"]
    entries = ports.history.entries[a.TENANT, "p00"].values()
    [entry] = [one for one in entries if one.channel is Channel.CHAT]
    assert (entry.chunk, entry.channel, entry.invocation) == (chunk.key, Channel.CHAT, "ip00")
    assert entry.accepted_at == a.NOW
