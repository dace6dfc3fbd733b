"""What is made can be named by a path: no call makes what no other could show, change or remove."""

import pytest

from tests import builders as a
from tests import gateway
from tests.unit.doors import APPLICATION, BITCASTER, DOORS, Caller

# A path has their owner's id in it, so that one with a slash would be another path.
IN_PATH = {
    "novu v1 update",
    "novu v2 patch",
    "novu PUT credentials",
    "novu PATCH credentials",
    "bitcaster address",
    "bitcaster put user",
    "bitcaster patch user",
}
MAKING = [door for door in DOORS if door.name not in IN_PATH]
UNNAMEABLE = ["org/42", "/", "a/", ".", ".."]
each_id = pytest.mark.parametrize("id", UNNAMEABLE)


@pytest.fixture
def ports():
    ports = a.world()
    ports.event_types.save(a.TENANT, a.event_type("paid", application=APPLICATION), expected=None)
    with gateway.using(ports):
        yield ports


@pytest.fixture
def caller(ports):
    return Caller.of(ports)


@each_id
@pytest.mark.parametrize("door", MAKING, ids=repr)
def test_a_person_whom_no_path_could_name_is_refused(ports, caller, door, id):
    said = door.knock(caller, id, {"first_name": "Ana"})
    caller.fan_out()

    assert "one part of a path" in said.refused
    assert id not in ports.subscribers.by_tenant[a.TENANT]


BODIES = {
    "a bare recipient": ("POST", "/v1/events/trigger", {"name": "welcome", "to": "ID"}),
    "a bare actor": (
        "POST",
        "/v1/events/trigger",
        {"name": "welcome", "to": "ana", "actor": "ID"},
    ),
    "a tenant of an event": (
        "POST",
        "/v1/events/trigger",
        {"name": "welcome", "to": "ana", "tenant": {"identifier": "ID"}},
    ),
    "a context's id in an event": (
        "POST",
        "/v1/events/trigger",
        {"name": "welcome", "to": "ana", "context": {"region": "ID"}},
    ),
    "a context in an event": (
        "POST",
        "/v1/events/trigger",
        {"name": "welcome", "to": "ana", "context": {"region": {"id": "ID", "data": {}}}},
    ),
    "a context in a broadcast": (
        "POST",
        "/v1/events/trigger/broadcast",
        {"name": "welcome", "payload": {}, "context": {"region": {"id": "ID"}}},
    ),
    "a tenant": ("POST", "/v1/tenants", {"identifier": "ID", "name": "x"}),
    "a topic": ("POST", "/v1/topics", {"key": "ID", "name": "x"}),
    "a topic of v2": ("POST", "/v2/topics", {"key": "ID", "name": "x"}),
    "a context": ("POST", "/admin/v1/contexts", {"identifier": "ID"}),
    "topics": ("POST", "/admin/v1/topics", {"topics": [{"key": "ID"}]}),
}


def filled(value, id):
    match value:
        case dict():
            return {name: filled(inner, id) for name, inner in value.items()}
        case list():
            return [filled(inner, id) for inner in value]
        case _:
            return id if value == "ID" else value


@each_id
@pytest.mark.parametrize("made", BODIES)
def test_whatever_no_path_could_name_is_refused(ports, caller, made, id):
    method, path, body = BODIES[made]
    before = ports.contents()

    answer = caller(method, path, filled(body, id))

    assert answer.status in {400, 422}
    assert "one part of a path" in answer.text
    assert ports.contents() == before


@pytest.mark.parametrize("id", ["org:42", "org|42", "org%2F42", "a b", "ana@example.com", "..."])
def test_other_signs_are_taken(caller, id):
    assert caller("POST", "/v2/subscribers", {"subscriberId": id}).status == 201
    assert caller("POST", "/v2/topics", {"key": id, "name": "x"}).status in {200, 201}


def test_a_user_whose_address_has_a_slash_is_refused(caller):
    body = {"email": "a/b@example.com", "first_name": "", "last_name": ""}

    answer = caller("POST", f"{BITCASTER}/u", body)

    assert answer.status == 400
    assert "one part of a path" in answer.text
