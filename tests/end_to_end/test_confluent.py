"""Confluent's notifications as its Go SDK and Terraform provider send them, on the whole stack."""

import json
from uuid import uuid4

import pytest

BASE = "/notifications/v1"


class Client:
    """Plain HTTP: HTTP Basic, and the spellings of the clients."""

    def __init__(self, stack, key_id, secret):
        self.stack, self.auth = stack, (key_id, secret)

    def __call__(self, method, path, body=None, **query):
        return self.stack.http.request(
            method,
            path if path.startswith("http") else f"{self.stack.base_url}{BASE}{path}",
            json=body,
            params=query,
            auth=self.auth,
            timeout=30,
        )

    def ok(self, method, path, body=None, **query):
        answer = self(method, path, body, **query)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        assert answer.headers["x-request-id"]
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def tenant(stack):
    """A tenant of its own, so that its quota and its lists are."""
    id = f"conf-{uuid4().hex[:8]}"
    made = stack.admin("POST", "/tenants", {"id": id, "name": id}, key=stack.operator_key)["key"]
    stack.known.add(made["secret"])
    event = {"slug": "outage", "name": "Outage", "category": "SERVICE", "severity": "critical"}
    stack.admin("POST", "/event-types", event, key=made["api_key"])
    words = {"medium": "chat", "subject": "Outage", "body": "{{ what }} is down"}
    stack.admin("PUT", "/event-types/outage/templates", words, key=made["api_key"])
    return made


@pytest.fixture(scope="module")
def confluent(stack, tenant):
    return Client(stack, tenant["id"], tenant["secret"])


def slack(stack, path, **fields):
    target = {"kind": "Slack", "webhook_url": f"{stack.outbox_url}/slack/{path}"}
    return {"display_name": "On call", "target": target, **fields}


def webhook(stack, path):
    target = {"kind": "Webhook", "url": f"{stack.outbox_url}/webhook/{path}"}
    return {"display_name": "Alerts", "target": target}


def teams(stack, path):
    target = {"kind": "MsTeams", "webhook_url": f"{stack.outbox_url}/msteams/{path}"}
    return {"display_name": "Team", "target": target}


@pytest.mark.parametrize("make", [slack, webhook, teams])
def test_a_target_that_answers_well_is_a_204_and_has_the_message(stack, confluent, make):
    place = uuid4().hex

    answer = confluent("POST", "/integrations:test", make(stack, place))

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["x-request-id"]
    [message] = stack.wait_for(1, contains=place)
    assert "Test notification" in message["body"]


@pytest.mark.parametrize(
    ("make", "path", "words"),
    [
        # The answer repeats a part of the URL, which is a secret.
        (slack, "fail/no_service", "The target answered 404: ***"),
        (slack, "fail/invalid_token", "The target answered 403: ***"),
        (slack, "status/429", "The target answered 429; it asks to wait 1 s"),
        (slack, "status/500", "The target answered 500"),
        (teams, "fail/WorkflowNotFound", "The target answered 404"),
        (teams, "fail/429", "The target answered 429"),
        (webhook, "status/429", "The target answered 429; it asks to wait 1 s"),
        (webhook, "status/302", "The target answered 302"),
        (webhook, "status/503", "The target answered 503; it asks to wait 1 s"),
        (webhook, "slow/20", "The target did not answer within 8 seconds"),
    ],
)
def test_a_target_that_answers_badly_or_too_late_is_a_400_that_says_so(
    stack, confluent, make, path, words
):
    answer = confluent("POST", "/integrations:test", make(stack, path))

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["status"], error["code"]) == (400, "400", "target_failed")
    assert error["detail"].startswith(words)
    field = "url" if make is webhook else "webhook_url"
    assert error["source"] == {"pointer": f"/target/{field}"}


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:1/nobody",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://localhost/",
    ],
)
def test_a_target_on_our_side_is_not_asked(stack, confluent, url):
    body = webhook(stack, "") | {"target": {"kind": "Webhook", "url": url}}

    answer = confluent("POST", "/integrations:test", body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"] == (
        "target.url: must not name a host outside the public internet"
    )


def test_who_may_not_is_told_so_in_this_apis_words(stack, tenant):
    body = slack(stack, "nobody")
    wanted = {"name": "triggers", "scopes": ["event:trigger"]}
    limited = stack.admin("POST", "/keys", wanted, key=tenant["api_key"])

    wrong = Client(stack, tenant["id"], "wrong")("POST", "/integrations:test", body)
    forbidden = Client(stack, limited["id"], limited["secret"])("POST", "/integrations:test", body)

    assert (wrong.status_code, forbidden.status_code) == (401, 403)
    assert wrong.headers["www-authenticate"].startswith('Basic error="invalid_key"')
    for answer in (wrong, forbidden):
        assert answer.headers["x-request-id"] == answer.json()["errors"][0]["id"]


def test_a_key_is_exchanged_for_a_token(stack, tenant):
    kind = "urn:ietf:params:oauth:token-type"
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": tenant["api_key"],
        "subject_token_type": f"{kind}:jwt",
        "requested_token_type": f"{kind}:access_token",
        "identity_pool_id": "pool-1",
    }

    answer = stack.http.post(f"{stack.base_url}/sts/v1/oauth2/token", data=form, timeout=30)
    token = answer.json()["access_token"]
    stack.known.add(token)
    opened = stack.http.get(
        f"{stack.base_url}{BASE}/integrations",
        headers={"authorization": f"Bearer {token}"},
        timeout=30,
    )

    assert (answer.status_code, opened.status_code) == (200, 200)
    assert answer.headers["x-request-id"]


def test_what_terraform_makes_is_read_back_changed_and_destroyed(stack, confluent):
    """As the provider does: its own kinds, junk in references, a read after each write."""
    written = {
        "display_name": "Terraformed",
        "description": "by code",
        "target": {"kind": "WebhookTarget", "url": f"{stack.outbox_url}/webhook/tf"},
    }
    answer = confluent("POST", "/integrations", written)
    made = answer.json()
    assert answer.headers["location"] == made["metadata"]["self"]
    assert confluent.ok("GET", answer.headers["location"]) == made
    assert made["target"] == written["target"] | {"kind": "Webhook"}

    junk = {"related": "", "resource_name": "https://confluent.cloud/_"}
    subscription = confluent.ok(
        "POST",
        "/subscriptions",
        {
            "notification_type": {"id": "outage", **junk},
            "integrations": [{"id": made["id"], **junk}],
            "current_state": "ENABLED",
        },
    )
    again = confluent.ok("GET", subscription["metadata"]["self"])
    assert again == subscription
    assert confluent.ok("GET", again["notification_type"]["related"])["display_name"] == "Outage"
    assert confluent.ok("GET", again["integrations"][0]["related"]) == made

    one = f"/integrations/{made['id']}"
    moved = {"kind": "WebhookTarget", "url": f"{stack.outbox_url}/webhook/tf2"}
    changed = confluent.ok("PATCH", one, {"display_name": "Renamed", "target": moved})
    assert (changed["display_name"], changed["target"]["url"]) == ("Renamed", moved["url"])
    assert confluent.ok("GET", one) == changed

    assert confluent("DELETE", one).status_code == 409  # its subscription goes first
    confluent.ok("DELETE", f"/subscriptions/{subscription['id']}")
    confluent.ok("DELETE", one)
    assert confluent("GET", one).status_code == 404


def test_a_list_is_walked_as_the_cli_does(stack, confluent):
    made = {
        confluent.ok("POST", "/integrations", webhook(stack, f"n{n}") | {"display_name": f"{n}"})[
            "id"
        ]
        for n in range(5)
    }

    found, url = set(), f"{stack.base_url}{BASE}/integrations?page_size=2"
    while url:
        page = confluent.ok("GET", url)
        found |= {each["id"] for each in page["data"]}
        url = page["metadata"].get("next")

    assert made <= found
    for id in made:
        confluent.ok("DELETE", f"/integrations/{id}")


def test_an_event_triggered_through_novu_reaches_the_integrations_that_are_subscribed(
    stack, tenant, confluent
):
    place = uuid4().hex
    ids = [
        confluent.ok("POST", "/integrations", make(stack, place))["id"]
        for make in (slack, webhook, teams)
    ]
    subscription = confluent.ok(
        "POST",
        "/subscriptions",
        {"notification_type": {"id": "outage"}, "integrations": [{"id": id} for id in ids]},
    )
    nobody = {"name": "outage", "to": "nobody", "payload": {"what": f"Billing {place}"}}

    assert stack.trigger(nobody, key=tenant["api_key"]).json()["data"][0]["status"] == "processed"
    landed = {m["provider"]: m["body"] for m in stack.wait_for(3, contains=place)}
    confluent.ok("PATCH", f"/subscriptions/{subscription['id']}", {"current_state": "DISABLED"})

    assert set(landed) == {"slack", "webhook", "msteams"}
    assert f"Billing {place} is down" in landed["slack"]
    notice = json.loads(landed["webhook"])
    assert notice["title"] == "outage"
    assert place in notice["message"]
    assert {"id", "created_at"} <= set(notice)
