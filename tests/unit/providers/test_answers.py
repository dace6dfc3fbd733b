"""What answers mean: tables for what the services say, and chance for what nobody says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carillon.domain.deliveries import Outcome, Result
from carillon.providers import answers, ses, slack, smtp, webhook

SENT, RETRY, DEAD = Outcome.SENT, Outcome.RETRY, Outcome.DEAD
CONFIG, BAD, UNSURE = Outcome.CONFIG, Outcome.BAD, Outcome.UNSURE


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *((s, SENT) for s in (200, 201, 202, 204, 299)),
        *((s, CONFIG) for s in (300, 301, 302, 303, 307, 308, 401, 403, 404)),
        *((s, BAD) for s in (400, 402, 405, 406, 409, 411, 413, 414, 415, 418, 422, 499)),
        *((s, RETRY) for s in (408, 425, 429, 500, 501, 502, 503, 504, 520, 524, 599)),
        (410, DEAD),
    ],
)
def test_a_webhook_is_sorted_by_its_status(status, outcome):
    assert webhook.classify(status, {}, b"whatever").outcome is outcome


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b"ok", SENT),
        (200, b"ok\n", SENT),
        (200, b'{"ok":true,"channel":"C1","ts":"1.2"}', SENT),
        (200, b"", UNSURE),
        (200, b"<html>", UNSURE),
        (200, b"{}", UNSURE),
        (204, b"", UNSURE),
        (200, b'{"ok":"yes"}', UNSURE),
        (200, b'{"ok":false,"error":"ok"}', BAD),
        (200, b'{"ok":false}', BAD),
        (200, b'{"ok":false,"error":"something_new"}', BAD),
        (400, b"invalid_payload", BAD),
        (400, b"no_text", BAD),
        (400, b"invalid_blocks", BAD),
        (400, b"too_many_attachments", BAD),
        (400, b"something_new", BAD),
        (400, b"user_not_found", DEAD),
        (403, b"action_prohibited", CONFIG),
        (403, b"posting_to_general_channel_denied", CONFIG),
        (403, b"invalid_token", DEAD),
        (404, b"channel_not_found", DEAD),
        (404, b"no_service", DEAD),
        (404, b"no_service_id", DEAD),
        (404, b"no_team", DEAD),
        (404, b"<html>gone</html>", DEAD),
        (410, b"channel_is_archived", DEAD),
        (403, b"team_disabled", DEAD),
        (302, b"", CONFIG),
        (429, b"rate_limited", RETRY),
        (429, b"", RETRY),
        (500, b"rollup_error", RETRY),
        (503, b"", RETRY),
        *(
            (200, b'{"ok":false,"error":"%s"}' % code.encode(), outcome)
            for outcome, codes in {
                DEAD: "channel_not_found is_archived user_not_found",
                CONFIG: "invalid_auth not_authed account_inactive token_revoked token_expired "
                "missing_scope not_in_channel restricted_action",
                BAD: "no_text msg_too_long msg_blocks_too_long invalid_blocks",
                RETRY: "ratelimited rate_limited request_timeout service_unavailable",
                UNSURE: "internal_error fatal_error",
            }.items()
            for code in codes.split()
        ),
    ],
)
def test_slack_is_sorted_by_its_words(status, body, outcome):
    assert slack.classify(status, {}, body).outcome is outcome


def test_slacks_messages_have_an_id_where_it_tells_one():
    by_method = slack.classify(200, {}, b'{"ok":true,"channel":"C1","ts":"1.2"}')
    by_webhook = slack.classify(200, {"x-slack-req-id": "r1"}, b"ok")

    assert (by_method.message_id, by_webhook.message_id) == ("C1:1.2", "r1")


@pytest.mark.parametrize(
    ("status", "body", "outcome", "wait"),
    [
        (200, b'{"MessageId":"m1"}', SENT, None),
        (200, b"{}", UNSURE, None),
        (429, b'{"code":"TooManyRequestsException"}', RETRY, None),
        (400, b'{"code":"ThrottlingException"}', RETRY, None),
        (429, b'{"code":"ThrottlingException","message":"Daily message quota"}', RETRY, 3600),
        (400, b'{"code":"LimitExceededException"}', RETRY, 3600),
        (400, b'{"code":"SendingPausedException"}', RETRY, 900),
        (400, b'{"code":"AccountSuspendedException"}', CONFIG, None),
        (400, b'{"code":"MailFromDomainNotVerifiedException"}', CONFIG, None),
        (404, b'{"code":"NotFoundException"}', CONFIG, None),
        (403, b'{"code":"AccessDeniedException"}', CONFIG, None),
        (
            400,
            b'{"code":"MessageRejected","message":"Email address is not verified."}',
            CONFIG,
            None,
        ),
        (400, b'{"code":"MessageRejected","message":"virus"}', BAD, None),
        (400, b'{"code":"BadRequestException"}', BAD, None),
        (500, b"", RETRY, None),
        (400, b'{"code":"SomethingNew"}', BAD, None),
    ],
)
def test_ses_is_sorted_by_its_codes(status, body, outcome, wait):
    result = ses.classify(status, {}, body)

    assert (result.outcome, result.retry_after) == (outcome, wait)


@pytest.mark.parametrize(
    ("status", "command", "text", "outcome", "code"),
    [
        (250, "data", b"2.0.0 Ok: queued as 4F2", SENT, ""),
        (250, "rcpt", b"OK", UNSURE, "smtp_250"),
        (421, "connect", b"4.3.2 later", RETRY, "4.3.2"),
        (450, "rcpt", b"4.2.0 greylisted", RETRY, "4.2.0"),
        (452, "data", b"full", RETRY, "smtp_452"),
        (-1, "mail", b"", RETRY, "smtp_-1"),
        (550, "rcpt", b"5.1.1 no such user", DEAD, "5.1.1"),
        (551, "rcpt", b"not here", DEAD, "smtp_551"),
        (553, "rcpt", b"5.1.3 bad name", DEAD, "5.1.3"),
        (550, "rcpt", b"5.7.1 relay denied", CONFIG, "5.7.1"),
        (552, "rcpt", b"5.2.2 full", BAD, "5.2.2"),
        (552, "data", b"5.3.4 too big", BAD, "5.3.4"),
        (554, "data", b"5.7.1 spam", BAD, "5.7.1"),
        (535, "auth", b"5.7.8 no", CONFIG, "5.7.8"),
        (530, "mail", b"5.7.0 log in", CONFIG, "5.7.0"),
        (534, "auth", b"no", CONFIG, "smtp_534"),
        (554, "connect", b"go away", CONFIG, "smtp_554"),
        (550, "mail", b"5.7.1 not your domain", CONFIG, "5.7.1"),
    ],
)
def test_mail_servers_are_sorted_by_reply_and_command(status, command, text, outcome, code):
    result = smtp.classify(status, {"smtp-command": command}, text)

    assert (result.outcome, result.code) == (outcome, code)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        ("1.5", 1.5),
        (" 3 ", 3),
        ("-5", 0),
        ("1e9", 86_400),
        ("999999999999", 86_400),
        ("Sun, 01 Nov 2026 10:00:30 GMT", 30),
        ("Sun, 01 Nov 2026 09:00:00 GMT", 0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("٣", None),
        ("1" * 5000, None),
        ("Sun, 99 Nov 2026 10:00:30 GMT", None),
    ],
)
def test_a_wait_is_read_in_all_its_spellings(text, seconds):
    headers = {"retry-after": text, "date": "Sun, 01 Nov 2026 10:00:00 GMT"}

    assert answers.retry_after(headers) == seconds
    assert webhook.classify(429, headers, b"").retry_after == seconds
    assert webhook.classify(400, headers, b"").retry_after is None


HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "date", "x-slack-req-id", "smtp-command", "content-type"]),
    st.text(max_size=60) | st.sampled_from(["5", "data", "rcpt", "Sun, 01 Nov 2026 10:00:30 GMT"]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["ok", "error", "code", "message", "channel", "ts", "MessageId"]), inner
        )
    ),
    max_leaves=8,
)


def encoded(value):
    import json  # noqa: PLC0415 - only this strategy writes JSON

    return json.dumps(value).encode()


@pytest.mark.parametrize("provider", [webhook, slack, ses, smtp], ids=lambda p: p.__name__)
@settings(max_examples=500, deadline=None)
@given(
    status=st.integers(-1, 999),
    headers=HEADERS,
    body=st.binary(max_size=300) | JSON.map(encoded),
)
def test_no_answer_is_too_odd_to_be_sorted(provider, status, headers, body):
    result = provider.classify(status, headers, body)

    assert isinstance(result, Result)
    assert result.outcome is SENT or result.code
    assert result.outcome is not SENT or 200 <= status < 300
    assert result.retry_after is None or 0 <= result.retry_after <= 86_400
    assert len(result.code) <= 100
    result.message_id.encode()


@pytest.mark.parametrize("provider", [webhook, slack, ses, smtp], ids=lambda p: p.__name__)
@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"1" * 10_000, b'{"a":' * 50_000, b"\xff" * 64_000, b'"\\ud800"']
)
def test_a_body_made_to_break_a_parser_does_not(provider, body):
    assert provider.classify(200, {"smtp-command": "rcpt"}, body).outcome
