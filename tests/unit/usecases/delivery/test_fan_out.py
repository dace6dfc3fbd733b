"""Fanning out: who gets what, once, and the same again when the queue repeats itself."""

import pytest

from carillon.domain.base.errors import Unavailable
from carillon.domain.intake.triggers import Everybody, TopicRecipient
from carillon.usecases.delivery.fan_out import PAGE_SIZE, fan_out, fan_out_page
from tests import builders as a
from tests.unit.usecases.delivery.fanning import add_members, reached, run_pages


def test_a_transaction_id_of_another_job_is_a_duplicate():
    ports = a.world()

    fan_out(a.job(a.invocation("t1"), id="job1"), ports=ports.of(a.TENANT))
    fan_out(a.job(a.invocation("t1"), a.invocation("t2"), id="job2"), ports=ports.of(a.TENANT))

    assert reached(ports) == [("t1", "ana"), ("t2", "ana")]


def test_a_paused_event_is_recorded_and_reaches_nobody():
    ports = a.world()

    fan_out(a.job(a.invocation("i1", paused=True)), ports=ports.of(a.TENANT))

    assert ports.invocations.get(a.TENANT, "i1").invocation.paused
    assert ports.queues.chunks == []


def test_everybody_in_a_topic_hears_once():
    ports = a.world()
    ids = [f"m{n:04}" for n in range(3000)]
    add_members(ports, "everyone", ids)
    event = a.invocation("i1", recipients=(TopicRecipient(topic="everyone"),))

    fan_out(a.job(event), ports=ports.of(a.TENANT))
    run_pages(ports)

    assert reached(ports) == [("i1", id) for id in ids]


def test_a_shard_of_many_pages_goes_on_as_messages_of_its_own():
    ports = a.world()
    ids = [f"m{n:05}" for n in range(PAGE_SIZE * 20)]
    add_members(ports, "everyone", ids)
    fan_out(
        a.job(a.invocation("i1", recipients=(TopicRecipient(topic="everyone"),))),
        ports=ports.of(a.TENANT),
    )
    first = len(ports.queues.pages)

    fan_out_page(ports.queues.pages[0], ports=ports.of(a.TENANT))

    assert len(ports.queues.pages) == first + 1
    assert ports.queues.pages[-1].after


def test_a_page_that_repeats_after_the_topic_changed_makes_the_same_chunks():
    ports = a.world()
    add_members(ports, "everyone", [f"m{n:03}" for n in range(100)])
    fan_out(
        a.job(a.invocation("i1", recipients=(TopicRecipient(topic="everyone"),))),
        ports=ports.of(a.TENANT),
    )
    page = ports.queues.pages[0]
    fan_out_page(page, ports=ports.of(page.tenant))
    first = list(ports.queues.chunks)
    ports.queues.chunks.clear()

    add_members(ports, "everyone", [f"a{n:03}" for n in range(50)])
    fan_out_page(page, ports=ports.of(page.tenant))
    assert ports.queues.chunks == first
    ports.queues.chunks.clear()

    ports.topics.remove_members(a.TENANT, "everyone", [f"m{n:03}" for n in range(100)])
    ports.topics.remove_members(a.TENANT, "everyone", [f"a{n:03}" for n in range(50)])
    fan_out_page(page, ports=ports.of(page.tenant))
    assert ports.queues.chunks == first


def test_what_the_queue_refuses_is_sent_again_by_a_repetition():
    ports = a.world()
    job = a.job(a.invocation("i1"))
    ports.queues.refuse_next = 1

    with pytest.raises(Unavailable):
        fan_out(job, ports=ports.of(job.tenant))
    fan_out(job, ports=ports.of(job.tenant))

    assert reached(ports) == [("i1", "ana")]


def test_a_page_of_everybody_is_frozen_though_people_come_and_go():
    ports = a.world()
    people = [a.subscriber(f"p{n:03}", email=f"p{n}@example.com") for n in range(40)]
    ports.subscribers.save(a.TENANT, people)
    fan_out(a.job(a.invocation("i1", recipients=(Everybody(but=()),))), ports=ports.of(a.TENANT))
    pages = list(ports.queues.pages)
    run_pages(ports)
    before = [chunk.id for chunk in ports.queues.chunks]
    ports.subscribers.save(a.TENANT, [a.subscriber("late", email="late@example.com")])
    ports.queues.chunks.clear()

    for page in pages:
        fan_out_page(page, ports=ports.of(page.tenant))

    assert [chunk.id for chunk in ports.queues.chunks] == before
