"""The queues' messages."""

import json

import pytest

from carillon.adapters.delivery import messages
from carillon.domain.base.errors import Malformed
from tests.integration.adapters.delivery.test_queues import chunk_of, job_of, page_of


@pytest.mark.parametrize(
    ("kind", "message"), [("job", job_of("1")), ("page", page_of(0)), ("chunk", chunk_of("1"))]
)
def test_a_message_is_what_was_sent(kind, message):
    body = messages.encode(message)

    assert body.isascii()
    assert json.loads(body)["kind"] == kind
    assert json.loads(body)["v"] == 1
    assert messages.decode(body) == message


def test_a_field_that_a_newer_version_added_is_passed_over():
    body = {**json.loads(messages.encode(job_of("1"))), "later": 1}

    assert messages.decode(json.dumps(body)) == job_of("1")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[]",
        "{}",
        '{"kind": "job", "v": 1}',
        '{"kind": "job", "v": 2}',
        '{"kind": "other", "v": 1}',
        '{"kind": ["job"], "v": 1}',
        '{"kind": "page", "v": 1, "tenant": "secret"}',
        "[" * 100_000,
        '"\\ud800"',
    ],
)
def test_poison_is_malformed_and_its_content_is_not_repeated(body):
    with pytest.raises(Malformed) as caught:
        messages.decode(body)

    assert "secret" not in str(caught.value)
