"""Novu's own client manages who there is; the older ones too, by the calls that they send."""

import time
import uuid
from collections.abc import Iterator

import pytest
import requests
from novu_py import Novu, models

from tests import canaries

NO_PATIENCE = {"retries": None, "timeout_ms": 20_000}
PEOPLE = 12


@pytest.fixture(scope="module")
def key(stack):
    """The key of a tenant that these tests have for themselves."""
    tenant = f"audience-{uuid.uuid4().hex[:8]}"
    made = stack.admin(
        "POST", "/tenants", {"id": tenant, "name": tenant, "senders": ["*"]}, key=stack.operator_key
    )
    key = made["key"]["api_key"]
    for slug in ("news", "offer"):
        stack.admin("POST", "/event-types", {"slug": slug, "name": slug}, key=key)
        body = {
            "medium": "email",
            "subject": slug,
            "body": "{{ run }} to {{ subscriber.firstName }}",
        }
        stack.admin("PUT", f"/event-types/{slug}/templates", body, key=key)
    ses = {"provider": "ses", "settings": {"from": "audience@carillon.example"}}
    stack.admin("POST", "/integrations", ses, key=key)
    slack = {"provider": "slack", "settings": {}, "identifier": "slack"}
    stack.admin("POST", "/integrations", slack, key=key)
    return key


@pytest.fixture(scope="module")
def novu(stack, key):
    with Novu(secret_key=key, server_url=stack.base_url) as client:
        yield client


@pytest.fixture
def name() -> str:
    return f"n{uuid.uuid4().hex[:12]}"


@pytest.fixture
def ana(novu, name) -> Iterator[str]:
    create(novu, name)
    yield name
    novu.subscribers.delete(subscriber_id=name, **NO_PATIENCE)


def create(novu, id, **fields):
    body = models.CreateSubscriberRequestDto(
        subscriber_id=id, email=f"{id}.{canaries.EMAIL}", first_name=id, **fields
    )
    return novu.subscribers.create(create_subscriber_request_dto=body, **NO_PATIENCE).result


def get(novu, id):
    return novu.subscribers.retrieve(subscriber_id=id, **NO_PATIENCE).result


# -- subscribers


def test_somebody_is_created_found_changed_and_deleted(novu, name):
    made = create(novu, name, last_name="Lopez", phone="+41441234567", data={"plan": "gold"})
    same = create(novu, name)
    patched = novu.subscribers.patch(
        subscriber_id=name,
        patch_subscriber_request_dto=models.PatchSubscriberRequestDto(
            first_name="Ana", phone=None, timezone="Europe/Zurich"
        ),
        **NO_PATIENCE,
    ).result
    removed = novu.subscribers.delete(subscriber_id=name, **NO_PATIENCE).result

    assert (made.subscriber_id, made.last_name, made.data) == (name, "Lopez", {"plan": "gold"})
    assert (same.last_name, same.created_at, made.deleted) == ("Lopez", made.created_at, False)
    assert (patched.first_name, patched.last_name, patched.timezone) == (
        "Ana",
        "Lopez",
        "Europe/Zurich",
    )
    assert not patched.phone
    assert (removed.acknowledged, removed.status) == (True, "deleted")
    with pytest.raises(models.ErrorDto) as gone:
        get(novu, name)
    assert gone.value.data.status_code == 404


def test_somebody_who_must_be_new_is_left_as_they_are(novu, ana):
    body = models.CreateSubscriberRequestDto(subscriber_id=ana, first_name="Other")

    with pytest.raises(models.SubscriberResponseDtoError) as there:
        novu.subscribers.create(
            create_subscriber_request_dto=body, fail_if_exists=True, **NO_PATIENCE
        )

    assert there.value.raw_response.status_code == 409
    assert there.value.data.subscriber_id == ana
    assert get(novu, ana).first_name == ana


def test_many_are_created_at_once(novu, ana, name):
    people = [
        models.CreateSubscriberRequestDto(subscriber_id=id, email=email)
        for id, email in [
            (ana, "new@example.com"),
            (f"{name}-1", "one@example.com"),
            (f"{name}-2", "no address"),
        ]
    ]

    done = novu.subscribers.create_bulk(
        bulk_subscriber_create_dto=models.BulkSubscriberCreateDto(subscribers=people),
        **NO_PATIENCE,
    ).result

    assert [one.subscriber_id for one in done.updated] == [ana]
    assert [one.subscriber_id for one in done.created] == [f"{name}-1"]
    assert [one.subscriber_id for one in done.failed] == [f"{name}-2"]
    assert "email" in done.failed[0].message


def test_people_are_searched_and_read_page_by_page(novu, name):
    ids = [f"{name}-{n:02}" for n in range(PEOPLE)]
    people = [
        models.CreateSubscriberRequestDto(
            subscriber_id=id,
            email=f"{id}@example.com",
            first_name=f"First {name}",
            phone=f"+4930123456{n:02}",
        )
        for n, id in enumerate(ids)
    ]
    novu.subscribers.create_bulk(
        bulk_subscriber_create_dto=models.BulkSubscriberCreateDto(subscribers=people),
        **NO_PATIENCE,
    )

    def search(**query):
        asked = models.SubscribersControllerSearchSubscribersRequest(**query)
        return novu.subscribers.search(request=asked, **NO_PATIENCE).result

    def found(**query):
        return [one.subscriber_id for one in search(**query).data]

    assert found(email=f"{ids[3].upper()}@example.com") == [ids[3]]
    assert found(subscriber_id=ids[4]) == [ids[4]]
    assert found(phone="+493012345605", name=name) == [ids[5]]
    assert found(email="nobody@example.com") == []
    named = search(name=f"first {name}", limit=5)
    assert (len(named.data), named.total_count, named.previous) == (5, PEOPLE, None)

    first = search(limit=5)
    second = search(limit=5, after=first.next)
    back = search(limit=5, before=second.previous)
    again = search(limit=5, after=first.next, include_cursor=True)
    read, cursor = set(), None
    while True:
        page = search(limit=5, after=cursor)
        read |= {one.subscriber_id for one in page.data}
        cursor = page.next
        if cursor is None:
            break
    assert first.previous is None
    assert [one.id for one in back.data] == [one.id for one in first.data]
    assert again.data[0].id == first.data[-1].id
    assert read >= set(ids)
    newest = search(limit=100, order_by="createdAt", order_direction="DESC", name=name).data
    times = [one.created_at for one in newest]
    assert times == sorted(times, reverse=True)


def test_credentials_are_replaced_united_and_removed(novu, stack, ana):
    url = f"{stack.outbox_url}/slack/T0/{canaries.MARK}/{ana}"

    def credentials(method, **fields):
        body = models.UpdateSubscriberChannelRequestDto(
            provider_id=models.ChatOrPushProviderEnum.SLACK,
            credentials=models.ChannelCredentials(**fields),
        )
        return method(
            subscriber_id=ana, update_subscriber_channel_request_dto=body, **NO_PATIENCE
        ).result

    set_, add = novu.subscribers.credentials.update, novu.subscribers.credentials.append
    one = credentials(set_, webhook_url=url, device_tokens=["a"])
    two = credentials(add, device_tokens=["b"])
    none = credentials(set_, device_tokens=[])
    novu.subscribers.credentials.delete(subscriber_id=ana, provider_id="slack", **NO_PATIENCE)

    assert one.channels[0].integration_id
    assert one.channels[0].credentials.webhook_url == url
    assert two.channels[0].credentials.device_tokens == ["a", "b"]
    assert none.channels[0].credentials.device_tokens == []
    assert get(novu, ana).channels == []
    fcm = models.UpdateSubscriberChannelRequestDto(
        provider_id=models.ChatOrPushProviderEnum.FCM,
        credentials=models.ChannelCredentials(device_tokens=["x"]),
    )
    with pytest.raises(models.ErrorDto) as refused:
        set_(subscriber_id=ana, update_subscriber_channel_request_dto=fcm, **NO_PATIENCE)
    assert refused.value.data.status_code == 400
    assert "do not have active fcm integration" in str(refused.value.data.message)


def test_presence_is_kept(novu, ana):
    body = models.UpdateSubscriberOnlineFlagRequestDto(is_online=True)

    online = novu.subscribers.properties.update_online_flag(
        subscriber_id=ana, update_subscriber_online_flag_request_dto=body, **NO_PATIENCE
    ).result

    assert online.is_online
    assert online.last_online_at


# -- preferences


def prefer(novu, id, **fields):
    body = models.PatchSubscriberPreferencesDto(**fields)
    return novu.subscribers.preferences.update(
        subscriber_id=id, patch_subscriber_preferences_dto=body, **NO_PATIENCE
    ).result


def of_workflow(answer, slug):
    [found] = [one for one in answer.workflows if one.workflow.identifier == slug]
    return found.channels.email


def test_preferences_are_said_of_all_and_of_each(novu, ana):
    channels = models.PatchPreferenceChannelsDto
    listed = novu.subscribers.preferences.list(subscriber_id=ana, **NO_PATIENCE).result
    one = prefer(novu, ana, workflow_id="news", channels=channels(email=False))
    all_ = prefer(novu, ana, channels=channels(email=True))
    many = novu.subscribers.preferences.bulk_update(
        subscriber_id=ana,
        bulk_update_subscriber_preferences_dto=models.BulkUpdateSubscriberPreferencesDto(
            preferences=[
                models.BulkUpdateSubscriberPreferenceItemDto(
                    workflow_id=slug, channels=channels(email=False)
                )
                for slug in ("news", "offer")
            ]
        ),
        **NO_PATIENCE,
    ).result

    assert listed.global_.enabled
    assert (of_workflow(listed, "news"), of_workflow(one, "news")) == (True, False)
    assert (of_workflow(one, "offer"), of_workflow(all_, "news")) == (True, True)
    assert [(one.workflow.identifier, one.channels.email) for one in many] == [
        ("news", False),
        ("offer", False),
    ]


# -- topics


def subscribe(novu, key, *ids):
    return novu.topics.subscriptions.create(
        topic_key=key,
        create_topic_subscriptions_request_dto=models.CreateTopicSubscriptionsRequestDto(
            subscriptions=list(ids)
        ),
        **NO_PATIENCE,
    ).result


def test_a_topic_lives_its_life(novu, ana, name):
    def put(**fields):
        body = models.CreateUpdateTopicRequestDto(key=name, **fields)
        return novu.topics.create(create_update_topic_request_dto=body, **NO_PATIENCE).result

    made, renamed = put(name="First"), put(name="Second")
    patched = novu.topics.update(
        topic_key=name,
        update_topic_request_dto=models.UpdateTopicRequestDto(name="Third"),
        **NO_PATIENCE,
    ).result
    put_in = subscribe(novu, name, ana, "nobody")
    found = novu.topics.list(
        request=models.TopicsControllerListTopicsRequest(key=name[:8], limit=5), **NO_PATIENCE
    ).result
    inside = novu.topics.subscriptions.list(
        request=models.TopicsControllerListTopicSubscriptionsRequest(topic_key=name, limit=5),
        **NO_PATIENCE,
    ).result
    of_ana = novu.subscribers.topics.list(
        request=models.SubscribersControllerListSubscriberTopicsRequest(subscriber_id=ana),
        **NO_PATIENCE,
    ).result
    is_in = novu.topics.subscribers.retrieve(
        topic_key=name, external_subscriber_id=ana, **NO_PATIENCE
    ).result
    taken_out = novu.topics.subscriptions.delete(
        topic_key=name,
        delete_topic_subscriptions_request_dto=models.DeleteTopicSubscriptionsRequestDto(
            subscriptions=[ana]
        ),
        **NO_PATIENCE,
    ).result
    empty = novu.topics.get(topic_key=name, **NO_PATIENCE).result
    deleted = novu.topics.delete(topic_key=name, **NO_PATIENCE).result

    assert [one.name for one in (made, renamed, patched, empty)] == [
        "First",
        "Second",
        "Third",
        "Third",
    ]
    assert (put_in.meta.successful, put_in.meta.failed) == (1, 1)
    assert put_in.errors[0].code == "SUBSCRIBER_NOT_FOUND"
    assert [topic.key for topic in found.data] == [name]
    assert [one.subscriber.subscriber_id for one in inside.data] == [ana]
    assert [one.topic.key for one in of_ana.data] == [name]
    assert (is_in.topic_key, is_in.external_subscriber_id) == (name, ana)
    assert taken_out.meta.successful == 1
    assert deleted.acknowledged
    with pytest.raises(models.ErrorDto) as gone:
        novu.topics.get(topic_key=name, **NO_PATIENCE)
    assert gone.value.data.status_code == 404


def test_nobody_who_exists_is_an_error_that_the_client_parses(novu, name):
    with pytest.raises(models.ErrorDto) as refused:
        subscribe(novu, name, "nobody", "nobody-else")

    assert refused.value.data.status_code == 400


# -- what comes of it


def wait_until_sent(stack, key, invocation):
    deadline = time.monotonic() + 60
    while stack.admin("GET", f"/invocations/{invocation}", key=key)["status"] != "sent":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_broadcast_reaches_everybody_but_those_who_do_not_want_it(novu, stack, key, name):
    for id in (f"{name}-yes", f"{name}-no", f"{name}-actor"):
        create(novu, id)
    no = models.PatchPreferenceChannelsDto(email=False)
    prefer(novu, f"{name}-no", workflow_id="news", channels=no)
    event = models.TriggerEventToAllRequestDto(
        name="news", payload={"run": name}, actor=f"{name}-actor", transaction_id=name
    )

    answer = novu.trigger_broadcast(trigger_event_to_all_request_dto=event, **NO_PATIENCE).result

    assert (answer.acknowledged, answer.status, answer.transaction_id) == (True, "processed", name)
    stack.wait_for(1, provider="email", contains=f"{name} to {name}-yes")
    wait_until_sent(stack, key, name)
    landed = " ".join(mail["body"] for mail in stack.messages(provider="email", contains=name))
    assert f"{name}-no" not in landed
    assert f"{name}-actor" not in landed


# -- the older clients, by what they send


@pytest.fixture
def v1(stack, key):
    def call(method, path, body=None, **query):
        return requests.request(
            method,
            f"{stack.base_url}/v1{path}",
            json=body,
            params=query,
            headers={"authorization": f"ApiKey {key}"},
            timeout=20,
        )

    return call


def test_the_older_clients_manage_subscribers(v1, name):
    nulls = dict.fromkeys(["firstName", "phone", "avatar", "locale", "channels", "data"])
    made = v1("POST", "/subscribers", {"subscriberId": name, "email": "a@example.com", **nulls})
    kept = v1("PUT", f"/subscribers/{name}", {"subscriberId": name, "email": None, "lastName": "L"})
    listed = v1("GET", "/subscribers", page=0, limit=1)
    state = v1("PATCH", f"/subscribers/{name}/preferences/news", {"enabled": False})
    channel = {"channel": {"type": "email", "enabled": False}}
    changed = v1("PATCH", f"/subscribers/{name}/preferences/news", channel)
    preferences = v1("GET", f"/subscribers/{name}/preferences")
    overall = v1("PATCH", f"/subscribers/{name}/preferences", {"enabled": False})
    level = v1("GET", f"/subscribers/{name}/preferences/global")
    gone = v1("DELETE", f"/subscribers/{name}")
    absent = v1("GET", f"/subscribers/{name}")

    assert (made.status_code, list(made.json())) == (201, ["data"])
    assert made.json()["data"]["_environmentId"]
    assert (kept.json()["data"]["email"], kept.json()["data"]["lastName"]) == ("a@example.com", "L")
    assert {"data", "page", "pageSize", "totalCount", "hasMore"} == set(listed.json())
    assert len(listed.json()["data"]) == 1
    assert state.json()["data"]["preference"]["enabled"] is False
    assert changed.json()["data"]["template"]["_id"] == "news"
    assert {one["template"]["name"] for one in preferences.json()["data"]} == {"news", "offer"}
    assert overall.json()["data"]["preference"]["enabled"] is False
    assert level.json()["data"][0]["preference"]["enabled"] is False
    assert gone.json() == {"data": {"acknowledged": True, "status": "deleted"}}
    assert absent.status_code == 404
    assert absent.json()["message"] == f"Subscriber not found for id {name}"


def test_the_older_clients_manage_topics(v1, ana, name):
    made = v1("POST", "/topics", {"key": name, "name": "One"})
    twice = v1("POST", "/topics", {"key": name, "name": "One"})
    added = v1("POST", f"/topics/{name}/subscribers", {"subscribers": [ana, "nobody"]})
    auto = v1("POST", f"/topics/{name}-auto/subscribers", {"subscribers": [ana]})
    shown = v1("GET", f"/topics/{name}-auto")
    is_in = v1("GET", f"/topics/{name}/subscribers/{ana}")
    occupied = v1("DELETE", f"/topics/{name}")
    removed = v1("POST", f"/topics/{name}/subscribers/removal", {"subscribers": [ana]})
    is_out = v1("GET", f"/topics/{name}/subscribers/{ana}")
    listed = v1("GET", "/topics", page=0, pageSize=5, key=name)
    gone = v1("DELETE", f"/topics/{name}")

    assert (made.status_code, made.json()) == (201, {"data": {"_id": name, "key": name}})
    assert twice.status_code == 409
    assert twice.json()["message"].startswith(f"Topic exists with key {name} in the environment")
    assert added.json() == {"data": {"succeeded": [ana], "failed": {"notFound": ["nobody"]}}}
    assert auto.json() == {"data": {"succeeded": [ana]}}
    assert shown.json()["data"]["name"] == f"Autogenerated-{name}-auto"
    assert shown.json()["data"]["subscribers"] == [ana]
    assert is_in.json()["data"]["externalSubscriberId"] == ana
    assert occupied.status_code == 409
    assert removed.status_code == 204
    assert is_out.status_code == 404
    assert [one["key"] for one in listed.json()["data"]] == [name]
    assert (listed.json()["totalCount"], listed.json()["pageSize"]) == (1, 5)
    assert gone.status_code == 204


def test_the_older_clients_manage_tenants(v1, name):
    body = {"identifier": name, "name": "North", "data": {"plan": "gold"}}
    made, twice = v1("POST", "/tenants", body), v1("POST", "/tenants", body)
    patched = v1("PATCH", f"/tenants/{name}", {"name": "South", "identifier": f"{name}-2"})
    got, old = v1("GET", f"/tenants/{name}-2"), v1("GET", f"/tenants/{name}")
    listed = v1("GET", "/tenants", page=0, limit=100)
    gone = v1("DELETE", f"/tenants/{name}-2")

    assert made.status_code == 201
    assert {"_id", "identifier", "name", "data", "_environmentId"} <= set(made.json()["data"])
    assert twice.status_code == 409
    assert patched.json()["data"]["name"] == got.json()["data"]["name"] == "South"
    assert got.json()["data"]["data"] == {"plan": "gold"}
    assert old.status_code == 404
    assert {"data", "page", "pageSize", "hasMore"} == set(listed.json())
    assert gone.status_code == 204
