"""A tenant is deleted with all it has, and its neighbour notices nothing."""

import time

import pytest

from tests import canaries

PATIENCE = 120


def set_up(stack, tenant):
    """A tenant with something of each kind, one event of which is sent; its key."""
    body = {"id": tenant, "name": tenant}
    key = stack.admin("POST", "/tenants", body, key=stack.operator_key)["key"]["api_key"]
    made = {
        "/event-types": {"slug": "news", "name": "News"},
        "/integrations": {"provider": "slack", "settings": {"bot_token": canaries.BOT_TOKEN}},
        "/contexts": {"identifier": "shop"},
        "/subscribers": {"subscribers": [subscriber(stack, tenant, id) for id in ("ana", "ben")]},
        "/topics": {"topics": [{"key": "all", "members": ["ana", "ben"]}]},
        "/subscriptions": {"event_type": "news", "target": {"topic": "all"}},
    }
    for path, content in made.items():
        stack.admin("POST", path, content, key=key)
    words = {"medium": "chat", "subject": "", "body": "{{ what }}"}
    stack.admin("PUT", "/event-types/news/templates", words, key=key)
    send(stack, tenant, key, "first")
    return key


def subscriber(stack, tenant, id):
    url = f"{stack.outbox_url}/slack/{tenant}/{canaries.MARK}/{id}"
    return {
        "id": id,
        "email": f"{id}@{tenant}.example",
        "channels": [{"provider": "slack", "webhook_url": url}],
    }


def send(stack, tenant, key, what):
    """An event that is sent, and accounted for, when this returns."""
    id = f"{tenant}-{what}"
    event = {"name": "news", "to": "ana", "payload": {"what": id}, "transactionId": id}
    stack.trigger(event, key=key)
    stack.wait_for(2, contains=id)
    until(lambda: stack.admin("GET", f"/invocations/{id}", key=key)["status"] == "sent")


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def call(stack, method, path, key):
    headers = {"authorization": f"Bearer {key}"}
    url = f"{stack.base_url}/admin/v1{path}"
    return stack.http.request(method, url, headers=headers, timeout=30)


def kept(stack, tenant):
    """Every item of any table that speaks of the tenant, by its key."""
    dynamodb = stack.aws("dynamodb")
    return {
        (item["pk"]["S"], item["sk"]["S"])
        for table in dynamodb.list_tables()["TableNames"]
        for page in dynamodb.get_paginator("scan").paginate(TableName=table)
        for item in page["Items"]
        if tenant in str(item)
    }


@pytest.fixture(scope="module")
def keys(stack):
    return {tenant: set_up(stack, tenant) for tenant in ("leaver", "stayer")}


def test_a_deleted_tenant_is_gone_and_its_neighbour_is_not(stack, keys):
    before = kept(stack, "stayer")
    assert len(kept(stack, "leaver")) == len(before)

    answer = call(stack, "DELETE", "/tenants/leaver", stack.operator_key)

    assert answer.status_code == 202
    assert answer.json()["deleting_since"]
    assert call(stack, "GET", "/keys", keys["leaver"]).status_code == 401
    until(lambda: call(stack, "GET", "/tenants/leaver", stack.operator_key).status_code == 404)
    assert kept(stack, "leaver") == {("TENANT#leaver", "TENANT")}
    assert kept(stack, "stayer") == before
    assert call(stack, "DELETE", "/tenants/leaver", stack.operator_key).status_code == 404
    send(stack, "stayer", keys["stayer"], "second")
