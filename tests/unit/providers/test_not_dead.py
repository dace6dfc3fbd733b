"""What can be undone is not the end of an address."""

import json
from datetime import UTC, datetime

import pytest

from carillon.domain.delivery.deliveries import Outcome
from carillon.providers.registry import Providers
from tests.unit.providers.not_dead import CASES

PROVIDERS = Providers()


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.provider}-{case.status}-{case.body[:50]!r}" for case in CASES]
)
def test_an_address_that_was_alive_is_not_called_dead(case):
    result = PROVIDERS.get(case.provider).classify(case.status, case.headers, case.body.encode())

    assert result.outcome in {Outcome.CONFIG, Outcome.RETRY}
    assert case.source.startswith("https://")


def test_many_of_them_were_met():
    assert len(CASES) >= 120
    assert len({case.provider for case in CASES}) >= 18


@pytest.mark.parametrize(
    "text",
    [
        "5.1.1 <a@example.com>: Recipient address rejected: User unknown in local recipient table",
        "5.1.1 The email account that you tried to reach does not exist.",
        "5.1.1 <relay@sender.example>: user unknown",  # an address is no word about the sender
        "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        "5.1.2 <a@example.com>: Recipient address rejected: Domain not found",
        "User unknown in virtual mailbox table",
        "Unknown user",
        "No such user here",
        "sorry, no mailbox here by that name. (#5.1.1)",
        "Mailbox not found",
    ],
)
def test_an_unmistakable_reply_about_a_mailbox_is_its_end(text):
    result = PROVIDERS.get("smtp").classify(550, {"smtp-command": "rcpt"}, text.encode())

    assert result.outcome is Outcome.DEAD


@pytest.mark.parametrize(
    ("timestamp", "gone_since"),
    [
        (1_700_000_000_000, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        (None, None),
        ("soon", None),
        (10**30, None),
        (True, None),
    ],
)
def test_apple_says_since_when_a_device_is_gone(timestamp, gone_since):
    body = json.dumps({"reason": "Unregistered", "timestamp": timestamp}).encode()

    result = PROVIDERS.get("apns").classify(410, {}, body)

    assert (result.outcome, result.gone_since) == (Outcome.DEAD, gone_since)
