"""The queues: in memory and on SQS, and on an SQS that takes only part of a batch."""

from dataclasses import replace

import pytest
from botocore.exceptions import EndpointConnectionError

from carillon.adapters.delivery import messages
from carillon.adapters.delivery.queues import SqsQueues
from carillon.domain.activity.replays import Replay
from carillon.domain.audience.erasures import ErasureStep
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import Chunk, Delivery, EventDetails, Status
from carillon.domain.delivery.invocations import Job, TopicPage
from carillon.domain.delivery.waiting import DeliveryKey, Retry
from carillon.domain.tenancy.access import Deletion
from tests import builders, canaries, fakes
from tests.integration.adapters.stubs import ScriptedClients, error
from tests.integration.conftest import create_queue

MIB = 1024 * 1024


@pytest.fixture
def no_pause(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.fixture
def mailboxes(clients, tenant):
    """Empty queues of the test's own."""
    names = ["fan-out", *Channel]
    return {name: create_queue(clients, f"{tenant}-{name}") for name in names}


@pytest.fixture
def queues(clients, mailboxes):
    channels = {channel: mailboxes[channel] for channel in Channel}
    return SqsQueues(clients, fan_out=mailboxes["fan-out"], channels=channels)


def scripted(**answers):
    clients = ScriptedClients(**answers)
    return SqsQueues(clients, fan_out="url", channels=dict.fromkeys(Channel, "url")), clients.calls


def job_of(id, tenant="acme", size=0):
    invocation = builders.invocation(f"i-{id}")
    filled = replace(invocation, payload={"text": canaries.TEXT + "x" * size, "ü": "🎉"})
    return Job(id=id, tenant=tenant, accepted_at=fakes.START, invocations=(filled,))


def page_of(shard, tenant="acme"):
    return TopicPage(
        tenant=tenant,
        job="j",
        accepted_at=fakes.START,
        invocation="i",
        topics=("a",),
        position=0,
        shard=shard,
    )


def chunk_of(id, channel=Channel.EMAIL):
    delivery = Delivery(
        id="d1",
        invocation="i1",
        integration="int",
        provider="ses",
        address={"email": canaries.EMAIL},
        recipient={"data": {"x": 1.5}},
    )
    return Chunk(
        id=id,
        tenant="acme",
        job="j",
        channel=channel,
        range=3,
        details={"i1": EventDetails(event="welcome", accepted_at=fakes.START, payload={"n": 1})},
        deliveries=(delivery,),
    )


def received(clients, url):
    """What is on a queue, by the messages' groups."""
    found = []
    while some := clients.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    ).get("Messages"):
        found += [(m["Attributes"]["MessageGroupId"], messages.decode(m["Body"])) for m in some]
    return found


def failed(*ids, sender=False):
    return {"Failed": [{"Id": id, "SenderFault": sender, "Code": "X"} for id in ids]}


def test_every_job_arrives_in_its_tenants_group(queues, clients, mailboxes):
    jobs = [job_of(str(n), tenant=f"t{n % 2}") for n in range(23)]

    assert list(queues.send_jobs(jobs)) == []

    found = received(clients, mailboxes["fan-out"])
    assert sorted(job.id for _, job in found) == sorted(job.id for job in jobs)
    assert all(group == job.tenant and job in jobs for group, job in found)


def test_jobs_that_fill_several_batches_by_their_size_arrive(queues, clients, mailboxes):
    jobs = [job_of(str(n), size=MIB * 2 // 5) for n in range(5)]

    assert list(queues.send_jobs(jobs)) == []

    assert len(received(clients, mailboxes["fan-out"])) == 5


def test_pages_arrive(queues, clients, mailboxes):
    pages = [page_of(shard) for shard in range(16)]

    queues.send_pages(pages)

    found = [page for _, page in received(clients, mailboxes["fan-out"])]
    assert sorted(found, key=lambda page: page.shard) == pages


def test_replays_arrive(queues, clients, mailboxes):
    replay = Replay(
        id="r",
        tenant="acme",
        accepted_at=fakes.START,
        invocation="i",
        statuses=(Status.FAILED,),
    )

    queues.send_replays([replay])

    assert received(clients, mailboxes["fan-out"]) == [("acme", replay)]


def test_a_deletion_that_has_begun_arrives(queues, clients, mailboxes):
    step = Deletion(tenant="acme", place=0)

    queues.send_deletion(step)

    assert received(clients, mailboxes["fan-out"]) == [("acme", step)]


def test_a_step_of_an_erasure_arrives(queues, clients, mailboxes):
    step = ErasureStep(tenant="acme", subscriber="ana", at=fakes.START)

    queues.send_erasure(step)

    assert received(clients, mailboxes["fan-out"]) == [("acme", step)]


@pytest.mark.parametrize(
    ("fields", "delay"),
    [({}, None), ({"last": True}, 300), ({"last": True, "cursor": "c"}, None)],
)
def test_the_last_pass_of_an_erasure_waits_until_every_worker_knows(fields, delay):
    queues, calls = scripted(send_message=[{}])

    queues.send_erasure(ErasureStep(tenant="acme", subscriber="ana", at=fakes.START, **fields))

    (call,) = calls["send_message"]
    assert call.get("DelaySeconds") == delay


def test_a_chunk_arrives_on_its_channels_queue(queues, clients, mailboxes):
    chunks = {channel: chunk_of(f"{channel}.1", channel) for channel in Channel}

    queues.send_chunks(list(chunks.values()))

    for channel, chunk in chunks.items():
        assert received(clients, mailboxes[channel]) == [("acme", chunk)]


def test_a_single_job_is_a_single_send():
    queues, calls = scripted(send_message=[{}])

    assert list(queues.send_jobs([job_of("1")])) == []

    (call,) = calls["send_message"]
    assert call["MessageGroupId"] == "acme"
    assert call["MessageBody"].isascii()


@pytest.mark.parametrize(
    ("sizes", "batches"),
    [([0] * 10, 1), ([0] * 12, 2), ([MIB // 4] * 4, 2), ([MIB // 3] * 4, 2), ([MIB // 2] * 4, 4)],
)
def test_batches_are_packed_by_number_and_by_size(sizes, batches):
    queues, calls = scripted(send_message_batch=[{}] * 9, send_message=[{}] * 9)

    queues.send_jobs([job_of(str(n), size=size) for n, size in enumerate(sizes)])

    assert len(calls["send_message_batch"]) + len(calls["send_message"]) == batches
    for call in calls["send_message_batch"]:
        assert sum(len(entry["MessageBody"]) for entry in call["Entries"]) <= MIB


@pytest.mark.usefixtures("no_pause")
def test_what_a_batch_did_not_take_is_sent_again_alone():
    queues, calls = scripted(send_message_batch=[failed("1", "3"), failed("3")], send_message=[{}])

    assert list(queues.send_jobs([job_of(str(n)) for n in range(5)])) == []

    sent = [[entry["Id"] for entry in call["Entries"]] for call in calls["send_message_batch"]]
    assert sent == [["0", "1", "2", "3", "4"], ["1", "3"]]
    assert len(calls["send_message"]) == 1


@pytest.mark.usefixtures("no_pause")
def test_what_is_the_senders_fault_is_not_sent_again():
    jobs = [job_of(str(n)) for n in range(3)]
    queues, calls = scripted(send_message_batch=[failed("1", sender=True)])

    assert list(queues.send_jobs(jobs)) == [jobs[1]]

    assert len(calls["send_message_batch"]) == 1


@pytest.mark.usefixtures("no_pause")
def test_jobs_that_are_never_taken_are_named_and_the_others_are_not():
    jobs = [job_of(str(n)) for n in range(4)]
    queues, _ = scripted(send_message_batch=[failed("0", "2")] * 9)

    assert list(queues.send_jobs(jobs)) == [jobs[0], jobs[2]]


@pytest.mark.parametrize(
    "trouble",
    [
        error("ThrottlingException"),
        error("AccessDenied", 403),
        error("InternalError", 500),
        EndpointConnectionError(endpoint_url=f"https://secret.example/{canaries.MARK}"),
    ],
)
def test_a_queue_that_says_no_has_taken_nothing_and_the_log_no_content(trouble, caplog):
    queues, _ = scripted(send_message=[trouble])
    jobs = [job_of("1")]

    assert list(queues.send_jobs(jobs)) == jobs

    assert "refused" in caplog.text
    assert "secret" not in caplog.text
    assert not canaries.found(caplog.text)


def test_one_lost_batch_does_not_lose_the_next():
    jobs = [job_of(str(n)) for n in range(14)]
    queues, _ = scripted(send_message_batch=[error("InternalError", 500), {}])

    assert list(queues.send_jobs(jobs)) == jobs[:10]


def test_pages_and_chunks_that_are_not_all_taken_raise():
    queues, calls = scripted(send_message=[error("InternalError", 500)] * 3)

    with pytest.raises(Unavailable):
        queues.send_pages([page_of(1)])
    with pytest.raises(Unavailable):
        queues.send_chunks([chunk_of("1"), chunk_of("2", Channel.CHAT)])
    assert len(calls["send_message"]) == 3


def test_nothing_to_send_is_no_call():
    queues, calls = scripted()

    assert list(queues.send_jobs([])) == []
    queues.send_pages([])
    queues.send_chunks([])

    assert not calls


def test_a_fake_queue_refuses_as_often_as_it_is_told():
    queues = fakes.Queues()
    queues.refuse_next = 2

    assert list(queues.send_jobs([job_of("1")])) == [job_of("1")]
    with pytest.raises(Unavailable):
        queues.send_pages([page_of(1)])
    queues.send_chunks([chunk_of("1")])

    assert (queues.jobs, queues.pages, queues.chunks) == ([], [], [chunk_of("1")])


def retry_of(id, tenant="acme", delay=0):
    return Retry(
        tenant=tenant,
        channel=Channel.CHAT,
        deliveries=(DeliveryKey("i#1", id), DeliveryKey("i2", "dlv_2")),
        delay=delay,
        hops=3,
    )


def test_retries_go_to_their_channels_queue_and_come_as_they_were(clients, queues, mailboxes):
    sent = [retry_of(f"dlv_{n}") for n in range(12)]

    queues.send_retries(sent)

    found = received(clients, mailboxes[Channel.CHAT])
    assert sorted(found, key=str) == sorted((("acme", each) for each in sent), key=str)


def test_a_retry_is_kept_back_until_it_is_due(clients, queues, mailboxes):
    queues.send_retries([retry_of("dlv_1", delay=900), retry_of("dlv_2")])

    assert received(clients, mailboxes[Channel.CHAT]) == [("acme", retry_of("dlv_2"))]


def test_retries_that_are_not_taken_are_told(no_pause):
    queues, _ = scripted(send_message=[error("RequestThrottled")])

    with pytest.raises(Unavailable):
        queues.send_retries([retry_of("dlv_1")])
