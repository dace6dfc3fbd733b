"""Notification templates: defaults, a tenant's own in their place, and what they can say."""

import json
import re
from functools import partial
from importlib import import_module

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.tenancy.access import Scope
from tests import builders as a
from tests import canaries, fakes, gateway
from tests.unit.sailpoint.test_send_test_notification import SLACK, TEAMS, taken

OWN = {
    "key": "welcome",
    "medium": "EMAIL",
    "locale": "en",
    "subject": "Hello $user.name",
    "body": "<p>You have ${count} of $__esc.html($things)</p>",
    "description": "Ours",
}
BLOCKS = json.dumps([{"type": "section", "text": {"type": "mrkdwn", "text": "*$count* wait"}}])
CARD = {
    "type": "AdaptiveCard",
    "version": "1.4",
    "body": [{"type": "TextBlock", "text": "$count wait"}],
}
ROUTES = (
    (r"/notification-templates", "notification_templates"),
    (r"/notification-templates/bulk-delete", "delete_notification_templates"),
    (r"/notification-templates/(?P<id>[^/]+)", "notification_template"),
    (r"/notification-template-defaults", "notification_template_defaults"),
    (r"/notification-template-context", "notification_template_context"),
    (
        r"/notification-template-variables/(?P<key>[^/]+)/(?P<medium>[^/]+)",
        "notification_template_variables",
    ),
    (r"/send-test-notification", "send_test_notification"),
)


@pytest.fixture
def ports():
    world = a.world(egress=fakes.Egress(taken))
    world.integrations.put(a.TENANT, a.integration("slack", Channel.CHAT, settings=SLACK))
    world.integrations.put(a.TENANT, a.integration("msteams", Channel.CHAT, settings=TEAMS))
    with gateway.using(world):
        yield world


def ask(key, method, path, body=None, **query):
    for pattern, folder in ROUTES:
        if match := re.fullmatch(pattern, path):
            handler = import_module(f"functions.sailpoint.{folder}.app").handler
            given = {"version": "beta", **match.groupdict()}
            bearer = {"authorization": f"Bearer {key}"}
            return gateway.call(
                handler, method, f"/beta{path}", body, path_parameters=given, query=query, **bearer
            )
    raise AssertionError(path)


@pytest.fixture
def acme(ports):
    return partial(ask, gateway.issue_key(ports, a.TENANT, *Scope))


@pytest.fixture
def globex(ports):
    return partial(ask, gateway.issue_key(ports, "globex", *Scope))


def upserted(acme, **changes):
    answer = acme("POST", "/notification-templates", OWN | changes)
    assert answer.status == 200, answer.text
    return answer.json


def sent(acme, ports, medium, **context):
    """The request that a test of these words makes."""
    body = {"key": "welcome", "medium": medium, "context": context}
    assert acme("POST", "/send-test-notification", body).status == 204
    return ports.egress.requests[-1]


def cause(answer):
    assert answer.status == 400, answer.text
    return answer.json["causes"][0]["text"]


def test_a_template_is_given_back_as_it_was_written(acme):
    saved = upserted(acme)

    assert OWN.items() <= saved.items()
    assert {"id", "name", "created", "modified", "header", "footer", "from"} <= set(saved)
    assert acme("GET", f"/notification-templates/{saved['id']}").json == saved
    assert acme("GET", "/notification-templates").json == [saved]


def test_its_words_are_said_in_the_place_of_the_default_ones(acme, ports):
    default = sent(acme, ports, "EMAIL", number=7).arguments["Content"]["Simple"]
    upserted(acme)

    simple = sent(acme, ports, "EMAIL", user={"name": "Ana"}, count=4, things="<b>").arguments[
        "Content"
    ]["Simple"]

    assert "Your number is 7" in default["Body"]["Text"]["Data"]
    assert simple["Subject"]["Data"] == "Hello Ana"
    assert simple["Body"] == {
        "Html": {"Data": "<p>You have 4 of &lt;b&gt;</p>", "Charset": "UTF-8"}
    }


def test_saving_it_again_replaces_it(acme, ports):
    first = upserted(acme)
    ports.clock.advance(60)

    second = upserted(acme, body="Only text")

    assert second["id"] == first["id"]
    assert second["created"] == first["created"]
    assert second["modified"] > first["modified"]
    assert len(acme("GET", "/notification-templates").json) == 1
    body = sent(acme, ports, "EMAIL").arguments["Content"]["Simple"]["Body"]
    assert body == {"Text": {"Data": "Only text", "Charset": "UTF-8"}}


def test_slacks_blocks_are_sent_as_blocks(acme, ports):
    own = {"text": "You have $count", "blocks": BLOCKS, "attachments": "[]", "approvalId": "x"}

    saved = upserted(acme, medium="SLACK", body=None, slackTemplate=own)

    message = json.loads(sent(acme, ports, "SLACK", count=4).body)
    assert message["blocks"][0]["text"]["text"] == "*4* wait"
    assert "You have 4" in message["text"]
    assert "attachments" not in message
    assert saved["slackTemplate"] == own


@pytest.mark.parametrize(
    "card",
    [
        CARD,
        {
            "type": "message",
            "attachments": [
                {"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}
            ],
        },
    ],
)
def test_teams_cards_are_sent_as_cards(acme, ports, card):
    own = {"title": "Tasks", "text": "You have $count", "messageJSON": json.dumps(card)}

    upserted(acme, medium="TEAMS", body=None, subject=None, teamsTemplate=own)

    message = json.loads(sent(acme, ports, "TEAMS", count=4).body)
    content = message["attachments"][0]["content"]
    assert content["body"] == [{"type": "TextBlock", "text": "4 wait"}]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"body": "a\n#parse('x')"}, "line 2"),
        ({"subject": "S", "body": "a\nb\n{% if %}"}, "line 3"),
        ({"body": "{{ name }} and $name"}, "keep to one of them"),
        ({"body": "{{ name }}", "subject": "#if($x)y#end"}, "keep to one of them"),
        (
            {"body": "a\n$__util.getIdentityDetailsByID($id)"},
            "line 2: the method getIdentityDetailsByID",
        ),
        ({"body": "a\n\n#macro(x)#end"}, "line 3: #macro is not supported"),
        ({"subject": "$__util.now()"}, "subject line 1"),
        ({"header": "x"}, "header"),
        ({"footer": ""}, "footer"),
        ({"from": "ceo@globex.example"}, "from"),
        ({"replyTo": "ceo@globex.example"}, "replyTo"),
        ({"body": None, "subject": None}, "body"),
        ({"medium": "PHONE"}, "medium"),
        ({"locale": "English!"}, "locale"),
        ({"slackTemplate": {"text": "x"}}, "slackTemplate"),
        ({"teamsTemplate": {"text": "x"}}, "teamsTemplate"),
        ({"medium": "SLACK", "slackTemplate": {"blocks": "{"}}, "slackTemplate.blocks"),
        ({"medium": "SLACK", "slackTemplate": {"blocks": "{}"}}, "slackTemplate.blocks"),
        ({"medium": "TEAMS", "teamsTemplate": {"messageJSON": "[]"}}, "teamsTemplate.messageJSON"),
        ({"medium": "SLACK", "slackTemplate": {"blocks": "[" * 900 + "]" * 900}}, "deeper"),
        ({"medium": "SLACK", "slackTemplate": {"blocks": "[" * 30_000}}, "not JSON"),
        (
            {"medium": "TEAMS", "teamsTemplate": {"messageJSON": '{"body": [], "speak": "x"}'}},
            "speak",
        ),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_place(acme, changes, why):
    answer = acme("POST", "/notification-templates", OWN | changes)

    assert why in cause(answer)
    assert acme("GET", "/notification-templates").json == []


def test_a_key_must_be_there_already(acme, globex):
    for caller, key in ((acme, "no-such"), (globex, "welcome")):
        answer = caller("POST", "/notification-templates", OWN | {"key": key})
        assert answer.status == 400
        assert answer.json["detailCode"] == "400.1.404 Referenced object not found"


def test_the_senders_own_address_may_be_named(acme):
    named = dict.fromkeys(("from", "replyTo"), "$__global.emailFromAddress")

    assert named.items() <= upserted(acme, **named).items()


@pytest.mark.parametrize("id", ["no-such", "x", "", "%00", "d2VsY29tZXxQSE9ORXxlbg", "é"])
def test_an_unknown_id_is_not_found(acme, globex, id):
    saved = upserted(acme)

    assert acme("GET", f"/notification-templates/{id or '-'}").status == 404
    assert globex("GET", f"/notification-templates/{saved['id']}").status == 404


def test_deleted_templates_leave_the_default_ones(acme, ports):
    upserted(acme)
    upserted(acme, locale="de")
    upserted(acme, medium="SLACK", body="For Slack")
    delete = partial(acme, "POST", "/notification-templates/bulk-delete")

    assert delete([{"key": "welcome", "medium": "EMAIL", "locale": "en"}]).status == 204
    rest = acme("GET", "/notification-templates", sorters="medium").json
    assert [(t["medium"], t["locale"]) for t in rest] == [("EMAIL", "de"), ("SLACK", "en")]
    assert delete([{"key": "welcome"}, {"key": "no-such"}]).status == 204

    assert acme("GET", "/notification-templates").json == []
    assert canaries.TEXT in str(sent(acme, ports, "EMAIL", number=1).arguments)


@pytest.mark.parametrize("body", [{}, [], [{}], [{"key": "x", "medium": "PHONE"}], [1]])
def test_what_names_no_templates_deletes_none(acme, body):
    assert acme("POST", "/notification-templates/bulk-delete", body).status == 400


def test_collections_are_filtered_sorted_and_counted(acme):
    upserted(acme)
    upserted(acme, medium="SLACK", body="x")

    found = acme("GET", "/notification-templates", filters='medium eq "SLACK"', count="true")
    page = acme("GET", "/notification-templates", sorters="-medium", limit="1", offset="1")

    assert [t["medium"] for t in found.json] == ["SLACK"]
    assert found.headers["x-total-count"] == "1"
    assert [t["medium"] for t in page.json] == ["EMAIL"]
    assert acme("GET", "/notification-templates", filters='body eq "x"').status == 400
    assert acme("GET", "/notification-templates", limit="251").status == 400


def test_defaults_are_what_administrators_made(acme, ports):
    slack = a.template(medium=Channel.CHAT, provider="slack", native={"blocks": []}, body="Own")
    ports.templates.put(a.TENANT, slack)
    upserted(acme)

    rows = acme("GET", "/notification-template-defaults", sorters="medium").json

    assert [row["medium"] for row in rows] == ["EMAIL", "SLACK", "TEAMS"]
    assert {(row["key"], row["name"], row["locale"]) for row in rows} == {
        ("welcome", "welcome", "en")
    }
    assert rows[0]["subject"] == "Hello {{ subscriber.firstName }}"
    assert (rows[1]["slackTemplate"]["text"], rows[1]["slackTemplate"]["blocks"]) == ("Own", "[]")
    assert "Your number" in rows[2]["teamsTemplate"]["text"]


def test_a_default_can_be_sent_back_changed_in_its_own_language(acme, ports):
    [default] = acme("GET", "/notification-template-defaults", filters='medium eq "EMAIL"').json
    changed = {**default, "body": default["body"] + " And {{ more }}."}

    assert acme("POST", "/notification-templates", changed).status == 200

    text = sent(acme, ports, "EMAIL", number=7, more="less").arguments["Content"]["Simple"]["Body"]
    assert "Your number is 7" in text["Text"]["Data"]
    assert text["Text"]["Data"].endswith("And less.")


def test_the_context_says_what_every_template_can(acme):
    answer = acme("GET", "/notification-template-context").json

    assert answer["attributes"]["productName"] == a.TENANT
    assert answer["attributes"]["emailFromAddress"] == "hello@carillon.example"
    assert "default" in answer["attributes"]["brandingConfigs"]
    assert answer["created"]


def test_variables_are_those_of_the_schema_and_the_sample(acme, ports):
    schema = {"type": "object", "properties": {"order": {"type": "string", "description": "No."}}}
    event = a.event_type(
        "shipped", input_schema=schema, sample={"order": "A-1", "lines": [], "n": 1, "on": True}
    )
    ports.event_types.save(a.TENANT, event, expected=None)

    answer = acme("GET", "/notification-template-variables/shipped/EMAIL").json

    assert (answer["key"], answer["medium"]) == ("shipped", "EMAIL")
    own = {v["key"]: (v["type"], v["example"]) for v in answer["templateVariables"]}
    assert own == {
        "lines": ("array", []),
        "n": ("number", 1),
        "on": ("boolean", True),
        "order": ("string", "A-1"),
    }
    assert answer["templateVariables"][-1]["description"] == "No."
    assert "__recipient.name" in {v["key"] for v in answer["globalVariables"]}
    for path in ("no-such/EMAIL", "shipped/SLACK", "shipped/PHONE"):
        assert acme("GET", f"/notification-template-variables/{path}").status == 404


def test_templates_need_the_scope(ports):
    key = gateway.issue_key(ports, a.TENANT, Scope.EVENT_TRIGGER)

    for _, folder in ROUTES:
        handler = import_module(f"functions.sailpoint.{folder}.app").handler
        for method in ("GET", "POST"):
            answer = gateway.call(handler, method, "/x", {}, authorization=f"Bearer {key}")
            assert answer.status in {403, 405}
