"""Four APIs, one service: what is set up in three of them hears what is said in the fourth."""

import base64
import json
import time
import uuid

import pytest
from bitcaster_sdk.client import Client
from novu_py import Novu, models

from tests import canaries

PROJECT, APPLICATION = "one", "core"
EVENT = "release-made"
PATIENCE = 60  # seconds
# Bitcaster's client has its newer name for a trigger call the older one, which warns.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def key(stack):
    """A tenant's key for one application, which has one event type."""
    id = f"one-{uuid.uuid4().hex[:8]}"
    admin = stack.admin(
        "POST", "/tenants", {"id": id, "name": id, "senders": ["*"]}, key=stack.operator_key
    )["key"]
    application = f"{PROJECT}/{APPLICATION}"
    scopes = ["admin", "audience", "activity", "event:trigger", "event:list"]
    body = {"name": "all", "scopes": scopes, "application": application}
    made = stack.admin("POST", "/keys", body, key=admin["api_key"])
    event = {"slug": EVENT, "name": "Release made"}
    stack.admin("POST", "/event-types", event, key=made["api_key"])
    template = {"medium": "email", "subject": "Released", "body": "{{ run }} is out"}
    stack.admin("PUT", f"/event-types/{EVENT}/templates", template, key=made["api_key"])
    mail = {"from": "releases@carillon.example"}
    settings = {"provider": "ses", "identifier": "mail", "name": "Mail", "settings": mail}
    stack.admin("POST", "/integrations", settings, key=made["api_key"])
    return made | {"tenant": id}


def asked(stack, path, body, authorization, expected=201):
    headers = {"authorization": authorization}
    answer = stack.http.post(stack.base_url + path, json=body, headers=headers, timeout=30)
    assert answer.status_code == expected, answer.text
    return answer.json() if answer.content else None


def by_confluent(stack, key):
    """An integration that is a Slack channel, and a subscription of the event type."""
    basic = "Basic " + base64.b64encode(f"{key['id']}:{key['secret']}".encode()).decode()
    target = {"kind": "Slack", "webhook_url": f"{stack.outbox_url}/slack/{key['tenant']}"}
    body = {"display_name": "Releases", "target": target}
    made = asked(stack, "/notifications/v1/integrations", body, basic)
    wanted = {"notification_type": {"id": EVENT}, "integrations": [{"id": made["id"]}]}
    asked(stack, "/notifications/v1/subscriptions", wanted, basic)


def by_sailpoint(stack, key):
    """An HTTP subscriber of the event type as a trigger."""
    credentials = {"client_id": key["id"], "client_secret": key["secret"]}
    form = {"grant_type": "client_credentials", **credentials}
    answer = stack.http.post(f"{stack.base_url}/oauth/token", data=form, timeout=30)
    url = f"{stack.outbox_url}/http-endpoint/{key['tenant']}"
    body = {
        "name": "Releases",
        "triggerId": EVENT,
        "type": "HTTP",
        "httpConfig": {"url": url, "httpDispatchMode": "SYNC"},
    }
    bearer = f"Bearer {answer.json()['access_token']}"
    asked(stack, "/v2026/trigger-subscriptions", body, bearer)


def by_novu(stack, key):
    """A topic of two people, by Novu's own client; that it hears of the event, the admin says."""
    people = [
        models.CreateSubscriberRequestDto(subscriber_id=name, email=f"{name}.{canaries.EMAIL}")
        for name in ("bo", "cy")
    ]
    topic = models.CreateUpdateTopicRequestDto(key="team", name="Team")
    members = models.CreateTopicSubscriptionsRequestDto(subscriptions=["bo", "cy"])
    with Novu(secret_key=key["api_key"], server_url=stack.base_url) as novu:
        novu.subscribers.create_bulk(
            bulk_subscriber_create_dto=models.BulkSubscriberCreateDto(subscribers=people)
        )
        novu.topics.create(create_update_topic_request_dto=topic)
        novu.topics.subscriptions.create(
            topic_key="team", create_topic_subscriptions_request_dto=members
        )
    wanted = {"event_type": EVENT, "target": {"topic": "team"}}
    stack.admin("POST", "/subscriptions", wanted, key=key["api_key"])


def settled(stack, key, invocation):
    """Its status once all is recorded, which is after it has landed."""
    deadline = time.monotonic() + PATIENCE
    while (found := status(stack, key, invocation)) == "processing":
        assert time.monotonic() < deadline, "it is not recorded yet"
        time.sleep(0.1)
    return found


def status(stack, key, invocation):
    return stack.admin("GET", f"/invocations/{invocation}", key=key["api_key"])["status"]


def test_an_event_of_one_api_reaches_what_the_three_others_set_up(stack, key):
    by_confluent(stack, key)
    by_sailpoint(stack, key)
    by_novu(stack, key)
    run = f"run-{uuid.uuid4().hex[:12]}"
    bae = stack.base_url.replace("://", f"://{key['api_key']}@") + f"/api/o/{key['tenant']}/"
    client = Client(bae, project=PROJECT, application=APPLICATION, timeout=30)
    client.transport.session.trust_env = False

    occurrence = client.trigger_event(EVENT, context={"run": run})["occurrence"]

    landed = stack.wait_for(4, contains=run, patience=PATIENCE)
    assert sorted(m["provider"] for m in landed) == ["email", "email", "http-endpoint", "slack"]
    [heard] = [json.loads(m["body"]) for m in landed if m["provider"] == "http-endpoint"]
    assert heard["run"] == run
    assert settled(stack, key, occurrence) == "sent"
    with Novu(secret_key=key["api_key"], server_url=stack.base_url) as novu:
        found = novu.messages.retrieve(
            request=models.MessagesControllerGetMessagesRequest(transaction_id=[occurrence])
        )
    assert len(found.result.data) == 2
