"""Refusals of addresses that were alive: each was met or is documented where its source says.

A worker that takes one of them for a death sends nothing to that person any more.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

_GH = "https://github.com"
_RCPT = MappingProxyType({"smtp-command": "rcpt"})
_SISIMAI = "sisimai/rb-sisimai/tree/master/lib/sisimai/reason"  # what servers write, by its reason
_SLACK = "https://docs.slack.dev/reference/methods/chat.postMessage#errors"
_MATTERMOST = "mattermost/mattermost/blob/master/server/channels/app/webhook.go"
_ZULIP = "zulip/zulip/blob/main/zerver/lib/exceptions.py"
_META = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes"
_EXPO = "https://docs.expo.dev/push-notifications/sending-notifications/#individual-errors"
_SNS = "https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors"
_SES = "https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html"


class Case(NamedTuple):
    provider: str
    status: int
    body: str
    source: str
    headers: Mapping[str, str] = MappingProxyType({})


_MAIL = [
    ("554 5.7.1 <recipient@example.com>: Relay access denied", "postalserver/postal/issues/647"),
    ("550 relay not permitted!", "postalserver/postal/issues/647"),
    ("550 5.7.1 Relaying denied", "jan-vince/smallcontactform/issues/95"),
    ("550 5.7.1, Relaying denied.", "nodemailer/nodemailer/issues/1480"),
    ("550 relay not permitted", "namshi/docker-smtp/issues/77"),
    ("550 Relay denied for <admin@example.org>", "mailcow/mailcow-dockerized/issues/2095"),
    (
        "554 5.7.1 <test@example.com>: Relay access denied",
        "docker-mailserver/docker-mailserver/issues/385",
    ),
    ("550 Invalid recipient", "OpenSMTPD/OpenSMTPD/issues/541"),
    (
        "550-mailbox unavailable\n550 Failure sending mail. Try again later",
        "jstedfast/MailKit/issues/968",
    ),
    (
        "550-mailbox unavailable\n550 Failure sending mail. Try again later.",
        "nodemailer/nodemailer/issues/1555",
    ),
    (
        "550 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.spamhaus.org",
        "docker-mailserver/docker-mailserver/issues/1927",
    ),
    (
        "550 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.spamhaus.org",
        "nodemailer/nodemailer/issues/1089",
    ),
    (
        (
            "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using "
            "zen.spamhaus.org; "
            "Error: open resolver"
        ),
        "simple-login/app/issues/2675",
    ),
    (
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
        "MailScanner/v5/issues/634",
    ),
    (
        "554-Service unavailable; Client host [192.0.2.1] blocked using\n554-Barracuda Reputation;",
        "getconversio/email-deep-validator/pull/20",
    ),
    (
        "550 5.7.1 Mail from IP 192.0.2.1 was rejected due to listing in Spamhaus SBL.",
        "devmehq/email-validator-js/issues/100",
    ),
    (
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked by RBL",
        "reacherhq/check-if-email-exists/issues/1110",
    ),
    (
        "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
        "roundcube/roundcubemail/issues/7990",
    ),
    (
        "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
        "maxsptz/emailpyspam/issues/23",
    ),
    (
        "550 5.4.1 [a@example.com]: Recipient address rejected: Access denied",
        "sisimai/rb-sisimai/issues/77",
    ),
    (
        "554 5.7.1 <a@example.com>: Recipient address rejected: Access denied",
        "Turgon37/docker-smtp-relay/issues/25",
    ),
    ("550 5.7.606 Access denied, banned sending IP [192.0.2.1].", "JamBrain/JamBrain/issues/271"),
    (
        "550 5.7.501 Access denied, spam abuse detected.",
        "dougperkes/Visual-Graph-Explorer/issues/1",
    ),
    (
        (
            "550-5.7.1 [192.0.2.1 12] Our system has detected that this message is\n"
            "550-5.7.1 likely unsolicited mail."
        ),
        "postalserver/postal/issues/266",
    ),
    (
        (
            "550-Verification failed for <user@example.com>\n550-The mail server does not "
            "recognize user@example.com as a valid sender.\n550 Sender verify failed"
        ),
        "docker-mailserver/docker-mailserver/issues/2257",
    ),
    (
        (
            "550-Verification failed for <minesh@sender.example>\n550-No Such User Here\n"
            "550 Sender verify failed"
        ),
        "mailcow/mailcow-dockerized/issues/2544",
    ),
    (
        "550-Verification failed for <a@b.example>\n550-Unrouteable\n550 Sender verify failed",
        "PHPMailer/PHPMailer/issues/1187",
    ),
    (
        (
            "550-Verification failed for <a@example.com>\n550 The account or domain may not "
            "exist, they "
            "may be blacklisted, or missing the proper dns entries."
        ),
        "postalserver/postal/issues/607",
    ),
    (
        "550 Verification failed for <my@domain.example> Sender verify failed",
        "haraka/Haraka/issues/3346",
    ),
    (
        (
            "550 5.7.23 <a@example.com>: Recipient address rejected: Message rejected due to: "
            "SPF fail "
            "- not authorized."
        ),
        "simple-login/app/issues/1556",
    ),
    ("550 You are not allowed to send email", "miracle2k/dockerfiles/issues/12"),
    ("550 ip in prison", "ActiveCampaign/smtp-field-manual/issues/11"),
    ("554 5.7.1 : Sender address rejected: Dumb.", "ActiveCampaign/smtp-field-manual/issues/11"),
    (
        "550 5.7.1 : Recipient address rejected: Inactive MailBox, not poped for 6 months",
        "ActiveCampaign/smtp-field-manual/issues/11",
    ),
    (
        (
            "554 delivery error: dd Sorry, your message cannot be delivered. This mailbox is "
            "disabled "
            "(554.30)."
        ),
        "sisimai/p5-sisimai/issues/312",
    ),
    ("550 #5.1.0 Address rejected.", "customeros/mailsherpa/issues/19"),
    ("550 5.1.6 recipient no longer on server", "customeros/mailsherpa/issues/19"),
    (
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        _SISIMAI,
    ),
    ("553 Relaying disallowed", "go-gomail/gomail/issues/174"),
    ("553 5.1.8 <a@example.com>: Sender address rejected", _SISIMAI),
    ("550 5.1.8 Access denied, bad outbound sender", _SISIMAI),
    ("550 SPF check failed", _SISIMAI),
    ("550 Rejected because 203.0.113.9 is in a black list", "vexim/vexim2/pull/205"),
    (
        "550 Recipient address rejected: Email Sending Quota Exceeded",
        "PHPMailer/PHPMailer/issues/2113",
    ),
    ("550 5.4.5 Daily user sending quota exceeded.", "PHPMailer/PHPMailer/issues/2113"),
    ("550 5.4.5 Daily SMTP relay limit exceeded for user.", "gophish/gophish/issues/1604"),
    ("552 user over quota. (#5.1.1)", _SISIMAI),
    ("552 5.2.2 The email account that you tried to reach is over quota", _SISIMAI),
    ("550 5.2.1 The email account that you tried to reach is disabled.", _SISIMAI),
    ("550 5.1.1 Account temporary locked", _SISIMAI),
    ("550 5.1.1 recipient rejected: temporarily inactive", _SISIMAI),
    ("550 5.1.1 mailbox is full", _SISIMAI),
    ("550 5.1.1 Mailbox currently suspended", _SISIMAI),
    ("550 5.1.1 <a@example.com>... blocked by our anti-spam policy", _SISIMAI),
    (
        "550 mail server requires authentication when attempting to send to non-local",
        _SISIMAI,
    ),
    ("550 not allowed to relay through this machine", _SISIMAI),
    ("550 Unable to relay for a@example.com", _SISIMAI),
    ("550 5.7.1 Client host rejected: cannot find your hostname", _SISIMAI),
    ("550 IP/domain reputation problems", _SISIMAI),
    (
        "550 we do not accept mail from hosts with dynamic IP or generic dns PTR-records",
        _SISIMAI,
    ),
    ("550 5.7.0 Local Policy Violation", _SISIMAI),
    ("550 5.5.1 Too many recipients", _SISIMAI),
    ("550", "hyvor/relay/issues/258"),
]


def _slack(error: str) -> str:
    return json.dumps({"ok": False, "error": error})


def _meta(code: int) -> str:
    return json.dumps({"error": {"code": code, "message": f"(#{code})", "type": "OAuthException"}})


def _ticket(error: str) -> str:
    return json.dumps({"data": {"status": "error", "details": {"error": error}}})


def _fcm(code: str, status: int) -> str:
    return json.dumps({"error": {"code": status, "details": [{"errorCode": code}]}})


def _error(code: str) -> str:
    return json.dumps({"error": {"code": code, "message": "no"}})


_NOT_SUBSCRIBED = (
    '{"id": "", "recipients": 0, "errors": ["All included players are not subscribed"]}'
)
_INVALID = '{"id": "", "recipients": 0, "errors": {"invalid_player_ids": ["x"]}}'
_RC = "RocketChat/Rocket.Chat"

_OTHERS = [
    ("slack", 200, _slack("channel_not_found"), "getsentry/sentry/pull/119600"),
    ("slack", 200, _slack("channel_not_found"), "mishk0/slack-bot-api/issues/97"),
    ("slack", 200, _slack("not_in_channel"), "slackapi/slack-github-action/issues/186"),
    ("slack", 200, _slack("user_not_found"), "slackapi/python-slack-sdk/issues/345"),
    ("slack", 200, _slack("is_archived"), _SLACK),
    ("slack", 404, "channel_not_found", "ashwanthkumar/slack-java-webhook/issues/5"),
    ("slack", 404, "no_service", "slackapi/slack-github-action/issues/249"),
    ("slack", 404, "No hooks", "slackapi/hubot-slack/issues/57"),
    ("slack", 404, "", "kubereboot/kured/issues/299"),
    ("slack", 410, "channel_is_archived", _SLACK),
    ("msteams", 404, _error("WorkflowNotFound"), "dgtlmoon/changedetection.io/issues/3411"),
    (
        "msteams",
        400,
        _error("WorkflowTriggerIsNotEnabled"),
        "microsoft/coe-starter-kit/issues/8684",
    ),
    (
        "msteams",
        404,
        _error("WorkflowTriggerIsNotEnabled"),
        "microsoft/coe-starter-kit/issues/8684",
    ),
    ("msteams", 404, "", "MicrosoftDocs/msteams-docs/issues/12662"),
    (
        "mattermost",
        400,
        '{"id": "web.incoming_webhook.invalid.app_error"}',
        _MATTERMOST,
    ),
    (
        "mattermost",
        404,
        '{"id": "web.incoming_webhook.channel.app_error"}',
        "mattermost/mattermost/issues/29791",
    ),
    (
        "mattermost",
        500,
        '{"id": "web.incoming_webhook.channel.app_error", "status_code": 500}',
        "bitbackofen/Rss-Atom-Feed-Integration-for-Mattermost/issues/16",
    ),
    (
        "rocket-chat",
        400,
        '{"success": false, "errorType": "error-invalid-room"}',
        f"{_RC}/issues/22256",
    ),
    (
        "rocket-chat",
        400,
        '{"success": false, "errorType": "error-invalid-user"}',
        f"{_RC}/issues/22256",
    ),
    ("rocket-chat", 400, '{"success": false, "error": "error-not-allowed"}', f"{_RC}/issues/26605"),
    ("rocket-chat", 400, '{"success": false, "error": "error-not-allowed"}', f"{_RC}/issues/29503"),
    ("rocket-chat", 400, '{"success": false, "error": "room_is_blocked"}', f"{_RC}/issues/17400"),
    ("zulip", 400, '{"result": "error", "code": "STREAM_DOES_NOT_EXIST"}', _ZULIP),
    ("zulip", 401, '{"result": "error", "code": "USER_DEACTIVATED"}', _ZULIP),
    (
        "getstream",
        404,
        '{"code": 16, "message": "no"}',
        "https://getstream.io/chat/docs/rest/#api-errors",
    ),
    (
        "grafana-on-call",
        403,
        "<h1>403 Forbidden</h1>",
        "grafana/oncall/blob/dev/engine/apps/integrations/views.py",
    ),
    ("discord", 404, "<html>", "https://discord.com/developers/docs/topics/rate-limits"),
    (
        "discord",
        401,
        '{"message": "401: Unauthorized", "code": 0}',
        "discord/discord-api-docs/issues/6851",
    ),
    (
        "discord",
        500,
        '{"message": "500: Internal Server Error", "code": 0}',
        "discord/discord-api-docs/issues/2925",
    ),
    ("whatsapp-business", 400, _meta(131030), "Neurotech-HQ/heyoo/issues/94"),
    ("whatsapp-business", 400, _meta(131030), "david-lev/pywa/issues/155"),
    ("whatsapp-business", 400, _meta(131026), "chatwoot/chatwoot/issues/15563"),
    (
        "whatsapp-business",
        400,
        _meta(131026),
        "gabrieldwight/Whatsapp-Business-Cloud-Api-Net/issues/80",
    ),
    ("whatsapp-business", 400, _meta(131026), "tactilenews/100eyes/issues/2076"),
    ("whatsapp-business", 400, _meta(131050), _META),
    ("twilio", 400, '{"code": 21211, "status": 400}', "caronc/apprise/issues/448"),
    (
        "twilio",
        400,
        '{"code": 21608, "status": 400}',
        "https://www.twilio.com/docs/api/errors/21608",
    ),
    ("twilio", 400, '{"code": 21408, "status": 400}', "Stand-With-Crypto/swc-web/pull/1253"),
    ("twilio", 400, '{"code": 21610, "status": 400}', "Stand-With-Crypto/swc-web/pull/1253"),
    (
        "twilio",
        201,
        '{"status": "failed", "error_code": 30003}',
        "tl-its-umich-edu/remote-office-hours-queue/issues/491",
    ),
    (
        "twilio",
        201,
        '{"status": "failed", "error_code": 30006}',
        "tl-its-umich-edu/remote-office-hours-queue/issues/491",
    ),
    (
        "twilio",
        201,
        '{"status": "failed", "error_code": 30005}',
        "https://www.twilio.com/docs/api/errors/30005",
    ),
    ("sns", 400, '{"code": "OptedOut", "message": "PhoneNumber is opted out"}', _SNS),
    (
        "sns",
        400,
        '{"code": "InvalidParameter", "message": "PhoneNumber Reason: +4917 is not valid"}',
        _SNS,
    ),
    (
        "ses",
        400,
        '{"code": "MessageRejected", "message": "Email address is not verified. a@b.example"}',
        _SES,
    ),
    ("one-signal", 200, _NOT_SUBSCRIBED, "OneSignal/OneSignal-Android-SDK/issues/1916"),
    ("one-signal", 200, _NOT_SUBSCRIBED, "OneSignal/OneSignal-Flutter-SDK/issues/887"),
    ("one-signal", 200, _NOT_SUBSCRIBED, "OneSignal/OneSignal-Flutter-SDK/issues/896"),
    ("one-signal", 200, _NOT_SUBSCRIBED, "zeyneloz/onesignal-node/issues/9"),
    ("one-signal", 200, _INVALID, "zeyneloz/onesignal-node/issues/35"),
    ("one-signal", 200, _INVALID, "zeyneloz/onesignal-node/issues/67"),
    ("pushpad", 201, '{"id": 7, "scheduled": 0, "uids": []}', "pushpad/pushpad-php/issues/5"),
    ("expo", 200, _ticket("MismatchSenderId"), _EXPO),
    ("expo", 200, _ticket("InvalidCredentials"), _EXPO),
    ("fcm", 403, _fcm("SENDER_ID_MISMATCH", 403), "firebase/firebase-admin-go/issues/398"),
    ("fcm", 403, _fcm("SENDER_ID_MISMATCH", 403), "laravel-notification-channels/fcm/issues/84"),
    ("fcm", 403, _fcm("SENDER_ID_MISMATCH", 403), "firebase/firebase-admin-dotnet/issues/169"),
    ("fcm", 401, _fcm("THIRD_PARTY_AUTH_ERROR", 401), "firebase/firebase-admin-node/issues/2294"),
    ("fcm", 404, "{}", "https://firebase.google.com/docs/cloud-messaging/error-codes"),
    ("apns", 400, '{"reason": "BadDeviceToken"}', "node-apn/node-apn/issues/483"),
    ("apns", 400, '{"reason": "BadDeviceToken"}', "alexalok/dotAPNS/issues/84"),
    ("apns", 400, '{"reason": "BadDeviceToken"}', "KnuffApp/Knuff/issues/71"),
    ("apns", 400, '{"reason": "BadDeviceToken"}', "edamov/pushok/issues/142"),
    ("apns", 400, '{"reason": "BadDeviceToken"}', "jazzband/django-push-notifications/issues/556"),
    ("apns", 400, '{"reason": "DeviceTokenNotForTopic"}', "rails/action_push_native/pull/4"),
    ("apns", 400, '{"reason": "DeviceTokenNotForTopic"}', "reown-com/push-server/pull/182"),
    ("webhook", 404, "", "imtaqin/waxum/issues/68"),
    ("webhook", 400, "", "medplum/medplum/pull/337"),
    ("webhook", 404, "", "gitlabhq/gitlabhq/pull/8341"),
    ("push-webhook", 404, "", "imtaqin/waxum/issues/68"),
    ("http-endpoint", 404, "", "huggingface/hub-docs/pull/2773"),
]


def _reply(text: str) -> tuple[int, str]:
    """Split a reply as an SMTP client does: its code, and its lines without it."""
    code = text[:3]
    return int(code), "\n".join(line.removeprefix(code).lstrip("- ") for line in text.splitlines())


def _url(source: str) -> str:
    return source if source.startswith("https://") else f"{_GH}/{source}"


CASES = [
    *(Case("smtp", *_reply(text), _url(source), _RCPT) for text, source in _MAIL),
    *(Case(id, status, body, _url(source)) for id, status, body, source in _OTHERS),
]
