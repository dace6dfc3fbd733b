"""Dead letters, as the operator sees them, sends them once more and ends them."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.adapters.aws import keys
from carillon.adapters.delivery import messages
from carillon.domain.activity.dead_letters import FAN_OUT, QUEUES
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import (
    Chunk,
    Delivery,
    DeliveryRecord,
    EventDetails,
    Outcome,
    Status,
)
from carillon.domain.delivery.invocations import TopicPage
from carillon.domain.delivery.waiting import Retry, Waiting
from carillon.usecases.operations.dead_letters import READING
from tests import builders as a
from tests import canaries, fakes, gateway

POISON = f'{{"kind": "job", "text": "{canaries.TEXT}"'


@pytest.fixture
def die(ports):
    """Let what is given die on a queue; its id."""
    for tenant in ("acme", "globex"):
        gateway.issue_key(ports, tenant)

    def die(thing, queue=FAN_OUT, **fields):
        body = thing if isinstance(thing, str) else messages.encode(thing)
        group = None if isinstance(thing, str) else thing.tenant
        return ports.dead_letters.put(queue, body, **{"group": group} | fields)

    return die


@pytest.fixture
def shown(operator):
    """The ids of the letters that a queue's dead letters are shown with."""
    return lambda queue=FAN_OUT: ids_of(operator.ok("GET", f"/dead-letters/{queue}", limit="100"))


def ids_of(answer):
    return [letter["id"] for letter in answer["items"]]


def job_of(id, tenant="acme", count=1):
    invocations = [a.invocation(f"{id}-{n}") for n in range(count)]
    return replace(a.job(*invocations, id=id), tenant=tenant)


def chunk_of(*deliveries, tenant="acme", id="chunk-1"):
    return Chunk(
        id=id,
        tenant=tenant,
        job="job1",
        channel=Channel.EMAIL,
        range=3,
        details={"i1": EventDetails(event="welcome", accepted_at=a.NOW)},
        deliveries=tuple(
            Delivery(
                id=each,
                invocation="i1",
                integration="int_ses",
                provider="ses",
                address={"email": canaries.EMAIL},
                subscriber="ana",
            )
            for each in deliveries
        ),
    )


def record(delivery, status, attempts=1):
    return DeliveryRecord(
        delivery=delivery,
        invocation="i1",
        integration="int_ses",
        provider="ses",
        status=status,
        outcome=Outcome.RETRY,
        attempts=attempts,
        at=a.NOW,
    )


def test_every_queue_is_listed_with_its_count(operator, die):
    die(POISON)
    die(job_of("j1"))
    die(chunk_of("d1"), "email")

    listed = operator.ok("GET", "/dead-letters")

    counts = {item["queue"]: item["letters"] for item in listed["items"]}
    assert counts == dict.fromkeys(QUEUES, 0) | {"fan_out": 2, "email": 1}
    assert listed["next_cursor"] is None


def test_a_chunk_is_told_without_what_it_says_or_to_whom(operator, die):
    id = die(chunk_of("d1", "d2"), "email", receives=10)

    answer = operator("GET", "/dead-letters/email")

    assert answer.json == {
        "items": [
            {
                "id": id,
                "queue": "email",
                "kind": "chunk",
                "tenant": "acme",
                "invocations": ["i1"],
                "invocation_count": 1,
                "deliveries": 2,
                "receives": 10,
                "sent_at": "2026-01-01T00:00:00Z",
                "problem": None,
            }
        ],
        "more": False,
    }
    assert not canaries.found(answer.text)


def test_a_job_shows_ten_of_its_invocations_and_how_many_there_are(operator, die):
    die(job_of("j", count=12))

    [letter] = operator.ok("GET", "/dead-letters/fan_out")["items"]

    assert letter["kind"] == "job"
    assert letter["invocations"] == [f"j-{n}" for n in range(10)]
    assert (letter["invocation_count"], letter["deliveries"]) == (12, 0)


def test_a_page_is_told(operator, die):
    page = TopicPage(
        tenant="acme",
        job="j",
        accepted_at=a.NOW,
        invocation="i1",
        topics=("everyone",),
        position=0,
        shard=1,
    )
    die(page)

    [letter] = operator.ok("GET", "/dead-letters/fan_out")["items"]

    assert (letter["kind"], letter["invocations"], letter["tenant"]) == ("page", ["i1"], "acme")


@pytest.mark.parametrize("body", ["", POISON, '{"kind": "job", "v": 2}', "[" * 100_000, "ü\ud83c"])
def test_poison_is_told_with_what_is_wrong_and_never_repeated(operator, die, body):
    die(body, group="acme")

    answer = operator("GET", "/dead-letters/fan_out")

    [letter] = answer.json["items"]
    assert (letter["kind"], letter["tenant"], letter["invocations"]) == ("unknown", "acme", [])
    assert letter["problem"].startswith("Not a message of this version")
    assert not canaries.found(answer.text)


def test_poison_with_a_thousand_problems_stays_short(operator, die):
    invocations = [{"id": n} for n in range(1000)]
    body = {"kind": "job", "v": 1, "id": "j", "tenant": "acme", "accepted_at": 0}
    die(json.dumps(body | {"invocations": invocations}))

    [letter] = operator.ok("GET", "/dead-letters/fan_out")["items"]

    assert letter["kind"] == "unknown"
    assert letter["tenant"] is None
    assert 100 < len(letter["problem"]) <= 500


OF_FAN_OUT = "This queue carries jobs, pages, replays, deletions and erasures"


@pytest.mark.parametrize(
    ("thing", "queue", "problem"),
    [
        (chunk_of("d1"), "fan_out", OF_FAN_OUT),
        (job_of("j"), "email", "This queue carries chunks and retries"),
    ],
)
def test_a_message_on_the_wrong_queue_says_so(operator, die, thing, queue, problem):
    die(thing, queue)

    [letter] = operator.ok("GET", f"/dead-letters/{queue}")["items"]

    assert letter["problem"] == problem


def test_looking_takes_nothing_away_and_shows_each_letter_once(operator, die):
    ids = [die(job_of(f"j{n}")) for n in range(25)]

    first = operator.ok("GET", "/dead-letters/fan_out")
    again = operator.ok("GET", "/dead-letters/fan_out", limit="100")

    assert ids_of(first) == ids_of(again) == ids
    assert [letter["receives"] for letter in (first["items"][0], again["items"][0])] == [5, 6]
    assert not first["more"]


@pytest.mark.parametrize("limit", [1, 10, 11, 24])
def test_a_look_shows_no_more_than_it_is_asked_for(operator, die, shown, limit):
    ids = [die(job_of(f"j{n}")) for n in range(25)]

    looked = operator.ok("GET", "/dead-letters/fan_out", limit=str(limit))

    assert ids_of(looked) == ids[:limit]
    assert looked["more"]
    assert shown() == ids


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_a_look_has_its_bounds(operator, limit):
    assert set(operator.problems("GET", "/dead-letters/email", limit=limit)) == {"limit"}


@pytest.mark.parametrize("queue", ["fax", "FAN_OUT", "x" * 300, "..", "EmailDeadLetters"])
def test_an_unknown_queue_is_not_found(operator, queue):
    answers = [
        operator("GET", f"/dead-letters/{queue}"),
        operator("POST", f"/dead-letters/{queue}/redrive", {}),
        operator("POST", f"/dead-letters/{queue}/drop", {"all": True}),
    ]

    assert [answer.status for answer in answers] == [404] * 3
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


@pytest.mark.parametrize("body", [{}, ""])
def test_all_of_a_queue_goes_back_as_it_was(operator, ports, die, shown, body):
    bodies = [(messages.encode(job_of(f"j{n}")), "acme") for n in range(12)]
    for n in range(12):
        die(job_of(f"j{n}"))
    die(POISON)
    other = die(chunk_of("d1"), "email")

    answer = operator.ok("POST", "/dead-letters/fan_out/redrive", body)

    assert answer == {"moved": 13, "kept": 0, "more": False}
    assert ports.dead_letters.redriven == {"fan_out": [*bodies, (POISON, None)]}
    assert shown() == []
    assert shown("email") == [other]


def test_only_what_is_named_goes_back(operator, die, shown):
    ids = [die(job_of(f"j{n}")) for n in range(25)]

    answer = operator.ok(
        "POST", "/dead-letters/fan_out/redrive", {"ids": [ids[3], ids[14], "no-such-letter"]}
    )

    assert answer == {"moved": 2, "kept": 0, "more": False}
    assert shown() == [id for n, id in enumerate(ids) if n not in {3, 14}]


def test_the_search_for_what_is_named_ends_when_all_is_found(operator, ports, die):
    ids = [die(job_of(f"j{n}")) for n in range(45)]

    answer = operator.ok("POST", "/dead-letters/fan_out/redrive", {"ids": ids[:2]})

    assert answer == {"moved": 2, "kept": 0, "more": False}
    assert ports.dead_letters.stored[FAN_OUT][ids[44]].receives == 5


def test_only_one_tenants_letters_go_back(operator, ports, die, shown):
    for n in range(30):
        die(job_of(f"j{n}", tenant="acme" if n % 3 else "globex"))
    poison = die(POISON, group="globex")
    nobodys = die(POISON)

    answer = operator.ok("POST", "/dead-letters/fan_out/redrive", {"tenant": "globex"})

    assert answer == {"moved": 11, "kept": 0, "more": False}
    assert {group for _, group in ports.dead_letters.redriven[FAN_OUT]} == {"globex"}
    assert poison not in shown()
    assert nobodys in shown()


def test_what_is_named_must_be_the_tenants_if_both_are_given(operator, die):
    ours, theirs = die(job_of("j1")), die(job_of("j2", tenant="globex"))

    answer = operator.ok(
        "POST", "/dead-letters/fan_out/redrive", {"ids": [ours, theirs], "tenant": "acme"}
    )

    assert answer["moved"] == 1


@pytest.mark.parametrize("limit", [1, 10, 12, 26])
def test_no_more_go_back_than_the_limit_says(operator, die, shown, limit):
    for n in range(25):
        die(job_of(f"j{n}"))

    answer = operator.ok("POST", "/dead-letters/fan_out/redrive", {"limit": limit})

    assert answer == {"moved": min(limit, 25), "kept": 0, "more": limit < 25}
    assert len(shown()) == max(0, 25 - limit)


def test_a_hundred_go_back_unless_it_says_otherwise(operator, die):
    for n in range(101):
        die(job_of(f"j{n}"))

    answer = operator.ok("POST", "/dead-letters/fan_out/redrive", {})

    assert answer == {"moved": 100, "kept": 0, "more": True}


def test_what_the_queue_refuses_stays_where_it_is(operator, ports, die, shown):
    ids = [die(job_of(f"j{n}")) for n in range(12)]
    ports.dead_letters.refused = {ids[2], ids[11]}

    answer = operator.ok("POST", "/dead-letters/fan_out/redrive")

    assert answer == {"moved": 10, "kept": 2, "more": True}
    assert shown() == [ids[2], ids[11]]


def test_an_interrupted_redrive_gives_back_what_it_held(operator, ports, die, shown, monkeypatch):
    ids = [die(job_of(f"j{n}")) for n in range(3)]
    monkeypatch.setattr(ports.dead_letters, "redrive", unavailable)

    answer = operator("POST", "/dead-letters/fan_out/redrive", {})

    assert answer.status == 503
    assert shown() == ids


def unavailable(*_):
    raise Unavailable("SQS is not available")


def test_reading_ends_in_time_and_says_that_there_may_be_more(ports, die, as_key):
    class Hurrying(fakes.Clock):
        def now(self):
            self.advance(READING.total_seconds() / 2.5)
            return super().now()

    for n in range(50):
        die(job_of(f"j{n}"))
    with gateway.using(replace(ports, clock=Hurrying())):
        answer = as_key(canaries.OPERATOR_KEY).ok("POST", "/dead-letters/fan_out/redrive", {})

    assert answer == {"moved": 20, "kept": 0, "more": True}


def test_a_letter_that_comes_twice_is_dealt_with_once(operator, ports, die, monkeypatch):
    die(job_of("j1"))
    [taken] = ports.dead_letters.receive(FAN_OUT)
    monkeypatch.setattr(ports.dead_letters, "receive", lambda _: [taken])

    looked = operator.ok("GET", "/dead-letters/fan_out")

    assert len(looked["items"]) == 1
    assert looked["more"], "it never came to the end"


def test_what_is_given_back_is_not_kept_in_memory(operator, ports, die, monkeypatch):
    given = []
    monkeypatch.setattr(ports.dead_letters, "give_back", lambda _, letters: given.extend(letters))
    die(job_of("j1"))

    operator.ok("POST", "/dead-letters/fan_out/redrive", {"tenant": "globex"})

    assert [(each.body, each.work) for each in given] == [("", None)]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, ""),
        ({"all": False}, ""),
        ({"all": True, "tenant": "acme"}, ""),
        ({"all": True, "ids": ["m1"]}, ""),
        ({"limit": 10}, ""),
        ({"ids": []}, "ids"),
        ({"ids": "m1"}, "ids"),
        ({"ids": [1]}, "ids"),
        ({"ids": [f"m{n}" for n in range(1001)]}, "ids"),
        ({"tenant": ""}, "tenant"),
        ({"all": "yes"}, "all"),
        ({"all": True, "limit": 0}, "limit"),
        ({"all": True, "limit": 1001}, "limit"),
        ({"tenat": "acme"}, "tenat"),
    ],
)
def test_dropping_needs_to_be_told_what(operator, die, shown, body, path):
    id = die(job_of("j1"))

    problems = operator.problems("POST", "/dead-letters/fan_out/drop", body)

    assert {place.partition(".")[0] for place in problems} == {path}
    assert shown() == [id]


def test_a_drop_without_a_body_is_refused(operator, die, shown):
    die(job_of("j1"))

    assert operator("POST", "/dead-letters/fan_out/drop").status == 400
    assert len(shown()) == 1


def test_poison_jobs_and_pages_are_dropped(operator, ports, die, shown):
    die(POISON)
    die(job_of("j1"))

    answer = operator.ok("POST", "/dead-letters/fan_out/drop", {"all": True})

    assert answer == {"dropped": 2, "kept": 0, "more": False}
    assert shown() == []
    assert not ports.dead_letters.redriven


@pytest.mark.parametrize("tenant", ["", "x" * 1100])
def test_a_letter_of_no_tenant_that_could_be_keeps_no_other(
    operator, ports, die, monkeypatch, tenant
):
    known = ports.tenants.get
    monkeypatch.setattr(ports.tenants, "get", lambda name: keys.tenant(name) and known(name))
    die(job_of("a"))
    die(job_of("b", tenant=tenant))
    die(chunk_of("d1", tenant=tenant))

    answer = operator.ok("POST", f"/dead-letters/{FAN_OUT}/drop", {"all": True})

    assert answer == {"dropped": 3, "kept": 0, "more": False}


def test_only_what_is_named_is_dropped(operator, die, shown):
    ids = [die(job_of(f"j{n}")) for n in range(3)]

    answer = operator.ok("POST", "/dead-letters/fan_out/drop", {"ids": [ids[1]]})

    assert answer == {"dropped": 1, "kept": 0, "more": False}
    assert shown() == [ids[0], ids[2]]


def test_a_dropped_chunk_leaves_every_delivery_in_a_final_state(operator, ports, acme, die):
    chunk = chunk_of("d1", "d2", "d3")
    job = a.job(a.invocation("i1"))
    ports.invocations.record(job)
    ports.invocations.enlist(job, {"i1": 3}, ranges=1)
    ports.chunks.claim(chunk, "worker", a.NOW)
    known = {"d1": record("d1", Status.SENT), "d2": record("d2", Status.RETRYING, attempts=4)}
    ports.chunks.record(chunk, "worker", known)
    die(chunk, "email")

    answer = operator.ok("POST", "/dead-letters/email/drop", {"tenant": "acme"})

    assert answer["dropped"] == 1
    deliveries = acme.ok("GET", "/invocations/i1/deliveries")["items"]
    assert [(d["delivery"], d["status"], d["attempts"], d["code"]) for d in deliveries] == [
        ("d1", "sent", 1, ""),
        ("d2", "cancelled", 4, "dropped"),
        ("d3", "cancelled", 0, "dropped"),
    ]
    assert deliveries[2]["subscriber"] == "ana"
    assert deliveries[2]["outcome"] == "bad"
    assert acme.ok("GET", "/invocations/i1")["status"] == "partially_failed"


def test_a_chunk_that_a_worker_holds_is_kept_until_it_is_not_held(operator, ports, die, shown):
    held, free = chunk_of("d1", id="held"), chunk_of("d2", id="free")
    ports.chunks.claim(held, "worker", ports.clock.now())
    id = die(held, "email")
    die(free, "email")

    answer = operator.ok("POST", "/dead-letters/email/drop", {"all": True})

    assert answer == {"dropped": 1, "kept": 1, "more": True}
    assert shown("email") == [id]
    ports.clock.advance(timedelta(minutes=2).total_seconds())
    assert operator.ok("POST", "/dead-letters/email/drop", {"all": True})["dropped"] == 1


def waits(ports, chunk, id):
    """Let one of a chunk's deliveries stand for itself, as a worker does that handed it over."""
    [delivery] = [each for each in chunk.deliveries if each.id == id]
    due = a.NOW + timedelta(hours=1)
    one = Waiting(
        tenant=chunk.tenant,
        channel=chunk.channel,
        job=chunk.job,
        accepted_at=a.NOW,
        since=a.NOW,
        delivery=delivery,
        record=replace(record(id, Status.RETRYING), next_attempt_at=due),
    )
    ports.waiting.add([one.scheduled(a.NOW)])
    return one


def test_what_of_a_dropped_chunk_stands_for_itself_is_ended_there(operator, ports, acme, die):
    chunk = chunk_of("d1", "d2")
    ports.invocations.record(a.job(a.invocation("i1")))
    ports.chunks.claim(chunk, "worker", a.NOW)
    ports.chunks.record(chunk, "worker", {"d1": record("d1", Status.RETRYING)})
    waits(ports, chunk, "d1")
    die(chunk, "email")

    operator.ok("POST", "/dead-letters/email/drop", {"all": True})

    deliveries = acme.ok("GET", "/invocations/i1/deliveries")["items"]
    assert [(d["delivery"], d["status"]) for d in deliveries] == [
        ("d1", "cancelled"),
        ("d2", "cancelled"),
    ]
    assert ports.waiting.first_sweep() is None


def test_a_dropped_retry_ends_what_it_is_about(operator, ports, die, shown):
    one = waits(ports, chunk_of("d1"), "d1")
    die(Retry(tenant="acme", channel=Channel.EMAIL, deliveries=(one.key,)), "email")
    assert operator.ok("GET", "/dead-letters/email", limit="9")["items"][0]["kind"] == "retry"

    operator.ok("POST", "/dead-letters/email/drop", {"all": True})

    [ended] = ports.waiting.by_key.values()
    assert (ended.record.status, ended.record.code) == (Status.CANCELLED, "dropped")
    assert len(ended.record.history) == 1
    assert shown("email") == []


def test_a_chunk_that_was_dropped_twice_is_the_same(operator, ports, die):
    for _ in range(2):
        die(chunk_of("d1"), "email")

    answer = operator.ok("POST", "/dead-letters/email/drop", {"all": True})

    assert answer["dropped"] == 2
    [records] = ports.chunks.records.values()
    assert records["d1"].status is Status.CANCELLED
