"""Integrations: what was written is read again, whoever's spelling it was written in."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.tenancy.quotas import Quotas
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a
from tests import canaries, gateway
from tests.unit.confluent.conftest import BASE, integration

ALL = "/integrations"
TEAMS = "https://prod-1.westeurope.logic.azure.com/workflows/x"
TARGETS = [
    {"kind": "Slack", "webhook_url": canaries.SLACK_URL},
    {"kind": "MsTeams", "webhook_url": TEAMS},
    {"kind": "Webhook", "url": canaries.WEBHOOK_URL},
]


def sent(url):
    return dict(parse_qsl(urlsplit(url).query))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target["kind"])
@pytest.mark.parametrize("suffix", ["", "Target"])
def test_what_was_made_is_shown_as_it_was_given(acme, target, suffix):
    body = {
        "display_name": "On call",
        "description": "Wakes somebody",
        "target": target | {"kind": target["kind"] + suffix},
    }

    answer = acme("POST", ALL, body)

    made = answer.json
    url = f"{BASE}/notifications/v1/integrations/{made['id']}"
    assert answer.status == 201
    assert answer.headers["location"] == url
    assert made == {
        "api_version": "notifications/v1",
        "kind": "Integration",
        "id": made["id"],
        "metadata": {
            "self": url,
            "resource_name": f"crn://carillon/organization=acme/integration={made['id']}",
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
        },
        "display_name": "On call",
        "description": "Wakes somebody",
        "target": target,
    }
    assert acme.ok("GET", f"{ALL}/{made['id']}") == made
    assert acme.ok("GET", ALL)["data"] == [made]


def test_what_clients_send_besides_is_ignored(acme, slack):
    junk = {
        "api_version": "notifications/v1",
        "kind": "Integration",
        "id": "",
        "metadata": {"self": "https://confluent.cloud/_", "resource_name": ""},
        "surprise": [1],
    }

    made = acme.ok("POST", ALL, slack | junk)

    assert made["id"]
    assert made["target"] == slack["target"]


def test_a_webhook_made_here_takes_notices_and_is_signed(acme, ports, webhook):
    made = acme.ok("POST", ALL, webhook)

    settings = ports.integrations.get("acme", made["id"]).settings
    assert settings["format"] == "notice"
    assert settings["secret"] not in str(made)


def test_only_what_is_given_changes(acme, ports, webhook):
    made = acme.ok("POST", ALL, webhook | {"description": "Wakes somebody"})
    secret = ports.integrations.get("acme", made["id"]).settings["secret"]
    ports.clock.advance(60)
    one = f"{ALL}/{made['id']}"

    renamed = acme.ok("PATCH", one, {"display_name": "Night shift"})
    moved = acme.ok("PATCH", one, {"target": {"kind": "WebhookTarget", "url": "https://b.example"}})

    assert renamed["target"] == made["target"]
    assert renamed["metadata"]["updated_at"] == "2026-01-01T00:01:00Z"
    assert (moved["display_name"], moved["description"]) == ("Night shift", "Wakes somebody")
    assert moved["target"] == {"kind": "Webhook", "url": "https://b.example"}
    assert ports.integrations.get("acme", made["id"]).settings["secret"] == secret
    assert acme.ok("GET", one) == moved
    assert acme.ok("PATCH", one, {}) | {"metadata": ""} == moved | {"metadata": ""}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"target": {"kind": "Slack"}}, "/target/webhook_url"),
        ({"target": {"kind": "Slack", "webhook_url": "nowhere"}}, "/target/webhook_url"),
        ({"target": {"kind": "RoleEmail", "role_name": "x"}}, "/target/kind"),
        ({"target": {"kind": "Webhook", "url": "nowhere"}}, "/target/url"),
        ({"target": {"kind": "Webhook"}}, "/target/url"),
        ({"display_name": "x" * 65}, "/display_name"),
    ],
)
def test_what_cannot_be_is_a_422_and_changes_nothing(acme, webhook, change, pointer):
    made = acme.ok("POST", ALL, webhook)

    error = acme.refused(422, "PATCH", f"{ALL}/{made['id']}", change)

    assert error["code"] == "invalid_configuration"
    assert error["source"] == {"pointer": pointer}
    assert acme.ok("GET", f"{ALL}/{made['id']}") == made


@pytest.mark.parametrize("after", TARGETS, ids=lambda target: target["kind"])
@pytest.mark.parametrize("before", TARGETS, ids=lambda target: target["kind"])
def test_a_targets_kind_changes_in_place_as_terraform_has_it(acme, ports, before, after):
    """Its provider updates a block of another kind, and reads back what it wrote."""
    made = acme.ok("POST", ALL, {"display_name": "On call", "target": before})
    other = {
        "display_name": "Other",
        "target": before | dict.fromkeys(before.keys() - {"kind"}, TEAMS),
    }
    acme.ok("POST", ALL, other)
    subscribed = {"notification_type": {"id": "welcome"}, "integrations": [{"id": made["id"]}]}
    subscription = acme.ok("POST", "/subscriptions", subscribed)
    wanted = after | {"kind": after["kind"] + "Target"}

    changed = acme.ok("PATCH", f"{ALL}/{made['id']}", {"target": wanted})

    assert changed | {"metadata": ""} == made | {"metadata": "", "target": after}
    assert acme.ok("GET", f"{ALL}/{made['id']}") == changed
    assert acme.ok("GET", f"/subscriptions/{subscription['id']}") == subscription
    stored = ports.integrations.get("acme", made["id"])
    assert stored.channel is ports.of("acme").providers.get(stored.provider).channel
    for channel in (Channel.WEBHOOK, Channel.CHAT):
        of_it = [i for i in ports.of("acme").integrations.all() if i.channel is channel]
        assert [i.primary for i in of_it].count(True) <= 1


def test_what_was_on_its_way_goes_to_the_target_of_the_new_kind(acme, ports):
    made = acme.ok("POST", ALL, {"display_name": "On call", "target": TARGETS[0]})
    subscribed = {"notification_type": {"id": "welcome"}, "integrations": [{"id": made["id"]}]}
    acme.ok("POST", "/subscriptions", subscribed)
    fan_out(
        a.job(a.invocation("i1", event="welcome", recipients=()), id="j1"), ports=ports.of("acme")
    )

    acme.ok("PATCH", f"{ALL}/{made['id']}", {"target": TARGETS[2]})
    for chunk in ports.queues.chunks:
        deliver(chunk, ports=ports.of("acme"), time_left=lambda: 60)

    assert [request.url for request in ports.egress.requests] == [canaries.WEBHOOK_URL]


@pytest.mark.parametrize("kind", ["RoleEmail", "UserEmail", "InApp", "slack", ""])
def test_only_three_kinds_are_made_here(acme, kind):
    error = acme.refused(422, "POST", ALL, integration(kind, webhook_url=canaries.SLACK_URL))

    assert error["source"] == {"pointer": "/target/kind"}
    assert acme.ok("GET", ALL)["metadata"]["total_size"] == 0


def test_a_secret_is_not_said_again_in_an_error(acme):
    body = integration("Webhook", url=f"http://receiver.example/{canaries.MARK}")

    assert not canaries.found(acme("POST", ALL, body).text)


def test_a_removed_integration_is_gone(acme, slack):
    one = f"{ALL}/{acme.ok('POST', ALL, slack)['id']}"

    removed = acme("DELETE", one)

    assert (removed.status, removed.text) == (204, "")
    for method in ("GET", "PATCH", "DELETE"):
        acme.refused(404, method, one, {})


def test_another_tenants_is_as_absent_as_none(acme, globex, slack):
    theirs = globex.ok("POST", ALL, slack)["id"]

    for method in ("GET", "PATCH", "DELETE"):
        foreign = acme.refused(404, method, f"{ALL}/{theirs}", {})
        unknown = acme.refused(404, method, f"{ALL}/nothing", {})
        assert foreign["detail"].replace(theirs, "") == unknown["detail"].replace("nothing", "")
    assert globex.ok("GET", f"{ALL}/{theirs}")


@pytest.mark.parametrize("id", ["x" * 256, "%00", "%F0%9F%94%94", "a%23b", "%20"])
def test_an_id_that_could_never_be_is_not_found(acme, id):
    acme.refused(404, "GET", f"{ALL}/{id}")


def test_the_same_again_is_a_409_that_says_where_it_is(acme, slack):
    made = acme.ok("POST", ALL, slack)

    answer = acme("POST", ALL, slack)

    assert answer.status == 409
    assert answer.headers["location"] == made["metadata"]["self"]
    assert answer.json["errors"][0]["code"] == "resource_already_exists"
    acme.ok("POST", ALL, slack | {"display_name": "Another"})


def test_one_too_many_is_a_402(acme, ports, slack, webhook):
    here = len(ports.integrations.all("acme"))
    with gateway.using(replace(ports, quotas=Quotas(integrations=here + 1))):
        acme.ok("POST", ALL, slack)
        error = acme.refused(402, "POST", ALL, webhook)
        total = acme.ok("GET", ALL)["metadata"]["total_size"]

    assert error["code"] == "quota_exceeded"
    assert total == 1


def test_what_is_subscribed_cannot_go(acme, slack):
    id = acme.ok("POST", ALL, slack)["id"]
    subscription = acme.ok(
        "POST",
        "/subscriptions",
        {"notification_type": {"id": "welcome"}, "integrations": [{"id": id}]},
    )

    error = acme.refused(409, "DELETE", f"{ALL}/{id}")
    acme.ok("DELETE", f"/subscriptions/{subscription['id']}")

    assert subscription["id"] in error["detail"]
    acme.ok("DELETE", f"{ALL}/{id}")


def test_what_was_made_elsewhere_is_shown_if_this_api_can_say_it(acme, ports):
    hook = a.webhook("int_a", name="x" * 100, description="y" * 200)
    teams = a.integration(
        "msteams", Channel.CHAT, id="int_b", name="", settings={"webhook_url": TEAMS}
    )
    for made in (hook, teams):
        ports.integrations.put("acme", made)

    shown = acme.ok("GET", ALL)["data"]

    assert [each["id"] for each in shown] == ["int_a", "int_b"]  # neither SES nor Slack's bot
    assert len(shown[0]["display_name"]) == 64
    assert len(shown[0]["description"]) == 128
    assert shown[1]["display_name"] == "msteams"
    acme.refused(404, "GET", f"{ALL}/int_ses")
    acme.refused(404, "DELETE", f"{ALL}/int_ses")


def test_a_list_is_walked_by_its_urls(acme):
    for number in range(5):
        acme.ok("POST", ALL, integration("Webhook", f"n{number}", url=canaries.WEBHOOK_URL))

    first = acme.ok("GET", ALL, page_size="2")
    second = acme.ok("GET", ALL, **sent(first["metadata"]["next"]))
    third = acme.ok("GET", ALL, **sent(second["metadata"]["next"]))

    names = [[i["display_name"] for i in page["data"]] for page in (first, second, third)]
    assert [len(page) for page in names] == [2, 2, 1]
    assert sorted(name for page in names for name in page) == ["n0", "n1", "n2", "n3", "n4"]
    assert first["kind"] == "IntegrationList"
    assert "next" not in third["metadata"]
    assert "prev" not in first["metadata"]
    for page in (first, second, third):
        assert page["metadata"]["total_size"] == 5
        assert acme.ok("GET", ALL, **sent(page["metadata"]["first"])) == first
        assert acme.ok("GET", ALL, **sent(page["metadata"]["last"])) == third
    assert acme.ok("GET", ALL, **sent(third["metadata"]["prev"])) == second
    assert acme.ok("GET", ALL, **sent(second["metadata"]["prev"])) == first
    assert first["metadata"]["next"].startswith(f"{BASE}/notifications/v1/integrations?")


def test_an_empty_list_has_one_empty_page(acme):
    page = acme.ok("GET", ALL)

    assert page["data"] == []
    assert page["metadata"]["first"] == page["metadata"]["last"]
    assert "next" not in page["metadata"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "251"}, "page_size"),
        ({"page_size": "many"}, "page_size"),
        ({"page_token": "x" * 513}, "page_token"),
        ({"page_token": "x"}, "page_token"),
        ({"page_token": "WyJhIl0"}, "page_token"),
        ({"num_doors": "2"}, "num_doors"),
    ],
)
def test_what_cannot_be_asked_for_is_a_400_that_names_the_parameter(acme, query, parameter):
    error = acme.refused(400, "GET", ALL, **query)

    assert error["code"] == "invalid_filter"
    assert error["source"] == {"parameter": parameter}
