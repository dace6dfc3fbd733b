"""Access tokens: got once, shared, renewed in time, and never confused with the message itself."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from inspect import signature

import pytest

from carillon.adapters.egress import bearer
from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import BearerRequest, HttpRequest, NoAnswer, Response


class Server:
    """A token server and the service behind it, in place of the network."""

    def __init__(self, grants=None):
        self.grants = grants or (lambda n: answer(access_token=f"t{n}", expires_in=3599))
        self.asked = []
        self.sent = []
        self.refuse = False
        self.revoked = set()

    def send(self, request, budget):
        budget.left()
        if "token" in request.url:
            self.asked.append(request.body)
            return self.grants(len(self.asked))
        self.sent.append(request.headers["authorization"])
        return Response(status=401 if self.refuse or self.sent[-1] in self.revoked else 200)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Budget:
    def __init__(self, seconds=5.0):
        self.ends = time.monotonic() + seconds

    def left(self):
        return self.ends - time.monotonic()

    def begin(self):
        pass


def answer(status=200, **body):
    return Response(status=status, body=json.dumps(body).encode())


def asking(credential=b"a"):
    return BearerRequest(
        request=HttpRequest(method="POST", url="https://service.example/send"),
        grant=HttpRequest(method="POST", url="https://auth.example/token", body=credential),
    )


@pytest.fixture
def clock():
    return Clock()


def test_a_token_is_asked_for_once_and_used_until_it_is_about_to_expire(clock):
    server = Server()
    way = bearer.Bearer(server, clock)

    way.send(asking(), Budget())
    clock.now = 3298
    way.send(asking(), Budget())
    clock.now = 3300
    way.send(asking(), Budget())

    assert server.sent == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_each_credential_has_a_token_of_its_own(clock):
    server = Server()
    way = bearer.Bearer(server, clock)

    way.send(asking(b"a"), Budget())
    way.send(asking(b"b"), Budget())
    way.send(asking(b"a"), Budget())

    assert server.sent == ["Bearer t1", "Bearer t2", "Bearer t1"]
    assert server.asked == [b"a", b"b"]


def test_many_threads_ask_once(clock):
    def slowly(number):
        time.sleep(0.1)
        return answer(access_token=f"t{number}", expires_in=3599)

    server = Server(slowly)
    way = bearer.Bearer(server, clock)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: way.send(asking(), Budget()), range(30)))

    assert len(server.asked) == 1
    assert server.sent == ["Bearer t1"] * 30


def test_a_token_that_is_refused_is_not_used_again(clock):
    server = Server()
    way = bearer.Bearer(server, clock)
    server.refuse = True

    assert way.send(asking(), Budget()).status == 401
    way.send(asking(), Budget())

    assert server.sent == [f"Bearer t{n}" for n in (1, 2, 3, 4)]


def test_a_message_whose_token_was_revoked_is_sent_with_a_new_one(clock):
    server = Server()
    way = bearer.Bearer(server, clock)
    way.send(asking(), Budget())
    server.revoked = {"Bearer t1"}

    assert way.send(asking(), Budget()).status == 200
    assert way.send(asking(), Budget()).status == 200

    assert server.sent == ["Bearer t1", "Bearer t1", "Bearer t2", "Bearer t2"]


def test_the_same_token_is_not_tried_again(clock):
    server = Server(lambda _: answer(access_token="always", expires_in=3599))
    server.refuse = True
    way = bearer.Bearer(server, clock)

    assert way.send(asking(), Budget()).status == 401

    assert server.sent == ["Bearer always"]


@pytest.mark.parametrize(
    ("refusal", "outcome", "code"),
    [
        (answer(400, error="invalid_grant"), Outcome.CONFIG, "invalid_grant"),
        (answer(401, error="invalid_client"), Outcome.CONFIG, "invalid_client"),
        (answer(403), Outcome.CONFIG, "token_http_403"),
        (answer(429), Outcome.RETRY, "token_http_429"),
        (answer(500, error="internal_failure"), Outcome.RETRY, "internal_failure"),
        (answer(400, error="<script>"), Outcome.CONFIG, "token_http_400"),
        (answer(200), Outcome.RETRY, "token_http_200"),
        (answer(200, access_token="two\nlines"), Outcome.RETRY, "token_http_200"),
        (answer(200, access_token=7), Outcome.RETRY, "token_http_200"),
        (Response(status=200, body=b"[" * 10_000), Outcome.RETRY, "token_http_200"),
        (Response(status=302), Outcome.RETRY, "token_http_302"),
    ],
)
def test_without_a_token_nothing_is_sent_and_the_refusal_says_what_to_do(
    clock, refusal, outcome, code
):
    server = Server(lambda _: refusal)

    with pytest.raises(NoAnswer) as raised:
        bearer.Bearer(server, clock).send(asking(), Budget())

    assert (raised.value.result.outcome, raised.value.result.code) == (outcome, code)
    assert server.sent == []


@pytest.mark.parametrize("life", [None, "soon", -1, 0, float("nan"), 1e300, True])
def test_a_life_that_makes_no_sense_is_an_hour_at_most(clock, life):
    server = Server(lambda n: answer(access_token=f"t{n}", expires_in=life))
    way = bearer.Bearer(server, clock)

    way.send(asking(), Budget())
    clock.now = 3600
    way.send(asking(), Budget())

    assert len(server.asked) == 2


def test_who_waits_for_a_token_waits_no_longer_than_its_own_time(clock):
    go_on = threading.Event()

    def hang(number):
        go_on.wait(5)
        return answer(access_token=f"t{number}")

    way = bearer.Bearer(Server(hang), clock)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(way.send, asking(), Budget())
        time.sleep(0.05)
        began = time.monotonic()
        with pytest.raises(bearer.Unreachable):
            way.send(asking(), Budget(0.2))
        waited = time.monotonic() - began
        go_on.set()
        assert first.result().status == 200

    assert waited < 0.4


def test_a_token_server_that_does_not_answer_leaves_no_doubt_about_the_message(clock):
    def nothing(_):
        raise TimeoutError

    with pytest.raises(bearer.Unreachable) as raised:
        bearer.Bearer(Server(nothing), clock).send(asking(), Budget())

    assert raised.value.outcome is Outcome.RETRY


def test_the_messages_own_headers_stay(clock):
    seen = []
    server = Server()
    server.send, send = (lambda r, b: (seen.append(r.headers), send(r, b))[1]), server.send
    request = asking()

    bearer.Bearer(server, clock).send(
        replace(request, request=replace(request.request, headers={"x-own": "1"})), Budget()
    )

    assert seen[-1] == {"x-own": "1", "authorization": "Bearer t1"}


def test_its_clock_goes_on_while_the_process_is_frozen():
    assert signature(bearer.Bearer).parameters["clock"].default is time.time


def test_of_too_many_credentials_the_least_used_asks_anew(monkeypatch, clock):
    monkeypatch.setattr(bearer, "_KEPT", 2)
    server = Server()
    way = bearer.Bearer(server, clock)

    for credential in (b"a", b"b", b"a", b"c", b"a", b"b"):
        way.send(asking(credential), Budget())

    assert server.asked == [b"a", b"b", b"c", b"b"]
