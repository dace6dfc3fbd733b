"""Slack: bare words from incoming webhooks, and 200 with `ok` from its methods.

https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

from tests.unit.providers.vectors.vector import (
    BAD,
    CONFIG,
    DEAD,
    PLACE,
    RETRY,
    SENT,
    UNSURE,
    Vector,
)

DOCS = "https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks"

_BY_METHOD = {
    CONFIG: "channel_not_found is_archived user_not_found "
    "invalid_auth not_authed account_inactive token_revoked token_expired missing_scope "
    "not_in_channel restricted_action",
    BAD: "no_text msg_too_long msg_blocks_too_long invalid_blocks",
    RETRY: "ratelimited rate_limited request_timeout service_unavailable",
    UNSURE: "internal_error fatal_error",
}

VECTORS = [
    Vector(200, "ok", SENT, headers={"x-slack-req-id": "r1"}, message_id="r1"),
    Vector(200, "ok\n", SENT),
    Vector(200, '{"ok":true,"channel":"C1","ts":"1.2"}', SENT, message_id="C1:1.2"),
    Vector(200, "", UNSURE),
    Vector(200, "<html>", UNSURE),
    Vector(200, "{}", UNSURE),
    Vector(204, "", UNSURE),
    Vector(200, '{"ok":"yes"}', UNSURE),
    Vector(200, '{"ok":false,"error":"ok"}', BAD),
    Vector(200, '{"ok":false}', BAD),
    Vector(200, '{"ok":false,"error":"something_new"}', BAD),
    Vector(400, "invalid_payload", BAD),
    Vector(400, "no_text", BAD),
    Vector(400, "invalid_blocks", BAD),
    Vector(400, "too_many_attachments", BAD),
    Vector(400, "something_new", BAD),
    Vector(400, "user_not_found", CONFIG, concerns=PLACE),
    Vector(403, "action_prohibited", CONFIG),
    Vector(403, "posting_to_general_channel_denied", CONFIG),
    Vector(403, "invalid_token", DEAD),
    Vector(404, "channel_not_found", CONFIG, concerns=PLACE),
    Vector(404, "no_service", CONFIG, concerns=PLACE),
    Vector(404, "no_service_id", DEAD),
    Vector(404, "no_team", DEAD),
    Vector(404, "<html>gone</html>", CONFIG, concerns=PLACE),
    Vector(410, "channel_is_archived", CONFIG, concerns=PLACE),
    Vector(403, "team_disabled", CONFIG, concerns=PLACE),
    Vector(302, "", CONFIG),
    Vector(429, "rate_limited", RETRY, headers={"retry-after": "30"}, wait=30),
    Vector(429, "", RETRY),
    Vector(500, "rollup_error", RETRY),
    Vector(503, "", RETRY),
    *(
        Vector(200, f'{{"ok":false,"error":"{code}"}}', outcome, code)
        for outcome, codes in _BY_METHOD.items()
        for code in codes.split()
    ),
]
