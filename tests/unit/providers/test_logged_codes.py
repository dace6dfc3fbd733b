"""What a provider answers gets into a log line as its code alone."""

import json

import pytest

from carillon.providers.registry import Providers
from carillon.telemetry import log_context
from tests import canaries
from tests.unit.providers.test_odd_answers import parsed
from tests.unit.providers.test_vectors import ALL

PROVIDERS = Providers()
SECRETS = (
    canaries.EMAIL,
    canaries.PHONE,
    canaries.TEXT,
    canaries.WEBHOOK_URL,
    canaries.BOT_TOKEN,
    canaries.DEVICE_TOKEN,
)


def replaced(value, secret):
    """The JSON with each of its texts replaced."""
    match value:
        case dict():
            return {name: replaced(part, secret) for name, part in value.items()}
        case list():
            return [replaced(part, secret) for part in value]
        case str():
            return secret
        case _:
            return value


def logged(id, status, headers, body):
    return log_context.shown(PROVIDERS.get(id).classify(status, headers, body).code)


@pytest.mark.parametrize("id", PROVIDERS.ids())
def test_a_documented_code_is_logged_as_it_is(id):
    for _, v in (each for each in ALL if each[0] == id):
        body = v.body if isinstance(v.body, bytes) else v.body.encode()

        assert not logged(id, v.status, v.headers, body).startswith("#")


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("id", PROVIDERS.ids())
def test_a_secret_in_an_answer_is_not_logged(id, secret):
    for _, v in (each for each in ALL if each[0] == id):
        body = v.body if isinstance(v.body, bytes) else v.body.encode()
        answers = (secret.encode(), json.dumps(replaced(parsed(body), secret)).encode())
        for answer in answers:
            headers = dict.fromkeys(v.headers, secret)

            assert not canaries.found(logged(id, v.status, headers, answer))
