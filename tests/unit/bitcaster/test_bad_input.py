"""Whatever is sent, Bitcaster's clients can read the answer, and it is never our own fault."""

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carillon.domain.tenancy.access import KeyReach, Scope
from tests import builders as a
from tests import gateway
from tests.unit.bitcaster.conftest import SHOP, TRIGGER, Api

ORG = "/api/o/acme"
CALLS = [
    ("POST", TRIGGER, ("context", "options")),
    ("GET", f"{SHOP}/e/", ()),
    ("GET", f"{ORG}/p/", ()),
    ("GET", f"{ORG}/c/", ()),
    ("GET", f"{ORG}/u/", ()),
    ("POST", f"{ORG}/u/", ("email", "first_name", "last_name", "custom_fields")),
    ("PATCH", f"{ORG}/u/ana/", ("first_name", "locked", "custom_fields", "_mode")),
    ("PUT", f"{ORG}/u/ana/", ("first_name", "locked", "custom_fields", "_mode")),
    ("POST", f"{ORG}/u/ana/addresses/", ("value", "name")),
    ("POST", f"{ORG}/p/shop/d/", ("name",)),
    ("GET", f"{ORG}/p/shop/d/staff/m/", ()),
    ("POST", f"{ORG}/p/shop/d/staff/add/", ()),
    ("POST", f"{SHOP}/register/", ("username", "email", "addresses", "active", "custom_fields")),
    ("POST", f"{SHOP}/unregister/ana/", ()),
]
KINDS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
OPTIONS = ("limit_to", "channels", "environs", "filters")

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
lookups = st.sampled_from(["username", "email__in", "custom_fields__a__gt", "locked__isnull", "x"])
filters = st.fixed_dictionaries(
    {side: values | st.dictionaries(lookups, values, max_size=2) for side in ("include", "exclude")}
)
options = values | st.dictionaries(st.sampled_from(OPTIONS), values | filters, max_size=4)


def bodies(fields):
    """Bodies that nearly fit, and those that do not at all."""
    named = {name: options if name == "options" else values for name in fields}
    fitting = st.fixed_dictionaries({}, optional=named) if named else values
    return (
        fitting.map(json.dumps)
        | values.map(json.dumps)
        | st.text(max_size=30)
        | st.binary(max_size=30)
    )


def world():
    ports = a.world()
    event = a.event_type("paid", application="shop/orders", media={})
    ports.event_types.save(a.TENANT, event, expected=None)
    ports.subscribers.save(a.TENANT, [a.subscriber("ana", email="ana@example.com")])
    return ports


@pytest.mark.parametrize(("method", "path", "fields"), CALLS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_answer_is_one_that_the_client_can_read(method, path, fields, data):
    body = data.draw(bodies(fields))
    query = data.draw(st.dictionaries(st.sampled_from(["cid", "cursor"]), st.text(max_size=10)))
    kind = data.draw(
        st.sampled_from(
            ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
        )
    )
    with gateway.using(world()) as ports:
        key = gateway.issue_key(ports, a.TENANT, *Scope)
        api = Api(ports, key).with_key(application="shop/orders", reach=KeyReach.ORGANIZATION)

        answer = api(method, path, body, query=query, content_type=kind)

    assert answer.status in {200, 201, 400, 404, 413}, answer.text
    assert json.loads(answer.text) is not None
    if answer.status >= 400:
        assert isinstance(answer.json, dict)


@settings(max_examples=150, deadline=None)
@given(words=st.lists(st.text(min_size=1, max_size=12), min_size=3, max_size=3), data=st.data())
def test_whatever_a_path_names_the_answer_is_bitcasters(words, data):
    segments = [quote(word, safe="") for word in words]
    template = data.draw(
        st.sampled_from(
            [
                ("POST", "/p/{}/a/{}/e/{}/trigger/"),
                ("GET", "/p/{}/a/{}/e/"),
                ("GET", "/p/{}/d/{}/m/"),
                ("GET", "/c/{}/"),
                ("GET", "/u/{}/"),
                ("PATCH", "/u/{}/"),
                ("POST", "/p/{}/d/{}/add/"),
                ("POST", "/p/{}/a/{}/unregister/{}/"),
            ]
        )
    )
    with gateway.using(world()) as ports:
        key = gateway.issue_key(ports, a.TENANT, *Scope)
        api = Api(ports, key).with_key(application="shop/orders", reach=KeyReach.ORGANIZATION)

        answer = api(template[0], ORG + template[1].format(*segments), "{}")

    assert answer.status in {200, 400, 404, 405}, answer.text
    assert isinstance(answer.json, dict | list)
