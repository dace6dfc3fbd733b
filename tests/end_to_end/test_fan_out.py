"""Many recipients at once: each hears once, and nobody else has to wait for it."""

import time
from collections import Counter
from itertools import batched

import pytest

from tests import canaries

MEMBERS = 5_000
PATIENCE = 2.0  # seconds that a quiet tenant's single event may take
WORDS = f"{{{{ what }}}} for {{{{ subscriber.subscriberId }}}}: {canaries.TEXT}"
TEMPLATE = {"medium": "chat", "subject": "", "body": WORDS}


def set_up(stack, tenant):
    """A tenant of its own with one event type that goes to Slack; its key."""
    key = stack.admin("POST", "/tenants", {"id": tenant, "name": tenant}, key=stack.operator_key)[
        "key"
    ]["api_key"]
    settings = {"bot_token": canaries.BOT_TOKEN}
    stack.admin("POST", "/event-types", {"slug": "news", "name": "News"}, key=key)
    stack.admin("PUT", "/event-types/news/templates", TEMPLATE, key=key)
    stack.admin("POST", "/integrations", {"provider": "slack", "settings": settings}, key=key)
    return key


def subscriber(stack, tenant, id):
    url = f"{stack.outbox_url}/slack/{tenant}/{canaries.MARK}/{id}"
    channels = [{"provider": "slack", "webhook_url": url}]
    return {"id": id, "phone": canaries.PHONE, "channels": channels}


def news(what, to):
    return {"name": "news", "to": to, "payload": {"what": what}}


@pytest.fixture(scope="module")
def noisy(stack):
    """A tenant with a topic of 5,000 subscribers; its key."""
    key = set_up(stack, "noisy")
    ids = [f"n{number:04}" for number in range(MEMBERS)]
    stack.admin("POST", "/topics", {"topics": [{"key": "everyone"}]}, key=key)
    for some in batched(ids, 500, strict=True):
        people = [subscriber(stack, "noisy", id) for id in some]
        stack.admin("POST", "/subscribers", {"subscribers": people}, key=key)
        stack.admin("POST", "/topics/everyone/members", {"members": list(some)}, key=key)
    return key


@pytest.fixture(scope="module")
def quiet(stack):
    key = set_up(stack, "quiet")
    people = [subscriber(stack, "quiet", "queenie")]
    stack.admin("POST", "/subscribers", {"subscribers": people}, key=key)
    stack.trigger(news("warm-up", "queenie"), key=key)
    stack.wait_for(1, contains="warm-up for queenie")
    return key


def test_a_topic_of_5000_hears_once_each_while_another_tenant_does_not_wait(stack, noisy, quiet):
    topic = {"type": "Topic", "topicKey": "everyone"}
    answer = stack.trigger(news("flood", topic), key=noisy)
    assert answer.json()["data"][0]["status"] == "processed"
    while stack.count(contains="flood for") < 50:
        time.sleep(0.05)

    asked = time.monotonic()
    stack.trigger(news("whisper", "queenie"), key=quiet)
    stack.wait_for(1, contains="whisper for queenie", patience=PATIENCE)
    waited = time.monotonic() - asked

    flooded = stack.count(contains="flood for")
    assert flooded < MEMBERS, "the flood was over before the whisper: nothing was shown"
    assert waited < PATIENCE
    landed = stack.wait_for(MEMBERS, contains="flood for", patience=120)
    heard = Counter(message["path"].rpartition("/")[2] for message in landed)
    assert heard == {f"n{number:04}": 1 for number in range(MEMBERS)}
