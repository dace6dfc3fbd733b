"""Novu's preferences, through the functions as API Gateway calls them."""

import pytest
from novu_py import models

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import Priority
from tests import builders as a
from tests import gateway

MANY = "subscribers/{subscriberId}/preferences"
ONE = MANY + "/{part}"


@pytest.fixture
def ports():
    ports = a.world()
    ports.subscribers.save(a.TENANT, [a.subscriber("ana")])
    for event in (
        a.event_type("offer", media={Channel.EMAIL: True, Channel.SMS: False}),
        a.event_type("alarm", priority=Priority.REQUIRED),
        a.event_type("off", active=False),
        a.event_type("bare", media={}),
    ):
        ports.event_types.save(a.TENANT, event, expected=None)
    with gateway.using(ports) as ports:
        yield ports


@pytest.fixture
def prefer(call):
    def prefer(**body):
        answer = call("PATCH", f"/v2/{MANY}", body)
        assert answer.status == 200, answer.text
        models.GetSubscriberPreferencesDto.model_validate(answer.json["data"])
        return answer.json["data"]

    return prefer


def channels(data, slug):
    [found] = [one for one in data["workflows"] if one["workflow"]["identifier"] == slug]
    return found["channels"]


@pytest.mark.parametrize(
    ("criticality", "listed"),
    [
        ({}, {"welcome", "offer"}),
        ({"criticality": "critical"}, {"alarm"}),
        ({"criticality": "all"}, {"welcome", "offer", "alarm"}),
    ],
)
def test_what_can_be_heard_of_is_listed(call, criticality, listed):
    answer = call("GET", f"/v2/{MANY}", query=criticality)

    data = answer.json["data"]
    models.GetSubscriberPreferencesDto.model_validate(data)
    assert {one["workflow"]["identifier"] for one in data["workflows"]} == listed
    assert data["global"]["enabled"]
    assert all(data["global"]["channels"].values())


def test_only_channels_that_a_message_goes_by_are_shown(call):
    data = call("GET", f"/v2/{MANY}").json["data"]

    assert channels(data, "welcome") == {"email": True, "chat": True}
    assert channels(data, "offer") == {"email": True}


def test_a_preference_of_one_is_an_override_of_that_of_all(prefer):
    prefer(workflowId="welcome", channels={"email": False, "in_app": True})

    data = prefer(channels={"chat": False})

    assert channels(data, "welcome") == {"email": False, "chat": False}
    assert channels(data, "offer") == {"email": True}
    [welcome] = [w for w in data["workflows"] if w["workflow"]["identifier"] == "welcome"]
    assert {"channel": "email", "source": "subscriber"} in welcome["overrides"]
    assert data["global"]["channels"]["chat"] is False


def test_said_of_all_it_takes_the_place_of_what_was_said_of_one(prefer):
    prefer(workflowId="welcome", channels={"email": False})

    data = prefer(channels={"email": True})

    assert channels(data, "welcome")["email"] is True


def test_null_leaves_a_channel_as_it_is(prefer):
    prefer(channels={"email": False})

    assert prefer(channels={"email": None, "chat": False})["global"]["channels"]["email"] is False


def test_many_are_said_at_once_or_not_at_all(call, ports):
    items = [
        {"workflowId": slug, "channels": {"email": False}} for slug in ("welcome", "offer", "none")
    ]

    refused = call("PATCH", f"/v2/{ONE}", {"preferences": items}, part="bulk")
    said = call("PATCH", f"/v2/{ONE}", {"preferences": items[:2]}, part="bulk")

    assert (refused.status, refused.json["message"]) == (422, "workflow_not_found")
    assert said.status == 200
    for found in said.json["data"]:
        models.GetPreferencesResponseDto.model_validate(found)
    assert [found["channels"]["email"] for found in said.json["data"]] == [False, False]
    assert ports.subscribers.get_many(a.TENANT, ["ana"])["ana"].version == 2


@pytest.mark.parametrize(
    "more", [{"schedule": {"isEnabled": True}}, {"context": {"team": "x"}}, {"workflowId": "none"}]
)
def test_what_cannot_be_kept_is_refused(call, ports, more):
    answer = call("PATCH", f"/v2/{MANY}", {"channels": {"email": False}, **more})

    assert answer.status == 422
    assert ports.subscribers.get_many(a.TENANT, ["ana"])["ana"].version == 1


def test_the_older_clients_say_it_by_channel_and_altogether(call):
    path = f"/v1/{ONE}"
    by_channel = {"channel": {"type": "email", "enabled": False}}

    channel = call("PATCH", path, by_channel, part="welcome")
    state = call("PATCH", path, {"enabled": False}, part="welcome")
    overall = call(
        "PATCH",
        f"/v1/{MANY}",
        {"enabled": True, "preferences": [{"type": "chat", "enabled": False}]},
    )
    listed = call("GET", f"/v1/{MANY}")

    assert channel.json["data"]["preference"] == {
        "enabled": True,
        "channels": {"email": False, "chat": True},
    }
    assert state.json["data"]["preference"]["enabled"] is False
    assert overall.json["data"]["preference"]["channels"]["chat"] is False
    by_name = {each["template"]["name"]: each["preference"] for each in listed.json["data"]}
    assert by_name["welcome"] == {"enabled": False, "channels": {"email": False, "chat": False}}
    assert set(by_name) == {"welcome", "offer", "alarm"}


@pytest.mark.parametrize(("part", "count"), [("global", 1), ("template", 3)])
def test_the_older_clients_ask_by_level(call, part, count):
    answer = call("GET", f"/v1/{ONE}", part=part)

    assert len(answer.json["data"]) == count
    assert all("preference" in each for each in answer.json["data"])


@pytest.mark.parametrize(
    ("method_path", "body"),
    [
        (f"/v2/{MANY}", {"workflowId": "alarm", "channels": {"email": False}}),
        (f"/v1/{ONE}", {"enabled": False}),
    ],
)
def test_a_critical_workflow_cannot_be_switched_off(call, ports, method_path, body):
    answer = call("PATCH", method_path, body, part="alarm")

    assert answer.status == 400, answer.text
    assert answer.json["message"] == "Critical workflow with id: alarm can not be updated"
    [ana] = ports.subscribers.get_many(a.TENANT, ["ana"]).values()
    assert ana.version == 1


def test_of_many_preferences_none_is_changed_when_one_is_for_a_critical_workflow(call, ports):
    both = [
        {"workflowId": slug, "channels": {"email": False}} for slug in ("welcome", "alarm", "siren")
    ]
    ports.event_types.save(
        a.TENANT, a.event_type("siren", priority=Priority.REQUIRED), expected=None
    )

    answer = call("PATCH", f"/v2/{MANY}/bulk", {"preferences": both})

    assert answer.status == 400, answer.text
    assert answer.json["message"] == "Critical workflows with ids: alarm, siren cannot be updated"
    [ana] = ports.subscribers.get_many(a.TENANT, ["ana"]).values()
    assert ana.version == 1
