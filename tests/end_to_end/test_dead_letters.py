"""Poison among good events: it harms no neighbour, and the operator deals with it."""

import time

import pytest

from tests import canaries
from tests.end_to_end.stacks import Stack

# A message that fails comes back when its visibility ends: here in seconds, not minutes.
QUICK = ("--parameter", "DeliveryVisibility=3", "--parameter", "DeliveryLease=2")
RECEIVES = 10
NEIGHBOURS = 20
PATIENCE = 90
POISON = f'{{"kind": "job", "v": 1, "text": "{canaries.TEXT}"'


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("dead-letters"), ("--no-reload", *QUICK)) as running:
        yield running


def send(stack, body, group):
    sqs = stack.aws("sqs")
    [url] = [url for url in sqs.list_queues()["QueueUrls"] if "FanOutQueue" in url]
    sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group)
    sqs.close()


def operate(stack, method, path, body=None):
    return stack.admin(method, f"/dead-letters{path}", body, key=stack.operator_key)


def count(stack, queue="fan_out"):
    items = operate(stack, "GET", "")["items"]
    return {item["queue"]: item["letters"] for item in items}[queue]


def wait_for_letter(stack):
    """The one letter of the fan-out queue, once it is there."""
    deadline = time.monotonic() + PATIENCE
    while not count(stack):
        assert time.monotonic() < deadline, "the poison did not die"
        time.sleep(0.2)
    [letter] = operate(stack, "GET", "/fan_out")["items"]
    return letter


def order(stack, number):
    slack = {"webhookUrl": f"{stack.outbox_url}/slack/{canaries.MARK}"}
    return {
        "name": "order-shipped",
        "to": {
            "subscriberId": f"n{number}",
            "channels": [{"providerId": "slack", "credentials": slack}],
        },
        "payload": {"order": f"neighbour-{number:02}.", "carrier": "DHL"},
    }


def test_poison_dies_alone_and_is_shown_redriven_and_dropped(quick):
    for number in range(NEIGHBOURS):
        if number == NEIGHBOURS // 2:
            send(quick, POISON, "demo")
        quick.trigger(order(quick, number))
    landed = quick.wait_for(NEIGHBOURS, provider="slack", contains="neighbour-")
    assert len({message["body"] for message in landed}) == NEIGHBOURS

    letter = wait_for_letter(quick)
    assert letter["receives"] <= RECEIVES
    assert (letter["kind"], letter["tenant"]) == ("unknown", "demo")
    assert letter["problem"].startswith("Not a message of this version")

    assert operate(quick, "POST", "/fan_out/redrive") == {"moved": 1, "kept": 0, "more": False}
    again = wait_for_letter(quick)
    assert again["id"] != letter["id"]
    assert again["receives"] <= RECEIVES

    named = {"ids": [again["id"]]}
    dropped = operate(quick, "POST", "/fan_out/drop", named)
    assert dropped == {"dropped": 1, "kept": 0, "more": False}
    assert count(quick) == 0
    assert operate(quick, "GET", "/fan_out") == {"items": [], "more": False}
    assert len(quick.messages(provider="slack", contains="neighbour-")) == NEIGHBOURS
