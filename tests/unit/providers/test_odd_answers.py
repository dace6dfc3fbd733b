"""Answers that no service documents: none is too odd to be sorted, and none of them is `sent`."""

import json
import random

import pytest

from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.providers.registry import Providers
from tests.unit.providers.test_vectors import ALL

PROVIDERS = Providers()
EACH = pytest.mark.parametrize("id", PROVIDERS.ids())
CASES = -(-100_000 // len(PROVIDERS.ids()))  # 100,000 over all

BODIES = [v.body if isinstance(v.body, bytes) else v.body.encode() for _, v in ALL]
HEADERS = sorted({name for _, v in ALL for name in v.headers} | {"date", "retry-after"})
VALUES = [None, True, False, 0, -1, 1.5, 10**30, "", "x", "é\ud800", [], [None], {}, {"x": {}}]


def mutated(body, chance):
    """A recorded answer with something wrong in it, or noise."""
    match chance.randrange(5):
        case 0:
            return chance.randbytes(chance.randrange(200))
        case 1:
            return body[: chance.randrange(len(body) + 1)]
        case 2 if body:
            at = chance.randrange(len(body))
            return body[:at] + chance.randbytes(1) + body[at + 1 :]
        case 3:
            return body
        case _:
            return json.dumps(swapped(parsed(body), chance)).encode(errors="replace")


def parsed(body):
    try:
        return json.loads(body)
    except ValueError:
        return {"error": body.decode(errors="replace")}


def swapped(value, chance):
    """The JSON with one of its values replaced by one of another kind."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        name = chance.choice(list(value))
        return {**value, name: swapped(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        return [swapped(value[0], chance), *value[1:]]
    return chance.choice(VALUES)


@EACH
def test_no_answer_is_too_odd_to_be_sorted(id):
    chance = random.Random(id)
    classify = PROVIDERS.get(id).classify
    for _ in range(CASES):
        status = chance.choice((-1, 0, 100, 200, 200, 200, 201, 202, 204, chance.randrange(1000)))
        values = ("5", "data", "rcpt", "\x00", "é" * 300, str(chance.random()), "-")
        headers = {name: chance.choice(values) for name in HEADERS if chance.random() < 0.3}
        body = mutated(chance.choice(BODIES), chance)

        result = classify(status, headers, body)

        case = (status, headers, body, result)
        assert isinstance(result, Result), case
        assert result.outcome is Outcome.SENT or result.code, case
        assert result.outcome is not Outcome.SENT or 200 <= status < 300 or status == 400, case
        assert result.retry_after is None or 0 <= result.retry_after <= 86_400, case
        assert len(result.code) <= 100, case
        assert len(result.message_id) <= 200, case
        (result.message_id + result.code + result.detail).encode()


@EACH
@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"1" * 10_000, b'{"a":' * 50_000, b"\xff" * 64_000, b'"\\ud800"']
)
def test_a_body_made_to_break_a_parser_does_not(id, body):
    assert PROVIDERS.get(id).classify(200, {"smtp-command": "rcpt"}, body).outcome


@pytest.mark.parametrize("id", [id for id in PROVIDERS.ids() if id != "smtp"])  # has no statuses
@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 413, 429, 500, 503])
@pytest.mark.parametrize("body", [b"", b"<html>a proxy's own page</html>"])
def test_a_refusal_that_says_nothing_is_sorted_by_its_status(id, status, body):
    result = PROVIDERS.get(id).classify(status, {}, body)

    assert result.outcome is not Outcome.SENT
    if status >= 429:
        assert result.outcome is Outcome.RETRY
