"""What is kept of an answer holds no secret of ours, and an address is masked in lists."""

import json

import pytest

from carillon.domain.delivery import excerpts
from carillon.domain.delivery.transport import HttpRequest
from tests import canaries

HOOK = "https://hooks.slack.example/services/T000/B000/abcdefghijkl"
REQUEST = HttpRequest(
    method="POST", url=HOOK, headers={"Authorization": "Bearer tok-en-123", "X-Trace": "harmless"}
)
SETTINGS = {
    "site": "https://chat.example.com",
    "user_name": "ana",
    "password": 'pa"ss/word',
    "service_account": {"private_key": "-----KEY-----", "more": ["inner-secret"]},
}


def kept(body, settings=SETTINGS, visible=frozenset({"site", "user_name"}), address=None):
    secrets = excerpts.secrets_of(settings, visible, address or {}, request=REQUEST)
    return excerpts.excerpt(body.encode(), secrets)


@pytest.mark.parametrize(
    "echo",
    [
        'pa"ss/word',
        json.dumps({"you": 'pa"ss/word'}),
        "p=pa%22ss%2Fword",
        "Basic YW5hOnBhInNzL3dvcmQ=",
        "-----KEY-----",
        "inner-secret",
        "got Authorization: Bearer tok-en-123",
    ],
)
def test_a_secret_is_hidden_however_the_service_repeats_it(echo):
    told = kept(f"no: {echo}, sorry")

    assert "***" in told
    assert told.startswith("no: ")
    assert "sorry" in told
    for part in ('pa"ss', "pa%22", "YW5h", "KEY", "inner", "tok-en"):
        assert part not in told


def test_what_is_no_secret_is_kept():
    assert kept("see https://chat.example.com, ana, harmless") == (
        "see https://chat.example.com, ana, harmless"
    )


@pytest.mark.parametrize("echo", [HOOK, "/services/T000/B000/abcdefghijkl", "no abcdefghijkl here"])
def test_a_webhooks_url_is_hidden_whole_and_in_parts(echo):
    assert "abcdefghijkl" not in kept(echo, address={"webhook_url": HOOK})


def test_a_secret_across_the_end_is_not_cut_in_two():
    told = kept("x" * 495 + "inner-secret")

    assert told == "x" * 495 + "***"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ({"email": "ana@example.com"}, {"email": "a***@example.com"}),
        ({"phone": canaries.PHONE}, {"phone": "***0173"}),
        ({"webhook_url": HOOK}, {"webhook_url": "https://hooks.slack.example/***"}),
        ({"device_token": "abcdefghij"}, {"device_token": "***ghij"}),
        ({"channel": "C1"}, {"channel": "***"}),
        ({}, {}),
    ],
)
def test_an_address_is_masked(address, shown):
    assert excerpts.masked(address) == shown
