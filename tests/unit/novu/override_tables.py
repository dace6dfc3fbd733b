"""Every override that Novu publishes: what comes of it here.

The names are those of @novu/framework's schemas, recorded in tests/references/overrides, and those
of Novu's documentation. SES has no schema of its own: Novu sends by it with nodemailer.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.references.overrides import record

RECORDED = json.loads(record.NAMES.read_text())
SECOND = "ab" * 32  # a device token that Apple could have made
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "hi"}}]


class Arrives(NamedTuple):
    """A value, and a text that is then in what the provider is sent."""

    value: Any
    seen: str


# https://docs.novu.co/platform/integrations/email, .../sms, .../push/fcm and .../push/apns
DOCUMENTED: Mapping[str, frozenset[str]] = {
    "ses": frozenset({"senderName"}),
    "nodemailer": frozenset({"senderName"}),
    "twilio": frozenset({"content"}),
    "fcm": frozenset(
        {
            *("android", "apns", "data", "deviceTokens", "fcmOptions", "imageUrl", "topic"),
            *("title", "body", "sound", "type", "webPush"),
        }
    ),
    "apns": frozenset({"deviceTokens", "payload"}),
    "expo": frozenset({"deviceTokens"}),
    "slack": frozenset({"username", "iconEmoji", "attachments"}),
}

_MAIL: Mapping[str, Arrives] = {
    "from": Arrives("Ours <hello@carillon.example>", "Ours <hello@carillon.example>"),
    "senderName": Arrives("Billing", "Billing <hello@carillon.example>"),
    "to": Arrives(["more@acme.example"], "more@acme.example"),
    "cc": Arrives("cc1@acme.example, cc2@acme.example", "cc2@acme.example"),
    "bcc": Arrives([{"address": "bcc@acme.example", "name": "B"}], "bcc@acme.example"),
    "replyTo": Arrives("Help <help@acme.example>", "Help <help@acme.example>"),
    "subject": Arrives("Other\nwords", "Other words"),
    "text": Arrives("only this text", "only this text"),
    "html": Arrives("<b>only this</b>", "<b>only this</b>"),
    "headers": Arrives({"X-Campaign": "spring"}, "spring"),
    "inReplyTo": Arrives("<a@acme.example>", "<a@acme.example>"),
    "references": Arrives("<b@acme.example>", "<b@acme.example>"),
}

ARRIVES: Mapping[str, Mapping[str, Arrives]] = {
    "ses": _MAIL,
    "nodemailer": _MAIL,
    "twilio": {
        "to": Arrives("+15557730199", '"To": ["+15557730199"]'),
        "from": Arrives("+15557730188", '"From": ["+15557730188"]'),
        "body": Arrives("only this", '"Body": ["only this"]'),
        "content": Arrives("only this", '"Body": ["only this"]'),
        "messagingServiceSid": Arrives("MG" + "a" * 32, '"MessagingServiceSid": ["MGa'),
        "mediaUrl": Arrives(["https://acme.example/a.png"], '"MediaUrl": ["https://acme.ex'),
        "statusCallback": Arrives("https://acme.example/s", '"StatusCallback": ["https://acme'),
        "applicationSid": Arrives("AP" + "a" * 32, '"ApplicationSid": ["APa'),
        "contentSid": Arrives("HX" + "a" * 32, '"ContentSid": ["HXa'),
        "contentVariables": Arrives('{"1":"a"}', '"ContentVariables": ["{'),
        "validityPeriod": Arrives(60, '"ValidityPeriod": ["60"]'),
        "attempt": Arrives(2, '"Attempt": ["2"]'),
        "contentRetention": Arrives("discard", '"ContentRetention": ["discard"]'),
        "addressRetention": Arrives("obfuscate", '"AddressRetention": ["obfuscate"]'),
        "riskCheck": Arrives("disable", '"RiskCheck": ["disable"]'),
        "provideFeedback": Arrives(True, '"ProvideFeedback": ["true"]'),
        "smartEncoded": Arrives(True, '"SmartEncoded": ["true"]'),
        "shortenUrls": Arrives(True, '"ShortenUrls": ["true"]'),
        "sendAsMms": Arrives(True, '"SendAsMms": ["true"]'),
        "forceDelivery": Arrives(True, '"ForceDelivery": ["true"]'),
        "persistentAction": Arrives(["geo:1,2"], '"PersistentAction": ["geo:1,2"]'),
    },
    "fcm": {
        "type": Arrives("data", '"data": {"number": "4711", "title": "Hello", "body": "Yours'),
        "title": Arrives("Other", '"title": "Other"'),
        "body": Arrives("Other", '"body": "Other"'),
        "imageUrl": Arrives("https://a.example/i", '"image": "https://a.example/i"'),
        "sound": Arrives("bell", '"aps": {"sound": "bell"}'),
        "data": Arrives({"k": 5}, '"data": {"k": "5"}'),
        "android": Arrives({"ttl": 3_600_000}, '"android": {"ttl": "3600s"}'),
        "apns": Arrives({"payload": {"aps": {"contentAvailable": True}}}, '"content-available": 1'),
        "webPush": Arrives({"fcmOptions": {"link": "/a"}}, '"webpush": {"fcmOptions"'),
        "fcmOptions": Arrives({"analyticsLabel": "a"}, '"fcm_options": {"analyticsLabel": "a"}'),
        "notification": Arrives({"title": "Other"}, '"title": "Other"'),
        "deviceTokens": Arrives(["only"], '"token": "only"'),
        "collapseKey": Arrives("a", '"android": {"collapse_key": "a"}'),
        "priority": Arrives("high", '"android": {"priority": "high"}'),
        "timeToLive": Arrives(60, '"android": {"ttl": "60s"}'),
        "restrictedPackageName": Arrives("com.a", '"restricted_package_name": "com.a"'),
        "contentAvailable": Arrives(True, '"content-available": 1'),
        "mutableContent": Arrives(True, '"mutable-content": 1'),
    },
    "apns": {
        "expiry": Arrives(1_800_000_000, '"apns-expiration": "1800000000"'),
        "priority": Arrives(5, '"apns-priority": "5"'),
        "collapseId": Arrives("orders", '"apns-collapse-id": "orders"'),
        "pushType": Arrives("background", '"apns-push-type": "background"'),
        "threadId": Arrives("orders", '"thread-id": "orders"'),
        "payload": Arrives({"k": 5}, '"k": 5'),
        "aps": Arrives({"badge": 7}, '"badge": 7'),
        "rawPayload": Arrives({"aps": {"alert": "raw"}}, '{"aps": {"alert": "raw"}}'),
        "badge": Arrives(3, '"badge": 3'),
        "sound": Arrives("ping.aiff", '"sound": "ping.aiff"'),
        "alert": Arrives({"title": "T", "body": "B"}, '"alert": {"title": "T", "body": "B"}'),
        "contentAvailable": Arrives(True, '"content-available": 1'),
        "mutableContent": Arrives(True, '"mutable-content": 1'),
        "urlArgs": Arrives(["a"], '"url-args": ["a"]'),
        "deviceTokens": Arrives([SECOND], f"/3/device/{SECOND}"),
    },
    "expo": {
        "title": Arrives("Other", '"title": "Other"'),
        "subtitle": Arrives("Under", '"subtitle": "Under"'),
        "body": Arrives("Other", '"body": "Other"'),
        "data": Arrives({"k": 5}, '"data": {"k": 5}'),
        "sound": Arrives("default", '"sound": "default"'),
        "badge": Arrives(1, '"badge": 1'),
        "ttl": Arrives(60, '"ttl": 60'),
        "expiration": Arrives(1_800_000_000, '"expiration": 1800000000'),
        "priority": Arrives("high", '"priority": "high"'),
        "channelId": Arrives("orders", '"channelId": "orders"'),
        "categoryId": Arrives("orders", '"categoryId": "orders"'),
        "mutableContent": Arrives(True, '"mutableContent": true'),
        "deviceTokens": Arrives(["ExponentPushToken[only]"], '"to": "ExponentPushToken[only]"'),
    },
    "slack": {
        "text": Arrives("<@U1> other", '"text": "<@U1> other"'),
        "blocks": Arrives(BLOCKS, '"blocks": [{"type": "section"'),
        "username": Arrives("Carla", '"username": "Carla"'),
        "iconEmoji": Arrives(":bell:", '"icon_emoji": ":bell:"'),
        "attachments": Arrives([{"text": "more"}], '"attachments": [{"text": "more"}]'),
    },
}

# They would have the message go elsewhere, later or not at all, or are no fields of the service.
_MAIL_REFUSED = {"amp", "attachments", "icalEvent", "list", "sender", "watchHtml"}
REFUSED: Mapping[str, set[str]] = {
    "ses": _MAIL_REFUSED,
    "nodemailer": _MAIL_REFUSED,
    "twilio": {"maxPrice", "scheduleType", "sendAt"},
    "fcm": {
        *("condition", "delayWhileIdle", "dryRun", "notificationKey", "registrationIds"),
        *("to", "topic"),
    },
    "apns": {"id", "mdm", "topic"},
    "expo": {"to"},
    "slack": {"webhookUrl"},
}


def published(provider: str) -> set[str]:
    """Return the overrides of a provider that Novu publishes."""
    schema = "nodemailer" if provider == "ses" else provider
    return {*RECORDED["providers"][schema], *DOCUMENTED[provider]}
