"""Integrations in Novu's words, by its own names of providers and credentials."""

import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from novu_py import models

from carillon.domain.base.channels import Channel
from carillon.domain.tenancy.access import Scope
from tests import builders as a
from tests import canaries


def _pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


ACCOUNT = {
    "type": "service_account",
    "project_id": "carillon-demo",
    "private_key_id": "k1",
    "private_key": _pem(rsa.generate_private_key(65_537, 2048)),
    "client_email": "sender@carillon-demo.iam.gserviceaccount.com",
}
SLACK = {"token": canaries.BOT_TOKEN, "channelId": "C0123456789"}
MAIL = {
    "host": "mail.example",
    "port": "465",
    "user": "carillon",
    "password": canaries.PASSWORD,
    "secure": True,
    "from": "hello@carillon.example",
    "senderName": "Carillon, Inc.",
}
# Credentials as Novu's dashboard asks for them, by provider.
CREDENTIALS = {
    "apns": {
        "secretKey": _pem(ec.generate_private_key(ec.SECP256R1())),
        "apiKey": "ABCDE12345",
        "projectName": "TEAM123456",
        "applicationId": "com.example.app",
        "secure": True,
    },
    "discord": {"webhookUrl": "https://discord.com/api/webhooks/1/x"},
    "expo": {"apiKey": "expo-token"},
    "fcm": {"serviceAccount": json.dumps(ACCOUNT)},
    "getstream": {"apiKey": "key1", "secretKey": "sec", "user": "carillon"},
    "grafana-on-call": {"webhookUrl": "https://oncall.example/x", "title": "T"},
    "mattermost": {"webhookUrl": "https://mattermost.example/hooks/x"},
    "msteams": {"webhookUrl": "https://prod.logic.azure.com/workflows/x"},
    "nodemailer": MAIL,
    "one-signal": {
        "applicationId": "5d1f6c1e-0000-4000-8000-000000000000",
        "apiKey": "one-signal-key",
    },
    "push-webhook": {"webhookUrl": "https://push.example/x", "secretKey": "k" * 24},
    "pushpad": {"apiKey": "pushpad-token", "applicationId": "123"},
    "pusher-beams": {
        "instanceId": "5d1f6c1e-0000-4000-8000-000000000000",
        "secretKey": "pusher-key",
    },
    "rocket-chat": {"baseUrl": "https://chat.example", "token": "tok", "user": "u1"},
    "ryver": {"webhookUrl": "https://acme.ryver.com/application/webhook/x"},
    "ses": {
        "from": "hello@carillon.example",
        "apiKey": "AK",
        "secretKey": "SK",
        "region": "eu-west-1",
    },
    "slack": SLACK,
    "whatsapp-business": {"apiToken": "token", "phoneNumberIdentification": "123"},
    "zulip": {"webhookUrl": "https://zulip.example/api/v1/external/slack?api_key=x"},
}


@pytest.fixture
def create(acme):
    def post(provider="slack", credentials=None, **fields):
        body = {"providerId": provider, "credentials": credentials or SLACK, **fields}
        return acme.ok("POST", "/v1/integrations", body)

    return post


def stored(ports, made):
    return ports.integrations.get(a.TENANT, made["_id"])


@pytest.mark.parametrize("provider", CREDENTIALS)
def test_novus_credentials_configure_the_provider(create, ports, provider):
    made = create(provider, CREDENTIALS[provider], name="Mine", identifier="mine")

    answer = models.IntegrationResponseDto.model_validate(made)
    assert (answer.provider_id, answer.identifier, answer.name) == (provider, "mine", "Mine")
    assert answer.active
    assert stored(ports, made).settings


@pytest.mark.parametrize("provider", CREDENTIALS)
def test_what_was_shown_may_be_sent_back(create, acme, ports, provider):
    made = create(provider, CREDENTIALS[provider])
    before = stored(ports, made).settings

    path = f"/v1/integrations/{made['_id']}"
    again = acme.ok("PUT", path, {"credentials": made["credentials"]})

    assert stored(ports, made).settings == before
    assert again["credentials"] == made["credentials"]


def test_secrets_are_never_shown(create, acme):
    create("slack", SLACK)
    create("nodemailer", MAIL, identifier="mail")

    text = json.dumps(acme.ok("GET", "/v1/integrations"))

    assert not canaries.found(text)
    assert '"password": "***"' in text


def test_a_mail_server_is_set_up_as_nodemailer_says(create, ports):
    made = create("nodemailer", MAIL)

    assert stored(ports, made).settings == {
        "host": "mail.example",
        "port": 465,
        "username": "carillon",
        "password": canaries.PASSWORD,
        "security": "tls",
        "from": '"Carillon, Inc." <hello@carillon.example>',
    }
    assert made["credentials"] == {**MAIL, "password": "***"}
    assert (made["channel"], made["primary"]) == ("email", True)  # none was


def test_aws_keys_are_not_kept(create, ports):
    made = create("ses", CREDENTIALS["ses"])

    assert stored(ports, made).settings == {"from": "hello@carillon.example"}


def test_a_push_service_verifies_with_the_secret_it_had_at_novu(create, ports):
    made = create("push-webhook", CREDENTIALS["push-webhook"])

    settings = stored(ports, made).settings
    assert settings["novu_signature"]
    assert settings["secret"] == "whsec_" + "a2tr" * 8  # Base64 of 24 k


def test_the_feed_is_among_them_and_is_not_made(acme, create):
    found = [
        models.IntegrationResponseDto.model_validate(i) for i in acme.ok("GET", "/v1/integrations")
    ]
    assert [(i.provider_id, i.channel) for i in found if i.channel == "in_app"] == [
        ("novu", "in_app")
    ]

    body = {"providerId": "novu", "channel": "in_app"}
    assert "cannot be created" in acme.problems("POST", "/v1/integrations", body)["providerId"]


def test_a_taken_identifier_is_a_conflict(create, acme, ports):
    create(identifier="team")
    other = create(identifier="other")
    body = {"providerId": "slack", "credentials": SLACK, "identifier": "team"}

    assert acme("POST", "/v1/integrations", body).status == 409
    renamed = acme("PUT", f"/v1/integrations/{other['_id']}", {"identifier": "team"})
    assert renamed.status == 409
    assert stored(ports, other).identifier == "other"


def test_a_request_repeated_with_its_key_finds_what_it_made(acme):
    body = {"providerId": "slack", "credentials": SLACK}
    key = {"idempotency-key": "k1"}

    once = acme.ok("POST", "/v1/integrations", body, headers=key)
    again = acme.ok("POST", "/v1/integrations", body, headers=key)

    assert again == once


def test_an_update_changes_what_it_gives_and_credentials_whole(create, acme, ports):
    made = create("slack", {**SLACK, "webhookUrl": canaries.SLACK_URL})
    path = f"/v1/integrations/{made['_id']}"

    changed = acme.ok("PUT", path, {"active": False, "name": "Renamed", "identifier": "new"})
    assert (changed["active"], changed["name"], changed["identifier"]) == (False, "Renamed", "new")
    assert stored(ports, made).settings["bot_token"] == canaries.BOT_TOKEN

    acme.ok("PUT", path, {"credentials": {"token": "***", "channelId": "C9"}})
    assert stored(ports, made).settings == {"bot_token": canaries.BOT_TOKEN, "channel": "C9"}


def test_what_is_removed_leaves_the_others(create, acme, ports):
    made = create()

    left = acme.ok("DELETE", f"/v1/integrations/{made['_id']}")

    assert made["_id"] not in {each["_id"] for each in left}
    assert {each["identifier"] for each in left} == {"ses", "slack", "in-app"}
    assert acme("DELETE", f"/v1/integrations/{made['_id']}").status == 404


def test_the_active_ones_are_those_that_messages_go_by(create, acme):
    made = create(active=False)

    active = acme.ok("GET", "/v1/integrations/active")

    assert made["_id"] not in {each["_id"] for each in active}
    assert {each["identifier"] for each in active} == {"ses", "slack", "in-app"}


def test_one_integration_of_a_channel_is_primary(create, acme, ports):
    made = create("nodemailer", MAIL, active=False)

    primary = acme.ok("POST", f"/v1/integrations/{made['_id']}/set-primary", {})

    assert (primary["primary"], primary["active"]) == (True, True)
    assert not ports.integrations.get(a.TENANT, "int_ses").primary
    chat = create(identifier="chat")
    path = f"/v1/integrations/{chat['_id']}/set-primary"
    assert "no primary" in acme.problems("POST", path, {})["channel"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"providerId": "carrier-pigeon"}, "providerId"),
        ({"providerId": None}, "providerId"),
        ({"channel": "fax"}, "channel"),
        ({"channel": "email"}, "channel"),
        ({"credentials": []}, "credentials"),
        ({"credentials": {"serviceAccount": "x"}}, "credentials.serviceAccount"),
        ({"credentials": {"token": 7}}, "credentials.token"),
        ({"credentials": {"webhookUrl": "ftp://x"}}, "credentials.webhookUrl"),
        ({"identifier": "a\nb"}, "identifier"),
        ({"kind": "agent"}, "kind"),
        ({"conditions": [{"children": [{"on": "payload"}]}]}, "conditions.0.children.0.on"),
        ({"providerId": "nodemailer", "credentials": {**MAIL, "port": "25"}}, "credentials.port"),
        (
            {"providerId": "nodemailer", "credentials": {**MAIL, "ignoreTls": True}},
            "credentials.ignoreTls",
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_made(acme, ports, fields, field):
    body = {"providerId": "slack", "credentials": SLACK, **fields}

    answer = acme("POST", "/v1/integrations", body)

    assert field in acme.problems("POST", "/v1/integrations", body)
    assert not canaries.found(answer.text)
    assert len(ports.integrations.all(a.TENANT)) == 2


def condition(operator="EQUAL", value="north", **group):
    child = {"on": "tenant", "field": "identifier", "operator": operator, "value": value}
    return [{"isNegated": False, "type": "GROUP", "value": "AND", "children": [child]} | group]


@pytest.mark.parametrize(
    ("conditions", "contexts"),
    [
        ([], ["north", "south", None]),
        (condition(), ["north"]),
        (condition("NOT_EQUAL"), ["south", None]),
        (condition("IN", "north, south"), ["north", "south"]),
        (condition("NOT_IN", "north,south"), [None]),
        (condition(isNegated=True), ["south", None]),
        (condition() + condition(value="south"), ["north", "south"]),
    ],
)
def test_conditions_are_kept_and_choose_by_context(create, ports, conditions, contexts):
    made = create(conditions=conditions)

    found = stored(ports, made)
    assert [c for c in ("north", "south", None) if found.serves(c)] == contexts
    assert len(made["conditions"]) == len(conditions)


def test_an_unknown_integration_is_not_there(acme, globex, create):
    made = create()

    for caller, id in ((acme, "int_nothing"), (globex, made["_id"])):
        assert caller("PUT", f"/v1/integrations/{id}", {"active": False}).status == 404
        assert caller("DELETE", f"/v1/integrations/{id}").status == 404
        assert caller("POST", f"/v1/integrations/{id}/set-primary", {}).status == 404
    assert [i["identifier"] for i in globex.ok("GET", "/v1/integrations")] == ["in-app"]


def test_a_key_that_may_only_trigger_sees_no_integration(with_scopes):
    assert with_scopes(Scope.EVENT_TRIGGER)("GET", "/v1/integrations").status == 403


def test_an_environment_is_the_keys_tenant(acme, with_scopes):
    mine = acme.ok("GET", "/v1/environments/me")

    assert (mine["_id"], mine["_organizationId"]) == (a.TENANT, a.TENANT)
    assert "apiKeys" not in mine
    [listed] = with_scopes(Scope.EVENT_TRIGGER).ok("GET", "/v1/environments")
    models.EnvironmentResponseDto.model_validate(listed)
    assert listed == mine


@pytest.mark.parametrize("channel", Channel)
def test_every_integration_has_a_channel_of_novus(acme, ports, channel):
    """Older clients cannot read one without; webhooks and Apprise are made by other APIs."""
    made = a.integration("webhook", channel)
    ports.integrations.put(a.TENANT, made)

    [shown] = [one for one in acme.ok("GET", "/v1/integrations") if one["_id"] == made.id]

    models.IntegrationResponseDto.model_validate(shown)
    assert shown["channel"] == {"webhook": "chat", "other": "chat"}.get(channel, channel)
