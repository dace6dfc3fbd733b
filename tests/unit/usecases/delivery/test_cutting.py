"""Chunks: full ones, the same ones when fan-out repeats, and each delivery in one."""

from dataclasses import replace

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.delivery.transport import Response
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a
from tests import fakes


def test_chunks_hold_at_most_25_and_repeat_exactly():
    ports = a.world()
    people = [a.person(f"p{n}", email=f"p{n}@example.com") for n in range(60)]
    job = a.job(*(a.invocation(f"i{n}", p) for n, p in enumerate(people)))

    fan_out(job, ports=ports.of(job.tenant))
    first = list(ports.queues.chunks)
    ports.queues.chunks.clear()
    fan_out(job, ports=ports.of(job.tenant))

    assert [len(chunk.deliveries) for chunk in first] == [25, 25, 10]
    assert [chunk for chunk in ports.queues.chunks if not chunk.only_skips] == first


def test_who_changes_between_repetitions_has_nobody_else_told_twice():
    taken = Response(status=200, body=b'{"MessageId": "m"}')
    ports = a.world(egress=fakes.Egress(lambda _: taken))
    people = [a.person(f"p{n}", email=f"p{n}@example.com") for n in range(60)]
    job = a.job(*(a.invocation(f"i{n}", a.person(p.id)) for n, p in enumerate(people)))
    ports.subscribers.save(a.TENANT, [a.subscriber(p.id, email=p.email) for p in people])

    def fanned_out_and_delivered():
        fan_out(job, ports=ports.of(job.tenant))
        for chunk in ports.queues.chunks:
            deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: 60.0)
        ports.queues.chunks.clear()
        return len(ports.egress.requests)

    assert fanned_out_and_delivered() == 60
    gone = replace(ports.subscribers.get_many(a.TENANT, ["p3"])["p3"], email="", version=2)
    moved = replace(
        ports.subscribers.get_many(a.TENANT, ["p4"])["p4"], email="new@example.com", version=2
    )
    ports.subscribers.save(a.TENANT, [gone, moved])

    assert fanned_out_and_delivered() == 61
    entries = ports.history.entries[a.TENANT, "p4"].values()
    mails = [entry for entry in entries if entry.channel is Channel.EMAIL]
    assert len(mails) == 2
    counts = [ports.chunks.tally(a.TENANT, job.id, i.id) for i in job.invocations]
    assert sum(each.get(Status.SENT, 0) for each in counts) == 61
    skips = [each.get(SkipReason.NO_ADDRESS, 0) for each in counts]
    assert skips == [1, 1, 1, 2, *[1] * 56], "by chat all, and by email who has no address any more"


def test_big_payloads_make_smaller_chunks():
    ports = a.world()
    invocations = [a.invocation(f"i{n}", payload={"x": "y" * 200_000}) for n in range(5)]

    fan_out(a.job(*invocations), ports=ports.of(a.TENANT))

    assert [len(chunk.deliveries) for chunk in ports.queues.chunks] == [2, 2, 1]
