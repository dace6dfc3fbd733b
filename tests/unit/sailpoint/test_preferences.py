"""A tenant's preferences: what a notification is sent by, whoever wants to hear of it."""

from functools import partial

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.access import Scope
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from functions.sailpoint.notification_preferences.app import handler
from tests import builders as a
from tests import fakes, gateway
from tests.unit.sailpoint.test_send_test_notification import SLACK, taken

EVERY = ["EMAIL", "SLACK", "TEAMS", "INBOX"]


@pytest.fixture
def ports():
    world = a.world(egress=fakes.Egress(taken))
    world.event_types.save(a.TENANT, a.event_type("another"), expected=None)
    own = a.integration("slack", Channel.CHAT, id="int_own", identifier="own", settings=SLACK)
    world.integrations.put(a.TENANT, own)
    with gateway.using(world):
        yield world


def ask(key, method, path, body=None, **query):
    first, _, rest = path.removeprefix("/").partition("/")
    version, name = ({"version": first}, rest) if first[0] in "bvl" else ({}, f"{first}/{rest}")
    member = name.removeprefix("notification-preferences").strip("/")
    given = version | ({"proxy": member} if member else {})
    bearer = {"authorization": f"Bearer {key}", "x-sailpoint-experimental": "true"}
    return gateway.call(handler, method, path, body, path_parameters=given, query=query, **bearer)


@pytest.fixture
def acme(ports):
    return partial(ask, gateway.issue_key(ports, a.TENANT, *Scope))


@pytest.fixture
def globex(ports):
    return partial(ask, gateway.issue_key(ports, "globex", *Scope))


def put(acme, *mediums, **fields):
    body = {"key": "welcome", "mediums": list(mediums), **fields}
    return acme("PUT", "/v2026/notification-preferences/welcome", body)


def requests_of(ports):
    """What an event that goes to a person and to an integration makes."""
    person = a.person("ana", email="ana@example.com", channels=(a.slack_address("ana"),))
    ports.subscriptions.put(a.TENANT, a.subscription(Target.INTEGRATION, "int_own"))
    fan_out(a.job(a.invocation("i1", person)), ports=ports.of(a.TENANT))
    for chunk in ports.queues.chunks:
        deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: 60.0)
    return ports.egress.requests


def test_until_something_is_said_all_mediums_are_on(acme):
    answer = acme("GET", "/v2026/notification-preferences/welcome").json

    assert answer["mediums"] == EVERY
    assert (answer["key"], answer["ccList"], answer["bccList"]) == ("welcome", [], [])
    assert answer["modified"].endswith("Z")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/beta/notification-preferences/welcome", list),
        ("/v2024/notification-preferences/welcome", list),
        ("/v2026/notification-preferences/welcome", dict),
        ("/notification-preferences/v1/welcome", dict),
        ("/notification-preferences/welcome", dict),
        ("/v2025/notification-preferences/{key}", list),
        ("/notification-preferences/v1", list),
        ("/notification-preferences", list),
    ],
)
def test_each_version_answers_in_its_own_shape(acme, path, kind):
    answer = acme("GET", path)

    assert answer.status == 200
    assert type(answer.json) is kind


def test_all_of_them_are_listed(acme):
    path = "/v2026/notification-preferences"

    assert [row["key"] for row in acme("GET", path, sorters="key").json] == ["another", "welcome"]
    found = acme("GET", path, filters='key in ("welcome")', count="true")
    assert ([row["key"] for row in found.json], found.headers["x-total-count"]) == (
        ["welcome"],
        "1",
    )
    available = acme("GET", path, filters='key eq "another"', filterUnavailableMediums="true").json
    assert available[0]["mediums"] == ["EMAIL"]


def test_what_was_put_is_answered_and_kept(acme):
    copies = {"ccList": [{"type": "STATIC_EMAIL", "email": "cy@example.com"}], "bccList": []}

    answer = put(acme, "EMAIL", "TEAMS", **copies)

    assert answer.status == 200
    assert answer.json["mediums"] == ["EMAIL", "TEAMS"]
    assert answer.json["ccList"][0]["email"] == "cy@example.com"
    assert acme("GET", "/v2026/notification-preferences/welcome").json == answer.json


def test_a_medium_that_is_off_is_sent_by_to_nobody(acme, ports):
    put(acme, "EMAIL", "TEAMS", "INBOX")

    [request] = requests_of(ports)

    assert request.arguments["Destination"]["ToAddresses"] == ["ana@example.com"]


def test_with_every_medium_on_it_goes_everywhere(acme, ports):
    put(acme, *EVERY)

    assert len(requests_of(ports)) == 3


def test_without_mediums_it_is_disabled(acme, ports):
    put(acme)

    assert requests_of(ports) == []


def test_copies_go_out_with_every_mail(acme, ports):
    cc, bcc = "cy@example.com", "di@example.com"
    put(
        acme,
        "EMAIL",
        ccList=[{"type": "STATIC_EMAIL", "email": cc}],
        bccList=[{"type": "STATIC_EMAIL", "email": bcc}],
    )

    [request] = requests_of(ports)

    assert request.arguments["Destination"]["CcAddresses"] == [cc]
    assert request.arguments["Destination"]["BccAddresses"] == [bcc]


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "another"},
        {"key": None},
        {"mediums": None},
        {"mediums": ["PHONE"]},
        {"mediums": "EMAIL"},
        {"mediums": ["SLACK"], "ccList": [{"type": "STATIC_EMAIL", "email": "a@b.example"}]},
        {"ccList": [{"type": "IDENTITY", "id": "x"}]},
        {"ccList": [{"type": "STATIC_EMAIL", "email": "nobody"}]},
        {"ccList": [{"type": "STATIC_EMAIL", "email": f"{n}@b.example"} for n in range(6)]},
        {
            "ccList": [{"type": "STATIC_EMAIL", "email": "a@b.example"}],
            "bccList": [{"type": "STATIC_EMAIL", "email": "A@b.example"}],
        },
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(acme, changes):
    body = {"key": "welcome", "mediums": ["EMAIL"]} | changes

    answer = acme("PUT", "/v2026/notification-preferences/welcome", body)

    assert answer.status == 400
    assert answer.json["causes"]
    assert acme("GET", "/v2026/notification-preferences/welcome").json["mediums"] == EVERY


def test_an_unknown_key_and_another_tenants_are_not_found(acme, globex):
    assert acme("GET", "/beta/notification-preferences/no-such").status == 404
    assert globex("GET", "/beta/notification-preferences/welcome").status == 404
    body = {"key": "welcome", "mediums": []}
    assert globex("PUT", "/beta/notification-preferences/welcome", body).status == 404
    assert acme("PUT", "/beta/notification-preferences", body).status == 404
