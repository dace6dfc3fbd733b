"""An answer that its contract does not promise fails the test in which it is given."""

import pytest

from functions.bitcaster.ping.app import handler
from tests.contracts import held


@pytest.mark.parametrize(
    ("status", "text"), [(200, '{"tokens": "k"}'), (200, '{"token": 1}'), (204, ""), (202, "{}")]
)
def test_a_success_that_is_not_promised_fails(status, text):
    with pytest.raises(AssertionError):
        held.check(handler, "GET", status, text)


@pytest.mark.parametrize(
    ("method", "status", "text"),
    [("GET", 200, '{"token": "k"}'), ("GET", 404, "{}"), ("PUT", 405, "{}")],
)
def test_what_is_promised_and_what_is_refused_pass(method, status, text):
    held.check(handler, method, status, text)
