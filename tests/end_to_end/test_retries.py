"""Retries on the whole stack: on time, over a killed process, swept, replayed and cancelled."""

import os
import signal
import time
import uuid

import pytest
import requests
from novu_py import Novu

from tests import canaries
from tests.end_to_end.stacks import Stack

QUICK = ("--parameter", "DeliveryVisibility=6", "--parameter", "DeliveryLease=3")
EVENTS = 6  # too few to open a circuit


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    state = tmp_path_factory.mktemp("retries")
    with Stack(state / "stack", ("--no-reload", *QUICK)) as running:
        yield running


@pytest.fixture
def hook(quick):
    """A webhook that is down, and the event type that goes to it."""
    url = f"{quick.outbox_url}/webhook/status/503?token={canaries.MARK}"
    made = quick.admin("POST", "/integrations", {"provider": "webhook", "settings": {"url": url}})
    slug = f"tick-{uuid.uuid4().hex[:8]}"
    quick.admin("POST", "/event-types", {"slug": slug, "name": "Tick"})
    unused = {"medium": "email", "subject": "x", "body": "x"}
    quick.admin("PUT", f"/event-types/{slug}/templates", unused)
    target = {"event_type": slug, "target": {"integration": made["id"]}}
    quick.admin("POST", "/subscriptions", target)
    return {"id": made["id"], "event": slug}


def move(stack, hook, path):
    url = f"{stack.outbox_url}/webhook/{path}?token={canaries.MARK}"
    stack.admin("PATCH", f"/integrations/{hook['id']}", {"settings": {"url": url}})


def tick(hook, id):
    return {"name": hook["event"], "to": "nobody", "transactionId": id, "payload": {"tick": id}}


def deliveries(stack, id):
    """None yet, or none that can be asked for: the functions may be dead just now."""
    url = f"{stack.base_url}/admin/v1/invocations/{id}/deliveries"
    headers = {"authorization": f"Bearer {stack.api_key}"}
    try:
        answer = stack.http.get(url, headers=headers, timeout=30)
    except requests.ConnectionError:
        return []
    return without_skipped(answer.json()["items"]) if answer.ok else []


def without_skipped(found):
    """Nobody has an address for the mail that the event type has to have."""
    return [delivery for delivery in found if delivery["status"] != "skipped"]


def statuses(stack, id):
    """Where the webhook's deliveries stand; nobody, whom the event names, has no mailbox."""
    found = [delivery["status"] for delivery in deliveries(stack, id)]
    return [status for status in found if status != "skipped"]


def statuses_of_type(stack, hook):
    """For what no path can name."""
    found = stack.admin("GET", f"/deliveries?event_type={hook['event']}")["items"]
    return [delivery["status"] for delivery in without_skipped(found)]


def until(condition, *, patience=150):
    deadline = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)
    return found


def ids(count):
    run = uuid.uuid4().hex[:8]
    return [f"{run}-{n}" for n in range(count)]


def test_what_is_down_is_tried_again_and_sent_once_it_is_up(quick, hook):
    [id] = ids(1)
    quick.trigger(tick(hook, id))
    [waiting] = until(lambda: [d for d in deliveries(quick, id) if d["status"] == "retrying"])
    assert (waiting["code"], waiting["attempts"]) == ("http_503", 1)
    assert waiting["next_attempt_at"] > waiting["at"]

    move(quick, hook, "up")
    [sent] = until(lambda: [d for d in deliveries(quick, id) if d["status"] == "sent"])

    assert [attempt["outcome"] for attempt in sent["history"]] == ["retry", "sent"]
    first, second = (message for message in quick.messages(contains=id))
    assert first["headers"]["webhook-id"] == second["headers"]["webhook-id"]
    assert (first["status"], second["status"]) == (503, 200)


def test_a_process_killed_in_mid_retry_loses_nothing(quick, hook):
    names = ids(EVENTS)
    quick.trigger(*(tick(hook, id) for id in names))
    until(lambda: all(statuses(quick, id) == ["retrying"] for id in names))

    move(quick, hook, "slow/2")
    run = names[0].partition("-")[0]
    until(lambda: [m for m in quick.messages(contains=run) if "slow" in m["path"]])
    os.kill(quick.functions_pid, signal.SIGKILL)

    until(lambda: all(statuses(quick, id) == ["sent"] for id in names))
    landed = [m for m in quick.messages(contains=run) if "slow" in m["path"]]
    by_event = {}
    for message in landed:
        event = message["body"].partition('"tick":"')[2].partition('"')[0]
        by_event.setdefault(event, []).append(message["headers"]["webhook-id"])
    assert by_event.keys() == set(names)
    assert all(len(set(found)) == 1 and len(found) <= 2 for found in by_event.values())


def test_what_is_cancelled_while_it_waits_is_not_sent(quick, hook):
    [id] = ids(1)
    quick.trigger(tick(hook, id))
    until(lambda: [d for d in deliveries(quick, id) if d["status"] == "retrying"])

    answer = quick.admin("POST", f"/invocations/{id}/cancel")
    move(quick, hook, "up")

    assert answer["deliveries"] == {"cancelled": 1, "skipped": 1}
    time.sleep(15)  # longer than its first delay
    assert len(quick.messages(contains=id)) == 1


def test_novus_client_cancels_what_waits(quick, hook):
    [id] = ids(1)
    name = f"{id}/with a slash"
    quick.trigger(tick(hook, name))
    until(lambda: statuses_of_type(quick, hook) == ["retrying"])

    with Novu(secret_key=quick.api_key, server_url=quick.base_url) as novu:
        assert novu.cancel(transaction_id=name).result is True
        assert novu.cancel(transaction_id=name).result is False
        assert novu.cancel(transaction_id="never").result is False

    assert statuses_of_type(quick, hook) == ["cancelled"]


def test_what_failed_can_be_replayed(quick, hook):
    [id] = ids(1)
    words = {"medium": "chat", "subject": "", "body": "{{ tick }} fail/invalid_payload"}
    quick.admin("PUT", f"/event-types/{hook['event']}/templates", words)
    slack = {"webhookUrl": f"{quick.outbox_url}/slack/{canaries.MARK}/{id}"}
    to = {"subscriberId": id, "channels": [{"providerId": "slack", "credentials": slack}]}
    quick.trigger(tick(hook, id) | {"to": to})
    [failed] = until(lambda: [d for d in deliveries(quick, id) if d["status"] == "failed"])

    answer = quick.admin("POST", "/replays", {"invocation": id})

    [again] = until(lambda: deliveries(quick, answer["invocation"]))
    assert (again["replay_of"], again["status"]) == (failed["delivery"], "failed")
    assert len(quick.messages(provider="slack", contains=id)) == 2
