"""Attachments that do not fit their event: from each door to the mail, or an end in words."""

import base64
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from carillon.domain.delivery import codes
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.transport import Response
from carillon.domain.intake.attachments import LARGEST_GIVEN
from carillon.domain.tenancy.access import Scope
from carillon.usecases.operations import erase
from carillon.usecases.operations.replay import replay
from carillon.usecases.tenancy import deletion
from functions.novu.trigger.app import handler as trigger
from functions.novu.trigger_broadcast.app import handler as broadcast
from functions.novu.trigger_bulk.app import handler as bulk
from tests import builders as a
from tests import gateway
from tests.simulation import Simulation

PDF = b"%PDF-1.7\r\n" + bytes(range(256)) * 4096  # a megabyte and some bytes
OTHER = b"%PDF-1.4\n" + bytes(range(255, -1, -1)) * 3000


def file(content=PDF, name="invoice.pdf", **fields):
    encoded = base64.b64encode(content).decode()
    return {"name": name, "mime": "application/pdf", "file": encoded, **fields}


def person(name):
    return {"subscriberId": name, "email": f"{name}@acme.example"}


def event(*files, to="ana", **fields):
    named = [person(name) for name in to.split()]
    return {"name": "welcome", "to": named, "payload": {"attachments": list(files)}, **fields}


@pytest.fixture
def answers():
    """What SES answers, one after the other; the last for ever."""
    return [Response(status=200, headers={"smtp-command": "data"}, body=b'{"MessageId": "1"}')]


@pytest.fixture
def sim(answers):
    sim = Simulation(outside=lambda *_: answers.pop(0) if len(answers) > 1 else answers[0])
    with gateway.using(sim.ports):
        yield sim


@pytest.fixture
def post(sim):
    key = gateway.issue_key(sim.fakes, a.TENANT, Scope.EVENT_TRIGGER)

    def post(*events, handler=trigger):
        body = {"events": events} if handler is bulk else events[0]
        return gateway.call(handler, "POST", "/v1/events", body, authorization=f"ApiKey {key}")

    return post


def mails(sim):
    """What each mail attaches."""
    found = []
    for sent in sim.sent:
        if hasattr(sent.request, "message"):
            mail = message_from_bytes(sent.request.message, policy=policy.default)
            found.append([one.get_content() for one in mail.iter_attachments()])
        elif sent.accepted:
            parts = sent.request.arguments["Content"]["Simple"]["Attachments"]
            found.append([one["RawContent"] for one in parts])
    return found


def records(sim):
    return [one for one in sim.records().values() if one.provider in {"ses", "smtp"}]


class Reading:
    """Notes what is read of the store."""

    def __init__(self):
        self.reads = 0

    def begin(self, process): ...

    def before(self, call):
        self.reads += call == "attachments.find"

    def after(self, call): ...


@pytest.mark.parametrize("handler", [trigger, bulk, broadcast])
@pytest.mark.parametrize("provider", ["ses", "smtp"])
def test_a_large_file_arrives_byte_for_byte(sim, post, handler, provider):
    sim.fakes.subscribers.save(a.TENANT, [a.subscriber("ana", email="ana@acme.example")])
    sim.fakes.integrations.remove(a.TENANT, "int_ses")
    sim.fakes.integrations.put(a.TENANT, a.integration(provider))

    assert post(event(file()), handler=handler).status == 201
    sim.run()

    assert mails(sim) == [[PDF]]
    assert list(sim.fakes.attachments.contents.values()) == [PDF]


def test_several_files_arrive_in_their_order_wherever_they_are_given(sim, post):
    small = b"small"
    more = {"email": {"attachments": [file(OTHER, "b.pdf")]}}

    post(event(file(), file(small, "s.txt"), overrides=more))
    sim.run()

    assert mails(sim) == [[PDF, small, OTHER]]


def test_a_node_buffer_and_base64_without_padding_are_the_same_file(sim, post):
    content = OTHER[:300_001]
    bare = file(content)["file"].rstrip("=")

    post(event(file(content, file={"type": "Buffer", "data": list(content)})))
    post(event(file(content, file=bare)))
    sim.run()

    assert mails(sim) == [[content]] * 2


@pytest.mark.parametrize(("more", "status"), [(-1, 201), (0, 201), (1, 413)])
def test_four_megabytes_of_files_are_taken_and_no_more(sim, post, more, status):
    content = b"x" * (LARGEST_GIVEN + more)

    answer = post(event(file(content)))

    assert answer.status == status
    sim.run()
    if status == 201:
        assert mails(sim) == [[content]]
    else:
        assert f"{len(content)} bytes; the limit is {LARGEST_GIVEN}" in answer.text
        assert "url" in answer.text
        assert not sim.queues.sent
        assert not sim.fakes.attachments.contents


def test_a_bulk_with_two_large_files_and_a_fault_stores_the_good_ones(sim, post):
    bad = event(file(b"y" * 300_000), name="welcome", to="ana")
    bad["name"] = "no-such"

    answer = post(event(file()), bad, event(file(OTHER), to="ben"), handler=bulk)
    sim.run()

    assert [one["status"] for one in answer.json["data"]] == ["processed", "error", "processed"]
    assert sorted(mails(sim)) == sorted([[PDF], [OTHER]])
    assert sorted(sim.fakes.attachments.contents.values()) == sorted([PDF, OTHER])


def test_a_bulk_of_which_one_has_too_much_says_which(sim, post):
    answer = post(event(file(b"x" * (LARGEST_GIVEN + 1))), event(file(b"a")), handler=bulk)

    first, second = answer.json["data"]
    assert (first["status"], second["status"]) == ("error", "processed")
    assert str(LARGEST_GIVEN) in first["error"][0]


def test_a_store_that_takes_nothing_is_told_to_the_caller(sim, post):
    sim.fakes.attachments.refuses.add(PDF)

    answer = post(event(file()))

    assert answer.status == 503
    assert "send it again" in answer.text
    assert not sim.queues.sent


def test_the_store_is_read_once_for_the_mails_of_a_chunk(sim, post):
    sim.faults = reading = Reading()

    post(event(file(), to=" ".join(f"p{n}" for n in range(20))))
    sim.run()

    assert mails(sim) == [[PDF]] * 20
    assert reading.reads == 1


def test_an_event_without_large_files_never_asks_the_store(sim, post):
    sim.faults = reading = Reading()

    post(event(file(b"small")))
    sim.run()

    assert mails(sim) == [[b"small"]]
    assert reading.reads == 0
    assert not sim.fakes.attachments.contents


def test_a_store_that_does_not_answer_holds_the_mail_without_an_attempt(sim, post):
    post(event(file()))
    sim.fakes.attachments.silent = True
    sim.run(timedelta(minutes=1))
    [waiting] = records(sim)
    assert (waiting.status, waiting.code, waiting.attempts) == (
        Status.RETRYING,
        "store_unavailable",
        0,
    )

    sim.fakes.attachments.silent = False
    sim.run()

    assert mails(sim) == [[PDF]]
    assert sim.fakes.integrations.get(a.TENANT, "int_ses").circuit is None


def test_a_mail_that_is_tried_again_has_its_file(sim, post, answers):
    answers.insert(0, Response(status=503, body=b"{}"))

    post(event(file()))
    sim.run()

    [record] = records(sim)
    assert (record.status, record.attempts) == (Status.SENT, 2)
    assert mails(sim) == [[PDF]]


def test_a_file_that_is_gone_ends_its_mails_in_words(sim, post):
    post(event(file(name="contract.pdf"), to="ana ben"))
    sim.fakes.attachments.contents.clear()
    sim.run()

    assert mails(sim) == []
    for record in records(sim):
        assert (record.status, record.code) == (Status.FAILED, "attachment_gone")
        assert record.detail == "contract.pdf"
        assert "not stored any more" in codes.explained(record)
    assert sim.fakes.integrations.get(a.TENANT, "int_ses").circuit is None


def test_a_replay_has_the_file_as_long_as_it_is_stored(sim, post, answers):
    answers.insert(0, Response(status=400, body=b'{"code": "MessageRejected"}'))
    post(event(file(), transactionId="t1"))
    sim.run()
    assert [one.status for one in records(sim)] == [Status.FAILED]

    replay("r1", invocation="t1", ports=sim.ports.of(a.TENANT))
    sim.run()
    assert mails(sim) == [[PDF]]

    sim.fakes.attachments.contents.clear()
    replay("r2", invocation="t1", repeat=True, ports=sim.ports.of(a.TENANT))
    sim.run()
    assert mails(sim) == [[PDF]]
    assert [one.status for one in records(sim)].count(Status.SENT) == 1
    assert {one.code for one in records(sim)} >= {"attachment_gone"}


def test_a_deleted_tenants_files_go_with_it_and_no_other_tenants(sim, post):
    post(event(file()))
    sim.run()
    sim.fakes.attachments.put("globex", {"i/a": OTHER})

    deletion.begin(a.TENANT, ports=sim.ports)
    sim.run()

    assert sim.fakes.attachments.contents == {("globex", "i/a"): OTHER}


def test_a_late_event_of_a_deleted_tenant_leaves_no_file(sim, post):
    post(event(file()))
    deletion.begin(a.TENANT, ports=sim.ports)
    sim.fakes.tenants.bury(a.TENANT)

    sim.run()

    assert not sim.fakes.attachments.contents


def test_a_deleted_subscribers_files_go_and_those_that_others_have_too_stay(sim, post):
    people = [a.subscriber(name, email=f"{name}@acme.example") for name in ("ana", "ben")]
    sim.fakes.subscribers.save(a.TENANT, people)
    post(event(file(), to="ana"))
    post(event(file(OTHER), to="ana ben"))
    post(event(file(b"z" * 300_000)), handler=broadcast)
    sim.run()
    assert len(mails(sim)) == 5

    erase.begin("ana", ports=sim.ports.of(a.TENANT))
    sim.run()

    assert sorted(sim.fakes.attachments.contents.values()) == sorted([OTHER, b"z" * 300_000])
