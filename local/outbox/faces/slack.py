"""Slack: an incoming webhook's one-word answers, or the API's 200 with `ok`."""

from collections.abc import Callable

from local.outbox.face import Arrival, Reply, as_json, text

HOSTS = ("slack.com",)
_AT_WEBHOOKS = {
    "action_prohibited": 403,
    "channel_is_archived": 410,
    "channel_not_found": 404,
    "invalid_blocks": 400,
    "invalid_payload": 400,
    "invalid_token": 403,
    "no_service": 404,
    "no_text": 400,
    "rate_limited": 429,
    "rollup_error": 500,
    "user_not_found": 400,
}
_OF_METHODS = (
    "account_inactive fatal_error internal_error invalid_auth is_archived missing_scope"
    " msg_too_long not_authed not_in_channel ratelimited restricted_action token_revoked"
)


def _failure(word: str) -> Callable[[Arrival], Reply]:
    def answer(arrival: Arrival) -> Reply:
        if "api" in arrival.segments:
            return as_json({"ok": False, "error": word})
        return text(word, _AT_WEBHOOKS.get(word, 400))

    return answer


FAILURES = {word: _failure(word) for word in (*_AT_WEBHOOKS, *_OF_METHODS.split())}


def success(arrival: Arrival) -> Reply:
    if "api" not in arrival.segments:
        return text("ok")
    channel = arrival.field("channel") or ""
    return as_json({"ok": True, "channel": channel, "ts": f"1700000000.{arrival.id:06d}"})
