"""Novu's subscribers, through the functions as API Gateway calls them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from novu_py import models

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.audience.subscribers import DATA_LIMIT
from carillon.domain.base.channels import Channel
from carillon.usecases.audience import subscribers as usecase
from tests import builders as a
from tests import canaries, gateway
from tests.unit.novu.conftest import ROUTES


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        yield ports


@pytest.fixture
def put(call):
    def put(body, **query):
        return call("POST", "/v2/subscribers", body, query=query)

    return put


def populate(ports, *people):
    ports.subscribers.save(a.TENANT, people)


def stored(ports, id="ana"):
    return ports.subscribers.get_many(a.TENANT, [id])[id]


def ids(answer):
    return [one["subscriberId"] for one in answer.json["data"]]


# -- one


def test_what_is_said_of_somebody_new_is_kept(put, ports):
    body = {
        "subscriberId": " ana ",
        "email": canaries.EMAIL,
        "phone": "+41 44 123 45 67",
        "data": {"plan": "gold"},
        "channels": [{"providerId": "slack", "credentials": {"webhookUrl": canaries.SLACK_URL}}],
        "somethingNew": 1,
    }

    answer = put(body)

    assert answer.status == 201
    assert list(answer.json) == ["data"]
    models.SubscriberResponseDto.model_validate(answer.json["data"])
    ana = stored(ports)
    assert (ana.email, ana.phone, ana.data) == (canaries.EMAIL, "+41441234567", {"plan": "gold"})
    slack = ChannelAddress("slack", integration="slack", webhook_url=canaries.SLACK_URL)
    assert ana.channels == (slack,)


def test_who_must_be_new_and_is_not_is_left_alone(put, ports):
    put({"subscriberId": "ana", "firstName": "Ana"})

    answer = put({"subscriberId": "ana", "firstName": "Other"}, failIfExists="true")

    assert answer.status == 409
    models.SubscriberResponseDtoErrorData.model_validate(answer.json)
    assert answer.json["firstName"] == stored(ports).first_name == "Ana"
    assert {"statusCode", "timestamp", "path", "message"} <= set(answer.json)
    assert "retry-after" not in answer.headers


def test_who_must_be_new_and_is_is_made(put, ports):
    assert put({"subscriberId": "ana", "firstName": "Ana"}, failIfExists="true").status == 201
    assert stored(ports).first_name == "Ana"


@pytest.mark.parametrize(
    ("method", "version", "phone"), [("PUT", "v1", "1"), ("PATCH", "v2", None)]
)
def test_null_leaves_a_field_to_the_older_clients_and_empties_it_for_the_newer(
    call, ports, method, version, phone
):
    populate(ports, a.subscriber("ana", phone="1", email=canaries.EMAIL))

    path = f"/{version}/subscribers/{{subscriberId}}"

    answer = call(method, path, {"phone": None}, subscriberId="ana")

    assert answer.status == 200
    assert (stored(ports).phone, stored(ports).email) == (phone, canaries.EMAIL)


def test_data_that_could_not_travel_with_a_message_is_refused(put, call, ports):
    populate(ports, a.subscriber("ana"))
    data = {"text": "x" * DATA_LIMIT}

    made = put({"subscriberId": "new", "data": data})
    changed = call("PATCH", "/v2/subscribers/{subscriberId}", {"data": data}, subscriberId="ana")

    assert (made.status, changed.status) == (422, 422)
    assert list(made.json["errors"]) == ["data"]
    assert list(ports.subscribers.by_tenant[a.TENANT]) == ["ana"]


def test_an_address_of_a_service_that_novu_lacks_is_not_shown(call, ports):
    ours = ChannelAddress(provider="apprise", webhook_url="ntfy://topic")
    populate(ports, a.subscriber("ana", channels=(ours, a.slack_address("ana"))))

    answer = call("GET", "/v2/subscribers/{subscriberId}", subscriberId="ana")

    assert [channel["providerId"] for channel in answer.json["data"]["channels"]] == ["slack"]
    assert stored(ports).channels[0] == ours


def test_a_deleted_subscriber_leaves_the_topics(call, ports):
    populate(ports, a.subscriber("ana"))
    ports.topics.add_members(a.TENANT, "t", ["ana"])

    answer = call("DELETE", "/v1/subscribers/{subscriberId}", subscriberId="ana")

    assert answer.json == {"data": {"acknowledged": True, "status": "deleted"}}
    assert ports.topics.among(a.TENANT, "t", ["ana"]) == frozenset()


@pytest.mark.parametrize("version", ["v3", "0", "v1v2"])
def test_there_is_no_third_generation(version):
    assert ROUTES.find("GET", f"/{version}/subscribers").function.folder == "fallback/unknown_path"


@pytest.mark.parametrize(("version", "paged"), [("v1", "page"), ("v2", "next")])
def test_each_generation_pages_its_own_way(call, version, paged):
    assert paged in call("GET", f"/{version}/subscribers").json


@pytest.mark.parametrize(("method", "version"), [("PUT", "v2"), ("PATCH", "v1")])
def test_a_generation_has_its_own_way_to_change_somebody(call, ports, method, version):
    populate(ports, a.subscriber("ana"))

    answer = call(method, f"/{version}/subscribers/{{subscriberId}}", {}, subscriberId="ana")

    assert answer.status == 405


def test_presence_has_its_time(call, ports):
    populate(ports, a.subscriber("ana"))
    path = "/v1/subscribers/{subscriberId}/online-status"

    there = call("PATCH", path, {"isOnline": True}, subscriberId="ana")
    ports.clock.advance(60)
    gone = call("PATCH", path, {"isOnline": False}, subscriberId="ana")

    assert (there.json["data"]["isOnline"], gone.json["data"]["isOnline"]) == (True, False)
    assert stored(ports).last_online_at == a.NOW + timedelta(seconds=60)


# -- many


def test_each_of_many_succeeds_or_fails_on_its_own(call, ports):
    populate(ports, a.subscriber("old"), a.subscriber("same", first_name="S"))
    people = [
        {"subscriberId": "new", "email": canaries.EMAIL},
        {"subscriberId": "old", "firstName": "O"},
        {"subscriberId": "same", "firstName": "S"},
        {"subscriberId": "bad", "email": "none"},
        {"email": canaries.EMAIL},
        "nonsense",
        {"subscriberId": "big", "data": {"x": "x" * DATA_LIMIT}},
    ]

    answer = call("POST", "/v1/subscribers/bulk", {"subscribers": people})

    assert answer.status == 201
    result = answer.json["data"]
    models.BulkCreateSubscriberResponseDto.model_validate(result)
    assert result["created"] == [{"subscriberId": "new"}]
    assert result["updated"] == [{"subscriberId": "old"}, {"subscriberId": "same"}]
    assert [failed.get("subscriberId") for failed in result["failed"]] == ["bad", None, None, "big"]
    assert all(failed["message"] for failed in result["failed"])


@pytest.mark.parametrize("count", [0, 501])
def test_too_few_and_too_many_are_refused(call, ports, count):
    body = {"subscribers": [{"subscriberId": "x"}] * count}

    assert call("POST", "/v1/subscribers/bulk", body).status == 422
    assert ports.subscribers.by_tenant[a.TENANT] == {}


# -- credentials

CREDENTIALS = "/v1/subscribers/{subscriberId}/credentials"


def slack(**fields):
    return {"providerId": "slack", "credentials": fields}


def test_the_newest_active_integration_of_the_provider_is_the_one(call, ports):
    populate(ports, a.subscriber("ana"))
    old, new, off = (
        a.integration("slack", Channel.CHAT, id=id, identifier=id, created_at=a.NOW + age)
        for id, age in [("old", timedelta(1)), ("new", timedelta(2)), ("off", timedelta(3))]
    )
    for integration in (old, new, replace(off, active=False)):
        ports.integrations.put(a.TENANT, integration)
    body = slack(webhookUrl=canaries.SLACK_URL)

    chosen = call("PUT", CREDENTIALS, body, subscriberId="ana")
    named = call(
        "PUT",
        CREDENTIALS,
        {**body, "integrationIdentifier": "old"},
        subscriberId="ana",
    )
    inactive = call(
        "PUT",
        CREDENTIALS,
        {**body, "integrationIdentifier": "off"},
        subscriberId="ana",
    )

    assert [one["_integrationId"] for one in chosen.json["data"]["channels"]] == ["new"]
    assert [one["_integrationId"] for one in named.json["data"]["channels"]] == ["new", "old"]
    assert inactive.status == 400
    assert inactive.json["message"] == (
        "Subscribers environment (acme) do not have active slack integration."
    )


def test_tokens_are_united_or_replaced_and_what_is_not_said_stays(call, ports):
    populate(ports, a.subscriber("ana"))

    def tokens(method, **fields):
        answer = call(method, CREDENTIALS, slack(**fields), subscriberId="ana")
        [channel] = answer.json["data"]["channels"]
        return channel["credentials"]

    tokens("PUT", webhookUrl=canaries.SLACK_URL, channel="c", deviceTokens=["a", "b", "a"])

    assert tokens("PATCH", deviceTokens=["b", "c"])["deviceTokens"] == ["a", "b", "c"]
    assert tokens("PUT", deviceTokens=["z"]) == {
        "webhookUrl": canaries.SLACK_URL,
        "channel": "c",
        "deviceTokens": ["z"],
    }
    assert tokens("PUT", deviceTokens=[])["deviceTokens"] == []
    assert tokens("PUT", channel="d")["channel"] == "d"


def test_removed_credentials_are_gone_and_the_others_stay(call, ports):
    other = ChannelAddress(provider="discord", webhook_url="https://example.com/d")
    populate(ports, a.subscriber("ana", channels=(a.slack_address("ana"), other)))

    answer = call(
        "DELETE",
        CREDENTIALS + "/{providerId}",
        subscriberId="ana",
        providerId="slack",
    )

    assert answer.status == 204
    assert stored(ports).channels == (other,)


def test_nobodys_credentials_are_an_error_in_the_words_of_the_contract(call):
    body = slack(webhookUrl=canaries.SLACK_URL)

    answer = call("PUT", CREDENTIALS, body, subscriberId="nobody")

    assert (answer.status, answer.json["message"]) == (400, "SubscriberId: nobody not found")


# -- lists


@pytest.fixture
def crowd(ports):
    people = [
        a.subscriber(
            f"p{n:02}",
            email=f"P{n}@example.com",
            phone=f"+{n}",
            first_name="Ána" if n % 2 else "Ben",
            last_name=f"Nr {n}",
            created_at=a.NOW - timedelta(days=n),
        )
        for n in range(23)
    ]
    populate(ports, *people)
    ports.subscribers.save("globex", [a.subscriber("stranger")])
    return [person.id for person in people]


@pytest.mark.parametrize("limit", ["5", "5.0"])
def test_pages_by_number_hold_each_once(call, crowd, limit):
    pages = [
        call("GET", "/v1/subscribers", query={"page": str(n), "limit": limit}) for n in range(6)
    ]

    assert [id for page in pages for id in ids(page)] == crowd
    assert [page.json["hasMore"] for page in pages] == [True] * 4 + [False] * 2
    assert {page.json["totalCount"] for page in pages} == {23}
    assert (pages[2].json["page"], pages[2].json["pageSize"]) == (2, 5)


def test_a_page_too_far_to_read_up_to_is_refused(call, crowd):
    answer = call("GET", "/v1/subscribers", query={"page": "5000", "limit": "10"})

    assert answer.status == 422


@pytest.fixture
def search(call):
    def search(**query):
        return call("GET", "/v2/subscribers", query=query)

    return search


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"orderDirection": "DESC"},
        {"orderBy": "_id", "orderDirection": "ASC"},
        {"orderBy": "createdAt"},
        {"orderBy": "createdAt", "orderDirection": "ASC"},
        {"name": "nr"},
    ],
)
def test_cursors_lead_forward_and_back(search, crowd, order):
    forward, pages, after = [], [], {}
    while True:
        page = search(limit="5.0", **order, **after)
        models.ListSubscribersResponseDto.model_validate(page.json)
        pages.append(ids(page))
        forward += ids(page)
        if page.json["next"] is None:
            break
        after = {"after": page.json["next"]}

    back = []
    while True:
        page = search(limit="5", **order, before=page.json["previous"])
        back.append(ids(page))
        if page.json["previous"] is None:
            break

    assert sorted(forward) == crowd
    assert back == pages[-2::-1]
    if order.get("orderBy") == "createdAt":
        assert forward == (crowd[::-1] if "orderDirection" in order else crowd)
    assert page.json["totalCount"] == 23


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"email": "p7@EXAMPLE.com"}, ["p07"]),
        ({"email": "p7@example"}, []),
        ({"subscriberId": "p03"}, ["p03"]),
        ({"subscriberId": "stranger"}, []),
        ({"phone": "+12"}, ["p12"]),
        ({"name": "ána nr 1", "limit": "100"}, ["p01", "p11", "p13", "p15", "p17", "p19"]),
        ({"name": "ána", "phone": "+4"}, []),
        ({"email": "p7@example.com", "name": "ben"}, []),
        ({"email": "", "subscriberId": "p03"}, ["p03"]),
    ],
)
def test_somebody_is_found(search, crowd, query, found):
    answer = search(**query)

    assert (ids(answer), answer.json["totalCount"]) == (found, len(found))
    assert (answer.json["next"], answer.json["previous"]) == (None, None)


def test_a_page_may_begin_with_the_one_that_the_cursor_names(search, crowd):
    first = search(limit="5")

    again = search(limit="5", after=first.json["next"], includeCursor="true")

    assert ids(again)[0] == ids(first)[-1]


def test_what_would_read_everybody_is_refused_when_they_are_too_many(search, crowd, monkeypatch):
    monkeypatch.setattr(usecase, "GATHERED", 22)

    assert search(name="ben").status == 422
    assert search(orderBy="createdAt").status == 422
    assert ids(search(subscriberId="p03")) == ["p03"]
    assert ids(search(email="p4@example.com")) == ["p04"]
    assert len(ids(search(limit="100"))) == 23


@pytest.mark.parametrize(
    "query",
    [
        {"after": "nonsense"},
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "2.5"},
        {"orderBy": "email"},
        {"orderDirection": "UP"},
    ],
)
def test_a_list_that_cannot_be_is_refused(search, crowd, query):
    assert search(**query).status == 422


def test_both_cursors_at_once_are_refused(search, crowd):
    cursor = search(limit="5").json["next"]

    assert search(after=cursor, before=cursor).status == 422


def test_another_tenants_cursor_leads_nowhere(search, globex, crowd):
    cursor = search(limit="5").json["next"]

    for name in ("after", "before"):
        answer = globex("GET", "/v2/subscribers", **{name: cursor})
        assert answer.status == 422
        assert list(answer.json["errors"]) == [name]
