"""TLS: to the name that was asked for, by an authority that is known, or not at all."""

import ssl
import time

import pytest
import trustme

from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import HttpRequest, NoAnswer
from tests.integration.adapters.egress.conftest import AT_LATEST, DEADLINE
from tests.integration.adapters.egress.servers import ok, saying, serving

HOST = "hooks.example"


def at_home(host, port):
    return ["127.0.0.1"]


def post(server, host=HOST):
    return HttpRequest(method="POST", url=f"https://{host}:{server.port}/x", body=b"{}")


def test_name_and_certificate_are_the_urls_although_the_address_is_pinned(
    way_out, trust, server_tls
):
    names = []
    tls = server_tls(HOST)
    tls.sni_callback = lambda _connection, name, _context: names.append(name)
    with serving(saying(ok()), tls) as server:
        egress = way_out(f"{HOST}:{server.port}", resolve=at_home, context=trust)
        response = egress.send(post(server))
        egress.send(post(server))

    assert response.status == 200
    assert names == [HOST]
    assert f"host: {HOST}:{server.port}".encode() in server.requests[0].lower()


def test_a_name_is_resolved_once_a_connection(way_out, trust, server_tls):
    asked = []

    def resolve(host, port):
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with serving(saying(ok()), server_tls(HOST)) as server:
        way_out(f"{HOST}:{server.port}", resolve=resolve, context=trust).send(post(server))

    assert asked == [(HOST, server.port)]


@pytest.mark.parametrize("name", ["other.example", "hooks.example.evil.example", "*.hooks.example"])
def test_a_certificate_for_another_name_is_refused(way_out, trust, server_tls, name):
    with serving(saying(ok()), server_tls(name)) as server:
        egress = way_out(f"{HOST}:{server.port}", resolve=at_home, context=trust)
        with pytest.raises(NoAnswer) as raised:
            egress.send(post(server))

    assert (raised.value.result.outcome, raised.value.result.code) == (Outcome.RETRY, "tls_failed")
    assert server.requests == []


def test_an_unknown_authority_is_refused(way_out, server_tls):
    context = ssl.create_default_context()
    trustme.CA().configure_trust(context)
    with serving(saying(ok()), server_tls(HOST)) as server:
        egress = way_out(f"{HOST}:{server.port}", resolve=at_home, context=context)
        with pytest.raises(NoAnswer) as raised:
            egress.send(post(server))

    assert raised.value.result.code == "tls_failed"
    assert server.requests == []


def test_a_handshake_that_never_ends_is_left_at_the_deadline(way_out, trust):
    with serving(saying(ok())) as server:  # which waits for a request, and says nothing of TLS
        egress = way_out(f"{HOST}:{server.port}", resolve=at_home, context=trust, deadline=DEADLINE)
        began = time.monotonic()
        with pytest.raises(NoAnswer) as raised:
            egress.send(post(server))

    assert raised.value.result.outcome is Outcome.RETRY
    assert time.monotonic() - began < AT_LATEST


def test_slow_bytes_within_tls_are_left_at_the_deadline(way_out, trust, server_tls):
    def answer(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(100):
            time.sleep(0.05)
            connection.sendall(b"x")

    with serving(answer, server_tls(HOST)) as server:
        egress = way_out(f"{HOST}:{server.port}", resolve=at_home, context=trust, deadline=DEADLINE)
        began = time.monotonic()
        with pytest.raises(NoAnswer) as raised:
            egress.send(post(server))
        took = time.monotonic() - began

    assert raised.value.result.outcome is Outcome.UNSURE
    assert took < AT_LATEST


def test_plain_http_to_a_tls_name_is_refused_before_it_connects(way_out):
    with serving(saying(ok())) as server:
        request = HttpRequest(method="POST", url=f"http://{HOST}:{server.port}/")
        with pytest.raises(NoAnswer) as raised:
            way_out(resolve=at_home).send(request)

    assert (raised.value.result.code, server.connections) == ("address_not_allowed", 0)
