"""What all answers have in common."""

import pytest

from carillon.providers import responses
from carillon.providers.registry import Providers

webhook, pushpad = Providers().get("webhook"), Providers().get("pushpad")


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

    assert responses.retry_after(headers) == seconds
    assert webhook.classify(429, headers, b"").retry_after == seconds
    assert pushpad.classify(400, headers, b"").retry_after is None
