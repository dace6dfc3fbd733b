"""Each provider, from Novu's trigger to what the service itself would have received."""

import base64
import json
import time
import uuid
from dataclasses import dataclass, field, replace
from email import message_from_string, policy
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from standardwebhooks import Webhook

from tests import canaries

APP = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
DEVICE = "ab" * 32
EXPO = "ExponentPushToken[xxxxxxxxxxxxxxxxxxxxxx]"
SECRET = canaries.WEBHOOK_SECRET


def pem(key):
    form = serialization.PrivateFormat.PKCS8
    nothing = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, nothing).decode()


APPLE_KEY = pem(ec.generate_private_key(ec.SECP256R1()))
GOOGLE_FILE = {
    "type": "service_account",
    "project_id": "carillon-demo",
    "private_key": pem(rsa.generate_private_key(65_537, 2048)),
    "client_email": "sender@carillon-demo.iam.gserviceaccount.com",
    "token_uri": "https://evil.example/token",
}


@dataclass(frozen=True)
class Case:
    """How a provider is set up and addressed, and what arrives of `It is <what>.` called `News`.

    OUTBOX stands for its URL; in `body` and `headers` WHAT for the run's own word and ID for the
    delivery's id. A header is checked by its beginning.
    """

    path: str
    body: Any
    settings: dict[str, Any] = field(default_factory=dict)
    webhook: str = ""
    channel: str = ""
    device: str = ""
    person: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    http: str = "1.1"


TEXT = f"It is WHAT. {canaries.MARK}"
BOLD = f"**News**\n{TEXT}"
PAYLOAD = {"what": "WHAT"}
WORDS = {"title": "News", "body": TEXT}
CASES = {
    "apns": Case(
        path=f"/apns/3/device/{DEVICE}",
        body={"aps": {"alert": WORDS}, "what": "WHAT"},
        settings={
            "key": APPLE_KEY,
            "key_id": "ABC123DEFG",
            "team_id": "DEF123GHIJ",
            "bundle_id": "com.example.app",
        },
        device=DEVICE,
        headers={
            "authorization": "bearer ey",
            "apns-topic": "com.example.app",
            "apns-push-type": "alert",
            "apns-collapse-id": "ID",
        },
        http="2",
    ),
    "apprise": Case(
        path="/apprise/hook",
        body={
            "version": "1.0",
            "title": "News",
            "message": TEXT,
            "attachments": [],
            "type": "info",
        },
        webhook="json://127.0.0.1:PORT/apprise/hook",
    ),
    "discord": Case(
        path=f"/discord/{canaries.MARK}?wait=true",
        body={"content": BOLD, "allowed_mentions": {"parse": []}},
        webhook="OUTBOX/discord/" + canaries.MARK,
        headers={"user-agent": "Carillon/"},
    ),
    "expo": Case(
        path="/expo/--/api/v2/push/send",
        body={**WORDS, "to": EXPO, "data": PAYLOAD},
        settings={"access_token": canaries.BOT_TOKEN},
        device=EXPO,
        headers={"authorization": f"Bearer {canaries.BOT_TOKEN}"},
    ),
    "fcm": Case(
        path="/fcm/v1/projects/carillon-demo/messages:send",
        body={"message": {"token": "t1", "notification": WORDS, "data": PAYLOAD}},
        settings={"service_account": GOOGLE_FILE},
        device="t1",
        headers={"authorization": "Bearer ya29.local-"},
    ),
    "getstream": Case(
        path="/getstream/channels/team/news/message?api_key=key1",
        body={"message": {"id": "ID", "text": BOLD, "user_id": "bot"}},
        settings={"api_key": "key1", "api_secret": "s" * 40, "user_id": "bot"},
        channel="team:news",
        headers={"stream-auth-type": "jwt", "authorization": "ey"},
    ),
    "grafana-on-call": Case(
        path="/grafana-on-call/integrations/v1/formatted_webhook/tok/",
        body={"alert_uid": "ID", "title": "News", "message": TEXT, "state": "alerting"},
        webhook="OUTBOX/grafana-on-call/integrations/v1/formatted_webhook/tok/",
    ),
    "mattermost": Case(
        path="/mattermost/hooks/x", body={"text": BOLD}, webhook="OUTBOX/mattermost/hooks/x"
    ),
    "msteams": Case(
        path="/msteams/workflows/w/triggers/manual/paths/invoke?sig=s%2F",
        body={
            "type": "message",
            "attachments": [
                {
                    "contentType": "application/vnd.microsoft.card.adaptive",
                    "contentUrl": None,
                    "content": {
                        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                        "type": "AdaptiveCard",
                        "version": "1.4",
                        "msteams": {"width": "Full"},
                        "body": [
                            {
                                "type": "TextBlock",
                                "text": "News",
                                "wrap": True,
                                "weight": "Bolder",
                                "size": "Large",
                                "style": "heading",
                            },
                            {"type": "TextBlock", "text": TEXT, "wrap": True},
                        ],
                    },
                }
            ],
        },
        webhook="OUTBOX/msteams/workflows/w/triggers/manual/paths/invoke?sig=s%2F",
    ),
    "one-signal": Case(
        path="/one-signal/notifications",
        body={
            "app_id": APP,
            "target_channel": "push",
            "include_subscription_ids": [APP],
            "headings": {"en": "News"},
            "contents": {"en": TEXT},
            "data": PAYLOAD,
            "idempotency_key": "SAME",
        },
        settings={"app_id": APP, "api_key": canaries.BOT_TOKEN},
        device=APP,
        headers={"authorization": f"Key {canaries.BOT_TOKEN}"},
    ),
    "push-webhook": Case(
        path="/push-webhook/hook",
        body={
            "target": ["t1"],
            "title": "News",
            "content": TEXT,
            "overrides": {},
            "payload": PAYLOAD,
        },
        settings={"url": "OUTBOX/push-webhook/hook", "secret": SECRET},
        device="t1",
        headers={"webhook-id": "ID", "webhook-signature": "v1,"},
    ),
    "pushpad": Case(
        path="/pushpad/api/v1/projects/123/notifications",
        body={**WORDS, "uids": ["user1"], "custom_data": '{"what":"WHAT"}'},
        settings={"auth_token": canaries.BOT_TOKEN, "project_id": "123"},
        device="user1",
        headers={"authorization": f"Bearer {canaries.BOT_TOKEN}"},
    ),
    "pusher-beams": Case(
        path=f"/pusher-beams/publish_api/v1/instances/{APP}/publishes/users",
        body={
            "users": ["user1"],
            "apns": {"aps": {"alert": WORDS}, "data": PAYLOAD},
            "fcm": {"notification": WORDS, "data": PAYLOAD},
            "web": {"notification": WORDS, "data": PAYLOAD},
        },
        settings={"instance_id": APP, "secret_key": canaries.BOT_TOKEN},
        device="user1",
        headers={"authorization": f"Bearer {canaries.BOT_TOKEN}"},
    ),
    "rocket-chat": Case(
        path="/rocket-chat/api/v1/chat.sendMessage",
        body={"message": {"_id": "ID", "rid": "GENERAL", "msg": f"*News*\n{TEXT}"}},
        settings={
            "base_url": "OUTBOX/rocket-chat",
            "auth_token": canaries.BOT_TOKEN,
            "user_id": "u1",
        },
        channel="GENERAL",
        headers={"x-auth-token": canaries.BOT_TOKEN, "x-user-id": "u1"},
    ),
    "ryver": Case(
        path="/ryver/application/webhook/tok",
        body={"body": BOLD, "createSource": {"displayName": "Carillon", "avatar": None}},
        webhook="OUTBOX/ryver/application/webhook/tok",
    ),
    "slack": Case(
        path="/slack/services/T0/B0/x",
        body={
            "text": f"News\n{TEXT}",
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": "News"}},
                {"type": "section", "text": {"type": "mrkdwn", "text": TEXT}},
            ],
        },
        settings={"bot_token": canaries.BOT_TOKEN},
        webhook="OUTBOX/slack/services/T0/B0/x",
    ),
    "whatsapp-business": Case(
        path="/whatsapp-business/v23.0/10612345/messages",
        body={
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "491701234567",
            "type": "text",
            "text": {"body": f"*News*\n{TEXT}", "preview_url": False},
            "biz_opaque_callback_data": "ID",
        },
        settings={"access_token": canaries.BOT_TOKEN, "phone_number_id": "10612345"},
        person={"phone": "+49 170 1234567"},
        headers={"authorization": f"Bearer {canaries.BOT_TOKEN}"},
    ),
    "zulip": Case(
        path="/zulip/api/v1/messages",
        body={"type": ["stream"], "to": ["orders"], "topic": ["News"], "content": [TEXT]},
        settings={"site": "OUTBOX/zulip", "bot_email": "bot@example.com", "api_key": "k"},
        channel="orders",
        headers={"authorization": "Basic " + base64.b64encode(b"bot@example.com:k").decode()},
    ),
}


def filled(template, **words):
    """The template with each of the words in its place, all through."""
    if isinstance(template, dict):
        return {name: filled(value, **words) for name, value in template.items()}
    if isinstance(template, list):
        return [filled(value, **words) for value in template]
    if isinstance(template, str):
        for word, value in words.items():
            template = template.replace(word, value)
    return template


class Tenant:
    """A tenant with an integration of every provider, and people with one address each."""

    def __init__(
        self, stack, name, *, but=(), media=("email", "chat", "push", "other"), cases=CASES
    ):
        self.stack = stack
        made = stack.admin(
            "POST", "/tenants", {"id": name, "name": name, "senders": ["*"]}, key=stack.operator_key
        )
        self.key = made["key"]["api_key"]
        self.integrations = {}
        self.admin("POST", "/event-types", {"slug": "news", "name": "News"})
        for medium in media:
            words = {
                "medium": medium,
                "subject": "News",
                "body": f"It is {{{{ what }}}}. {canaries.MARK}",
            }
            self.admin("PUT", "/event-types/news/templates", words)
        for provider, case in cases.items():
            self.integrate(provider, case.settings)
        if "ses" not in but:
            self.integrate("ses", {"from": "Carillon <hello@carillon.example>"})

    def integrate(self, provider, settings):
        asked = {"provider": provider, "settings": self.here(settings)}
        self.integrations[provider] = self.admin("POST", "/integrations", asked)["id"]

    def admin(self, method, path, body=None):
        return self.stack.admin(method, path, body, key=self.key)

    def here(self, template, **words):
        outbox = self.stack.outbox_url
        return filled(template, OUTBOX=outbox, PORT=outbox.rpartition(":")[2], **words)

    def send(self, what, provider, *, text="", person="", **address):
        """Trigger the event for somebody; its account once there is one."""
        case = CASES.get(provider) or Case(path="", body=None, **address)
        credentials = {
            "webhookUrl": self.here(case.webhook),
            "channel": case.channel,
            "deviceTokens": [case.device] if case.device else None,
        }
        credentials = {name: value for name, value in credentials.items() if value}
        channel = {"providerId": provider, "credentials": credentials}
        channels = {"channels": [channel]} if credentials else {}
        recipient = {"subscriberId": person or what, **channels, **case.person}
        payload = {"what": text or what}
        event = {"name": "news", "to": recipient, "payload": payload, "transactionId": what}
        self.stack.trigger(event, key=self.key)
        return self.account(what)

    def mail(self, what, address):
        to = {"subscriberId": what, "email": address}
        event = {"name": "news", "to": to, "payload": {"what": what}, "transactionId": what}
        self.stack.trigger(event, key=self.key)
        return self.account(what)

    def account(self, what, patience=15):
        deadline = time.monotonic() + patience
        path = f"/invocations/{what}/deliveries"
        while True:
            answer = self.stack.http.get(
                f"{self.stack.base_url}/admin/v1{path}",
                headers={"authorization": f"Bearer {self.key}"},
                timeout=10,
            )
            items = answer.json()["items"] if answer.ok else []
            # By the other media nobody here has an address.
            if tried := [item for item in items if item["status"] != "skipped"]:
                [account] = tried
                return account
            assert time.monotonic() < deadline, "it is on no account"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def tenant(stack):
    return Tenant(stack, "chatty")


def run():
    return f"run-{uuid.uuid4().hex[:12]}"


@pytest.mark.parametrize("provider", CASES)
def test_a_message_arrives_in_the_services_own_format(stack, tenant, provider):
    what, case = run(), CASES[provider]

    account = tenant.send(what, provider)

    [landed] = stack.wait_for(1, provider=provider, contains=what)
    words = {"WHAT": what, "ID": account["delivery"], "SAME": same_for(account)}
    form = landed["headers"].get("content-type") == "application/x-www-form-urlencoded"
    body = parse_qs(landed["body"]) if form else json.loads(landed["body"])
    assert (account["status"], account["provider"]) == ("sent", provider)
    assert (landed["method"], landed["path"]) == ("POST", case.path)
    assert body == tenant.here(case.body, **words)
    for name, start in case.headers.items():
        assert landed["headers"][name].startswith(tenant.here(start, **words)), name
    assert landed["http_version"] == case.http


def same_for(account):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, account["delivery"]))


def test_slacks_bot_posts_to_a_channel(stack, tenant):
    what = run()
    channel = {"providerId": "slack", "credentials": {"channel": "C1"}}
    event = {
        "name": "news",
        "to": {"subscriberId": what, "channels": [channel]},
        "payload": {"what": what},
        "transactionId": what,
    }
    stack.trigger(event, key=tenant.key)

    [landed] = stack.wait_for(1, provider="slack", contains=what)

    assert landed["path"] == "/slack/api/chat.postMessage"
    assert landed["headers"]["authorization"] == f"Bearer {canaries.BOT_TOKEN}"
    assert json.loads(landed["body"])["channel"] == "C1"
    assert tenant.account(what)["message_id"].startswith("C1:1700000000.")


def test_mail_arrives_by_ses(stack, tenant):
    what = run()

    account = tenant.mail(what, f"{what}@example.com")

    [landed] = stack.wait_for(1, provider="email", contains=what)
    assert landed["headers"]["to"] == f"{what}@example.com"
    assert landed["headers"]["subject"] == "News"
    assert landed["body"].strip() == f"It is {what}. {canaries.MARK}"
    assert account["status"] == "sent"


def test_mail_arrives_by_smtp(stack):
    tenant = Tenant(stack, "postal", but=("ses",))
    settings = {"host": "mail.outbox.example", "from": "Carillon <hello@carillon.example>"}
    tenant.integrate("smtp", {**settings, "username": "u", "password": canaries.BOT_TOKEN})
    what, nobody = run(), run()

    account = tenant.mail(what, f"{what}@example.com")
    refused = tenant.mail(nobody, "nobody@example.com")

    [landed] = stack.wait_for(1, provider="smtp", contains=what)
    mail = message_from_string(landed["body"], policy=policy.default)
    assert landed["path"] == f"/smtp/{what}@example.com"
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "Carillon <hello@carillon.example>",
        f"{what}@example.com",
        "News",
    )
    assert mail["Message-ID"] == f"<{account['delivery']}@carillon.example>"
    assert mail.get_content().strip() == f"It is {what}. {canaries.MARK}"
    assert (account["status"], account["message_id"]) == ("sent", f"{landed['id']:06d}")
    assert (refused["outcome"], refused["code"]) == ("dead", "5.1.1")


def texting(stack, provider, settings):
    """A tenant whose event goes out as a text; what sends one and gives its account."""
    tenant = Tenant(stack, f"texting-{provider}", but=("ses",), media=("sms",), cases={})
    tenant.integrate(provider, settings)

    def send(what, text=""):
        to = {"subscriberId": what, "phone": "+49 170 1234567"}
        payload = {"what": text or what}
        event = {"name": "news", "to": to, "payload": payload, "transactionId": what}
        stack.trigger(event, key=tenant.key)
        return tenant.account(what)

    return send


def test_a_text_leaves_by_twilio_and_a_number_that_takes_none_is_dead(stack):
    account, token = "AC" + "0" * 32, canaries.BOT_TOKEN
    settings = {"account_sid": account, "auth_token": token, "from": "Carillon"}
    send = texting(stack, "twilio", settings)
    what, nobody = run(), run()

    sent, refused = send(what), send(nobody, f"{nobody} fail/21614")

    [landed] = stack.wait_for(1, provider="twilio", contains=what)
    credentials = base64.b64encode(f"{account}:{token}".encode()).decode()
    assert landed["path"] == f"/twilio/2010-04-01/Accounts/{account}/Messages.json"
    assert landed["headers"]["authorization"] == f"Basic {credentials}"
    assert parse_qs(landed["body"]) == {
        "To": ["+491701234567"],
        "From": ["Carillon"],
        "Body": [f"News\nIt is {what}. {canaries.MARK}"],
    }
    assert (sent["status"], sent["message_id"]) == ("sent", f"SM{landed['id']:032x}")
    assert (refused["status"], refused["outcome"]) == ("failed", "dead")


def test_a_text_leaves_by_sns(stack):
    send = texting(stack, "sns", {"sender_id": "Carillon"})
    what = run()

    account = send(what)

    [landed] = stack.wait_for(1, provider="sns", contains=what)
    assert landed["headers"]["to"] == "+491701234567"
    assert landed["body"] == f"News\nIt is {what}. {canaries.MARK}"
    assert (account["status"], account["message_id"]) == ("sent", landed["headers"]["message-id"])


def test_a_push_of_the_tenants_own_service_verifies(stack, tenant):
    what = run()

    tenant.send(what, "push-webhook")

    [landed] = stack.wait_for(1, provider="push-webhook", contains=what)
    assert Webhook(SECRET).verify(landed["body"], landed["headers"])["target"] == ["t1"]


def test_the_access_token_for_fcm_is_got_once_and_at_googles_own_address(stack):
    email = f"{run()}@carillon-demo.iam.gserviceaccount.com"
    settings = {"service_account": GOOGLE_FILE | {"client_email": email}}
    case = replace(CASES["fcm"], settings=settings)
    tenant = Tenant(stack, "fcm-alone", but=("ses",), media=("push",), cases={"fcm": case})
    sent = [run() for _ in range(3)]

    accounts = [tenant.send(what, "fcm") for what in sent]

    assert [account["status"] for account in accounts] == ["sent"] * 3
    questions = [m["body"] for m in stack.messages(provider="fcm") if asked_by(m) == email]
    assert questions
    assert len(set(questions)) == len(questions)  # never the same question twice
    for what in sent:
        [landed] = stack.messages(contains=what)
        assert landed["path"] == case.path


def asked_by(message):
    """The service account that asks Google for a token in this message, if one does."""
    if message["path"] != "/fcm/token":
        return None
    [assertion] = parse_qs(message["body"])["assertion"]
    return jwt.decode(assertion, options={"verify_signature": False})["iss"]


# What a service says with 200, and what it says otherwise; never is any of it called sent.
REFUSALS = [
    ("apns", "Unregistered", "failed", "dead"),
    ("discord", "10015", "failed", "dead"),
    ("expo", "DeviceNotRegistered", "failed", "dead"),  # a 200
    ("fcm", "UNREGISTERED", "failed", "dead"),
    ("getstream", "16", "retrying", "config"),
    ("grafana-on-call", "403", "retrying", "config"),
    ("mattermost", "invalid", "retrying", "config"),
    ("msteams", "WorkflowNotFound", "retrying", "config"),
    ("msteams", "429", "retrying", "retry"),  # a 200
    ("one-signal", "not_subscribed", "failed", "config"),  # a 200
    ("pushpad", "not_subscribed", "failed", "config"),  # a 201
    ("pusher-beams", "413", "failed", "bad"),
    ("push-webhook", "410", "failed", "dead"),
    ("rocket-chat", "error-room-not-found", "retrying", "config"),
    ("rocket-chat", "failed", "failed", "bad"),  # a 200
    ("ryver", "404", "retrying", "config"),
    ("slack", "channel_not_found", "retrying", "config"),
    ("whatsapp-business", "131026", "failed", "config"),
    ("zulip", "STREAM_DOES_NOT_EXIST", "retrying", "config"),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: "-".join(refusal[:2]))
def test_a_refusal_is_on_the_account_and_is_not_called_sent(stack, tenant, refusal):
    provider, code, status, outcome = refusal
    what = run()

    account = tenant.send(what, provider, text=f"{what} fail/{code}")

    assert (account["status"], account["outcome"]) == (status, outcome)
    assert stack.count(provider=provider, contains=what) == 1


def test_a_dead_address_is_skipped_from_then_on_and_the_person_shows_it(stack, tenant):
    first, second, third, person = run(), run(), run(), run()

    tenant.send(first, "fcm", text=f"{first} fail/UNREGISTERED", person=person)
    skipped = tenant.send(second, "fcm", person=person)
    shown = tenant.admin("GET", f"/subscribers/{person}")["dead_addresses"]
    revival = {"subscribers": [{"id": person, "revive": True}]}
    tenant.admin("POST", "/subscribers", revival)
    revived = tenant.send(third, "fcm", person=person)

    assert (skipped["status"], skipped["code"]) == ("suppressed", "UNREGISTERED")
    assert stack.count(provider="fcm", contains=second) == 0
    assert [(d["integration"], d["code"]) for d in shown] == [
        (tenant.integrations["fcm"], "UNREGISTERED")
    ]
    assert revived["status"] == "sent"


def test_a_broken_credential_holds_messages_back_until_it_is_changed(stack):
    tenant = Tenant(stack, "broken")
    id = tenant.integrations["expo"]
    first, second = run(), run()

    refused = tenant.send(first, "expo", text=f"{first} fail/UNAUTHORIZED")
    circuit = tenant.admin("GET", f"/integrations/{id}")["circuit"]
    held = tenant.send(second, "expo")

    assert (refused["status"], refused["outcome"]) == ("retrying", "config")
    assert circuit["code"] == "UNAUTHORIZED"
    assert (held["status"], held["code"], held["attempts"]) == ("retrying", "circuit_open", 0)
    assert stack.count(provider="expo", contains=second) == 0

    changed = tenant.admin(
        "PATCH", f"/integrations/{id}", {"settings": {"access_token": "another"}}
    )
    assert changed["circuit"] is None
