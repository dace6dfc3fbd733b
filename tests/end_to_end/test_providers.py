"""Each chat provider, from Novu's trigger to what the service itself would have received."""

import json
import time
import uuid

import pytest

# How a text reached its service: from the body that arrived.
TEXTS = {
    "discord": lambda body: body["content"],
    "mattermost": lambda body: body["text"],
    "msteams": lambda body: body["attachments"][0]["content"]["body"][-1]["text"],
    "slack": lambda body: body["blocks"][-1]["text"]["text"],
}


@pytest.fixture(scope="module")
def tenant(stack):
    """The key of a tenant with an integration of every chat provider."""
    made = stack.admin(
        "POST", "/tenants", {"id": "chatty", "name": "Chatty"}, key=stack.operator_key
    )
    key = made["key"]["api_key"]
    stack.admin("POST", "/event-types", {"slug": "news", "name": "News"}, key=key)
    words = {"medium": "chat", "subject": "News", "body": "It is {{ what }}."}
    stack.admin("PUT", "/event-types/news/templates", words, key=key)
    for provider in TEXTS:
        integration = {"provider": provider, "settings": {}}
        stack.admin("POST", "/integrations", integration, key=key)
    return key


def send(stack, key, provider, what, path):
    """Trigger the event for a person with one address; its account once it has one."""
    url = f"{stack.outbox_url}/{provider}/{path}"
    channel = {"providerId": provider, "credentials": {"webhookUrl": url}}
    person = {"subscriberId": what, "channels": [channel]}
    event = {"name": "news", "to": person, "payload": {"what": what}, "transactionId": what}
    stack.trigger(event, key=key)
    [landed] = stack.wait_for(1, provider=provider, contains=what)
    return landed


@pytest.mark.parametrize("provider", TEXTS)
def test_a_chat_message_arrives_in_the_services_own_format(stack, tenant, provider):
    what = f"run-{uuid.uuid4().hex[:12]}"

    landed = send(stack, tenant, provider, what, "hooks/x")

    assert f"It is {what}." in TEXTS[provider](json.loads(landed["body"]))
    assert landed["method"] == "POST"


@pytest.mark.parametrize("provider", TEXTS)
def test_a_refusal_is_on_the_account_and_is_not_called_sent(stack, tenant, provider):
    what = f"run-{uuid.uuid4().hex[:12]}"

    send(stack, tenant, provider, what, "status/404")

    path = f"/invocations/{what}/deliveries"
    deadline = time.monotonic() + 10
    while not (accounts := stack.admin("GET", path, key=tenant)["items"]):
        assert time.monotonic() < deadline, "the refusal is on no account"
        time.sleep(0.05)
    [account] = accounts
    assert (account["status"], account["outcome"]) == ("failed", "dead")
    assert account["http_status"] == 404
