"""A key that asks too much in a while is told so; another is not the worse for it."""

import time
from inspect import signature
from types import SimpleNamespace

import pytest

from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime import limits
from functions.admin.topics.app import handler as topics
from functions.bitcaster.ping.app import handler as ping
from functions.confluent.exchange_token.app import handler as exchange_token
from functions.confluent.notification_types.app import handler as types
from functions.novu.trigger.app import handler as trigger
from functions.novu.trigger_bulk.app import handler as trigger_bulk
from functions.sailpoint.oauth_token.app import handler as oauth_token
from functions.sailpoint.triggers.app import handler as triggers
from tests import builders as a
from tests import gateway

RATES = {Category.TRIGGER: 2, Category.CONFIGURATION: 0, Category.GLOBAL: 1}  # 11 and 5 at once


@pytest.fixture
def clock():
    return SimpleNamespace(now=0.0)


@pytest.fixture
def ports(clock):
    with gateway.using(a.world(), limits.Limits(RATES, clock=lambda: clock.now)) as ports:
        yield ports


@pytest.fixture
def key(ports):
    return gateway.issue_key(ports, a.TENANT, *Scope)


def novu(key, handler=trigger, body=None):
    body = body or {"name": "welcome", "to": "ana"}
    return gateway.call(handler, "POST", "/v1/x", body, authorization=f"ApiKey {key}")


def test_every_answer_says_what_is_left(key):
    answer = novu(key)

    assert answer.status == 201
    assert answer.headers["ratelimit-limit"] == "10"
    assert answer.headers["ratelimit-remaining"] == "10"
    assert answer.headers["ratelimit-reset"] == "1"
    assert answer.headers["ratelimit-policy"] == (
        '10;w=5;burst=11;comment="token bucket";category="trigger";cost="single"'
    )
    assert "retry-after" not in answer.headers
    assert novu(key, body={"name": 1}).headers["ratelimit-remaining"] == "9"


def test_one_call_too_many_is_refused_with_the_time_to_wait(key, ports, clock):
    while (answer := novu(key)).status == 201:
        pass

    assert answer.status == 429
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["ratelimit-remaining"] == "0"
    assert {"statusCode", "timestamp", "path"} <= set(answer.json)
    assert answer.json["message"] == "API rate limit exceeded"
    assert len(ports.queues.jobs) == 11

    clock.now += int(answer.headers["retry-after"])
    assert novu(key).status == 201


def test_a_bulk_costs_more_than_a_single_event(key):
    answer = novu(key, trigger_bulk, {"events": [{"name": "welcome", "to": "ana"}]})

    assert answer.status == 201
    assert answer.headers["ratelimit-policy"].endswith('cost="bulk"')
    assert novu(key).status == 429


def test_keys_and_categories_have_their_own_buckets(key, ports):
    while novu(key).status == 201:
        pass
    other = gateway.issue_key(ports, a.TENANT, *Scope)

    assert novu(other).status == 201
    listed = gateway.call(topics, "GET", "/admin/v1/topics", authorization=f"Bearer {key}")
    assert listed.status == 200


def test_the_admin_api_says_it_as_a_problem(key):
    while (
        answer := gateway.call(topics, "GET", "/admin/v1/topics", authorization=f"Bearer {key}")
    ).status == 200:
        pass

    assert (answer.status, answer.json["title"]) == (429, "Too Many Requests")
    assert answer.headers["retry-after"] == "1"


def every_dialects_429(key, ports):
    calls = {
        "admin": lambda: gateway.call(topics, "GET", "/x", authorization=f"Bearer {key}"),
        "bitcaster": lambda: gateway.call(ping, "GET", "/x", authorization=f"Key {key}"),
        "confluent": lambda: gateway.call(types, "GET", "/x", authorization=f"Bearer {key}"),
        "confluent's tokens": lambda: exchange(key),
        "novu": lambda: novu(key, trigger_bulk, {"events": [{"name": "welcome", "to": "ana"}]}),
        "sailpoint": lambda: gateway.call(triggers, "GET", "/x", authorization=f"Bearer {key}"),
        "sailpoint's tokens": lambda: ask(key),
    }
    rates = dict.fromkeys(Category, 1)
    for name, call in calls.items():
        with gateway.using(ports, limits.Limits(rates, clock=lambda: 0.0)):
            yield name, next(a for a in (call() for _ in range(200)) if a.status == 429)


def exchange(key):
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": key,
        "identity_pool_id": "pool-1",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
    }
    return gateway.call(exchange_token, "POST", "/x", form)


def ask(key, secret=None, address="192.0.2.1"):
    _, id, own = key.split("_", 2)
    form = {"grant_type": "client_credentials", "client_id": id, "client_secret": secret or own}
    return gateway.call(oauth_token, "POST", "/x", query=form, address=address)


def test_the_headers_of_a_429_agree_in_every_dialect(key, ports):
    for name, answer in every_dialects_429(key, ports):
        waits = {
            value
            for header, value in answer.headers.items()
            if header == "retry-after" or header.endswith("reset")
        }
        assert len(waits) == 1, (name, answer.headers)
        assert int(waits.pop()) > 0
        if name == "sailpoint's tokens":
            assert answer.json["error"] == "temporarily_unavailable"
            assert answer.json["message"] == " Rate Limit Exceeded "


def test_tokens_are_limited_by_client_and_by_address(ports, key):
    other = gateway.issue_key(ports, a.TENANT, *Scope)
    with gateway.using(ports, limits.Limits(limits.parse("global=1"), clock=lambda: 0.0)):
        one_address = [ask(key).status for _ in range(20)]
        many_addresses = [ask(other, address=f"192.0.2.{n}").status for n in range(2, 22)]

    assert one_address == [200] * 5 + [429] * 15
    assert many_addresses == [200] * 5 + [429] * 15


def test_guessing_secrets_slows_the_guesser_and_not_the_keys_owner(ports, key):
    clock = SimpleNamespace(now=0.0)
    rates = limits.parse("")
    with gateway.using(ports, limits.Limits(rates, clock=lambda: clock.now)):
        guesses = []
        for _ in range(600):  # ten a second, for a minute
            guesses.append(ask(key, secret="x" * 38).status)
            clock.now += 0.1
        owner = ask(key, address="198.51.100.7")

    assert set(guesses) == {401, 429}
    assert guesses.count(401) < 70
    assert owner.status == 200


def test_a_stranger_learns_nothing_of_limits(ports):
    answer = novu("car_nobody")

    assert answer.status == 401
    assert not [name for name in answer.headers if name.startswith("ratelimit")]


def test_a_rate_of_nought_is_no_limit():
    unlimited = limits.Limits({Category.GLOBAL: 0})

    assert unlimited.draw("key", Category.GLOBAL, 1000) is None


def test_rates_are_read_from_the_template_s_words():
    rates = limits.parse("trigger=5,global=0")
    slow = limits.parse("global=2")

    assert rates == {**limits.DEFAULTS, Category.TRIGGER: 5, Category.GLOBAL: 0}
    assert limits.parse("") == limits.DEFAULTS
    assert (slow[Category.GLOBAL], slow[Category.TOKEN]) == (2, 2)


def test_a_process_remembers_the_keys_it_met_last(monkeypatch, clock):
    monkeypatch.setattr(limits, "_MOST", 2)
    few = limits.Limits({Category.GLOBAL: 10}, clock=lambda: clock.now)

    left = {}
    for key in ("first", "second", "first", "third", "second", "first"):
        left[key] = few.draw(key, Category.GLOBAL, 1).remaining

    assert left == {"first": 54, "second": 54, "third": 54}


def test_a_bucket_fills_while_the_process_is_frozen():
    assert signature(limits.Limits).parameters["clock"].default is time.time


def test_a_clock_that_is_set_back_takes_nothing_away(clock):
    own = limits.Limits({Category.GLOBAL: 10}, clock=lambda: clock.now)
    own.draw("key", Category.GLOBAL, 1)

    clock.now -= 3_600

    assert own.draw("key", Category.GLOBAL, 1).remaining == 53
