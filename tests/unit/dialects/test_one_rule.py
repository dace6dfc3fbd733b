"""A field of a person is checked and merged by one rule, whichever call names it."""

import pytest

from carillon.dialects import common
from carillon.domain.audience.subscribers import DATA_LIMIT
from tests import builders as a
from tests import gateway
from tests.unit.doors import ADDRESSES, APPLICATION, DOORS, NAMES, WHO, Caller

STORED = {
    "email": WHO,
    "phone": "+39061234567",
    "first_name": "Ana",
    "last_name": "Ruiz",
    "avatar": "https://example.com/ana.png",
    "locale": "it-IT",
    "timezone": "Europe/Rome",
    "data": {"plan": "gold"},
}
GOOD = {
    "email": "ana.ruiz@mail.example.org",
    "phone": "+1 (202) 555-0143",
    "first_name": "Ána María 🎈",
    "last_name": "O'Neill-Ruiz",
    "avatar": "/avatars/ana.png",
    "locale": "de-CH",
    "timezone": "America/Argentina/Buenos_Aires",
    "data": {},
}
KEPT = {"phone": "+12025550143"}  # in E.164
MALFORMED = {
    "email": [
        "not an email", "a@b", "a@.b", "a@b.", "a b@c.example", "a@c.example,b@c.example",
        "a@c.example\r\nBcc: x@y.example", "x" * 250 + "@c.example", 5, True, ["a@c.example"],
    ],
    "phone": ["abc", "+", "12", "+1" * 40, "123\n456", "++39061234567", True, {}],
    "first_name": ["x" * 256, "A\nB", "A\u2028B", "A\x00", {}],
    "last_name": ["x" * 256, "A\r\nB", "A\x85B", ["A"]],
    "avatar": ["https://x.example/" + "x" * 2048, "a\nb", "javascript:alert(1)", {}],
    "locale": ["not a locale", "e", "en/US", "de-" + "x" * 40, {}],
    "timezone": [
        "Mars/Phobos", "UTC+2", "Europe", "../etc/passwd", "/etc/localtime", "x" * 300, {},
    ],
    "data": [{"text": "x" * DATA_LIMIT}, "text", [1]],
}  # fmt: skip
REPLACES = "bitcaster put user"  # its names are what they are from now on
CASES = [
    pytest.param(door, field, id=f"{door} {field}") for door in DOORS for field in sorted(door.sets)
]
TEXTS = [case for case in CASES if case.values[1] != "data"]
WRONG = [
    pytest.param(door, field, value, id=f"{door} {field} {n}")
    for door in DOORS
    for field in sorted(door.sets)
    for n, value in enumerate(MALFORMED[field])
]


@pytest.fixture
def ports():
    ports = a.world()
    ports.event_types.save(a.TENANT, a.event_type("paid", application=APPLICATION), expected=None)
    keep(ports, STORED)
    with gateway.using(ports):
        yield ports


@pytest.fixture
def caller(ports):
    return Caller.of(ports)


def keep(ports, fields):
    ports.subscribers.by_tenant[a.TENANT][WHO] = a.subscriber(WHO, **fields)


def stored(ports):
    [ana] = ports.subscribers.get_many(a.TENANT, [WHO]).values()
    return {name: getattr(ana, name) for name in STORED}


def is_value(door, field):
    """Whether it is sent as the `value` of an address, which is required."""
    name = door.name
    return name == "bitcaster address" or (name == "bitcaster register" and field == "phone")


def shown(door, field):
    """The field's name in the dialect's words."""
    if door.name.startswith("bitcaster"):
        return "value" if is_value(door, field) else field
    first, *rest = field.split("_")
    return field if door.name.startswith("admin") else first + "".join(map(str.title, rest))


@pytest.mark.parametrize(("door", "field"), CASES)
def test_what_is_good_is_stored(ports, caller, door, field):
    keep(ports, {name: value for name, value in STORED.items() if name not in ADDRESSES})

    said = door.knock(caller, WHO, {field: GOOD[field]})

    assert not said.refused
    assert stored(ports)[field] == KEPT.get(field, GOOD[field])


NATIONAL = ["(415) 555-2671", "0171 1234567", "4155552671", "491701234567", "0049 171 1234567"]
NO_NUMBER = ["+4155552671", "+999123456", "tel:+491701234567", "+49 170 1234567 ext. 5"]


@pytest.mark.parametrize("phone", [*NATIONAL, *NO_NUMBER])
@pytest.mark.parametrize("door", [door for door in DOORS if "phone" in door.sets], ids=repr)
def test_a_phone_number_without_its_country_is_refused_when_it_is_given(ports, caller, door, phone):
    said = door.knock(caller, WHO, {"phone": phone})

    assert said.refused
    assert stored(ports)["phone"] == STORED["phone"]


@pytest.mark.parametrize(("door", "field"), TEXTS)
def test_what_is_empty_changes_nothing(ports, caller, door, field):
    said = door.knock(caller, WHO, {field: ""})

    assert bool(said.refused) == is_value(door, field)
    assert stored(ports) == (STORED | {field: ""} if door.name == REPLACES else STORED)


@pytest.mark.parametrize(("door", "field"), CASES)
def test_null_changes_nothing_but_where_the_contract_says_that_it_clears(
    ports, caller, door, field
):
    said = door.knock(caller, WHO, {field: None})

    assert bool(said.refused) == is_value(door, field)
    assert stored(ports) == (STORED | {field: None} if door.null_clears else STORED)


@pytest.mark.parametrize(("door", "field", "value"), WRONG)
def test_what_is_malformed_is_refused_by_name_and_changes_nothing(
    ports, caller, door, field, value
):
    said = door.knock(caller, WHO, {field: value})

    assert shown(door, field) in said.refused
    assert stored(ports) == STORED


def test_every_field_of_a_person_is_in_the_table():
    assert set(STORED) == set(GOOD) == set(MALFORMED)
    assert set().union(*(door.sets for door in DOORS)) == set(STORED) >= ADDRESSES | NAMES


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "Etc/GMT+5", "Asia/Kolkata"])
def test_a_time_zone_is_one_of_the_database(name):
    assert common.is_time_zone(name)
