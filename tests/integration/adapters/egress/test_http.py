"""HTTP out, against servers that do all that servers do."""

import gzip
import resource
import socket
import threading
import time

import pytest

from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import HttpRequest, NoAnswer
from tests.integration.adapters.egress.conftest import AT_LATEST, DEADLINE
from tests.integration.adapters.egress.servers import ok, resetting, saying, serving


def post(url, headers=None, body=b'{"a":1}'):
    return HttpRequest(method="POST", url=url, headers=headers or {}, body=body)


def refusal(egress, request, **options):
    with pytest.raises(NoAnswer) as raised:
        egress.send(request, **options)
    return raised.value.result


def in_turn(*answers):
    left = iter(answers)

    def answer(connection):
        next(left)(connection)

    return answer


def trickling(*pieces, pause=0.05):
    def answer(connection):
        for piece in pieces:
            connection.sendall(piece)
        for _ in range(200):
            time.sleep(pause)
            connection.sendall(b"x")

    return answer


def silent(connection):
    connection.recv(1)  # until the client has left


def test_the_request_arrives_as_it_was_built(way_out):
    with serving(saying(ok(b"fine", b"X-Id: 7"))) as server:
        request = post(server.url, {"webhook-id": "dlv_1", "user-agent": "Carillon/1"})
        response = way_out(server.place).send(request)

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == f"post {server.url.partition(server.place)[2].lower()} http/1.1"
    assert sorted(lines[1:]) == [
        "accept-encoding: identity",
        "content-length: 7",
        f"host: {server.place}",
        "user-agent: carillon/1",
        "webhook-id: dlv_1",
    ]
    assert body == b'{"a":1}'
    assert (response.status, response.body) == (200, b"fine")
    assert response.headers["x-id"] == "7"


def test_who_cannot_wait_so_long_is_told_so_sooner(way_out):
    def slowly(connection):
        time.sleep(DEADLINE / 2)
        connection.sendall(ok())

    with serving(slowly) as server:
        egress = way_out(server.place)
        in_time = egress.send(post(server.url), within=60)
        with pytest.raises(NoAnswer) as raised:
            egress.send(post(server.url), within=DEADLINE / 8)

    assert in_time.status == 200
    assert raised.value.result.outcome is Outcome.UNSURE


def test_connections_are_kept_alive_between_sendings(way_out):
    with serving(saying(ok())) as server:
        egress = way_out(server.place)
        for _ in range(5):
            egress.send(post(server.url))

    assert (server.connections, len(server.requests)) == (1, 5)


def test_a_connection_that_the_server_gave_up_meanwhile_costs_no_delivery(way_out):
    with serving(in_turn(saying(ok()), resetting, saying(ok(b"again")))) as server:
        egress = way_out(server.place)
        egress.send(post(server.url))

        answer = egress.send(post(server.url))

    assert answer.body == b"again"
    assert server.connections == 2


def test_a_fresh_connection_that_breaks_is_not_tried_again(way_out):
    with serving(in_turn(saying(ok()), resetting, resetting, saying(ok()))) as server:
        egress = way_out(server.place)
        egress.send(post(server.url))

        result = refusal(egress, post(server.url))

    assert (result.outcome, result.code) == (Outcome.UNSURE, "no_answer")
    assert len(server.requests) == 3


def test_ten_threads_share_one_way_out(way_out):
    with serving(saying(ok())) as server:
        egress = way_out(server.place)
        work = [threading.Thread(target=egress.send, args=(post(server.url),)) for _ in range(40)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()

    assert len(server.requests) == 40


def test_no_cookie_is_taken_to_the_next_call(way_out):
    with serving(saying(ok(b"ok", b"Set-Cookie: tenant=a"))) as server:
        egress = way_out(server.place)
        egress.send(post(server.url))
        egress.send(post(server.url))

    assert b"cookie" not in server.requests[1].lower()


def test_proxies_and_passwords_of_the_environment_are_not_used(way_out, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with serving(saying(ok())) as proxy, serving(saying(ok())) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy.place}")
        way_out(server.place).send(post(server.url))

    assert proxy.connections == 0
    assert b"authorization" not in server.requests[0].lower()


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Temporary", b"308 Permanent"])
def test_redirects_are_answers_and_not_orders(way_out, status):
    with serving(saying(ok())) as target:
        location = b"Location: " + target.url.encode()
        with serving(saying(ok(b"", location, status=status))) as server:
            response = way_out(server.place, target.place).send(post(server.url))

        assert response.status == int(status[:3])
        assert target.connections == 0


@pytest.mark.parametrize(
    "answer",
    [
        silent,
        trickling(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        trickling(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"),
        trickling(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n"),
        trickling(b"HTTP/1.1 200 OK\r\n\r\n"),
        trickling(b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "slow headers", "slow body", "slow chunk", "slow end", "slow after 100"],
)
def test_slow_servers_are_left_at_the_deadline(way_out, answer):
    with serving(answer) as server:
        egress = way_out(server.place, deadline=DEADLINE)
        began = time.monotonic()
        result = refusal(egress, post(server.url))
        took = time.monotonic() - began

    assert (result.outcome, result.code) == (Outcome.UNSURE, "no_answer")
    assert DEADLINE - 0.01 < took < AT_LATEST


def test_the_deadline_covers_kept_alive_connections_too(way_out):
    answers = iter([saying(ok()), trickling(b"HTTP/1.1 200 OK\r\nA: ")])

    def answer(connection):
        next(answers)(connection)

    with serving(answer) as server:
        egress = way_out(server.place)
        egress.send(post(server.url))
        began = time.monotonic()
        result = refusal(egress, post(server.url), within=DEADLINE)
        took = time.monotonic() - began

    assert (server.connections, result.outcome) == (1, Outcome.UNSURE)
    assert took < AT_LATEST


def test_an_endless_stream_of_100_continue_ends(way_out):
    def answer(connection):
        while True:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)

    with serving(answer) as server:
        began = time.monotonic()
        result = refusal(way_out(server.place, deadline=DEADLINE), post(server.url))

    assert result.outcome is Outcome.UNSURE
    assert time.monotonic() - began < AT_LATEST


def test_a_server_that_does_not_read_is_left_too(way_out):
    import socket  # noqa: PLC0415 - only this server is made by hand

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        began = time.monotonic()
        request = post(f"http://127.0.0.1:{port}/", body=b"x" * 20_000_000)
        result = refusal(way_out(f"127.0.0.1:{port}", deadline=DEADLINE), request)

    assert result.outcome is Outcome.UNSURE
    assert time.monotonic() - began < AT_LATEST


def test_an_endless_body_is_read_to_its_limit(way_out):
    def answer(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"y" * 65536)

    with serving(answer) as server:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        response = way_out(server.place).send(post(server.url))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert len(response.body) == 64 * 1024
    assert grown < 5 * 1024


def test_a_file_is_read_as_far_as_its_request_says(way_out):
    file = b"z" * 200_000
    with serving(saying(ok(file))) as server:
        egress = way_out(server.place)
        whole = egress.send(HttpRequest(method="GET", url=server.url, most=300_000))
        part = egress.send(HttpRequest(method="GET", url=server.url, most=100_000))

    assert (whole.body, part.body) == (file, file[:100_000])


def test_a_compressed_bomb_is_not_unpacked(way_out):
    bomb = gzip.compress(b"0" * 20_000_000)
    with serving(saying(ok(bomb, b"Content-Encoding: gzip"))) as server:
        response = way_out(server.place).send(post(server.url))

    assert response.body == bomb[: 64 * 1024]


@pytest.mark.parametrize(
    "answer",
    [
        resetting,
        lambda connection: connection.close(),
        lambda c: (c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), resetting(c)),
        lambda c: (c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), c.close()),
        saying(b"\x00\xff\xfenothing like HTTP\r\n\r\n"),
        saying(b"HTTP/1.1 999999 OK\r\n\r\n"),
        saying(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n"),
        saying(b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 500 + b"\r\n"),
        lambda c: (
            c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            c.close(),
        ),
    ],
    ids=[
        "reset",
        "closed",
        "reset in body",
        "short body",
        "garbage",
        "odd status",
        "long header",
        "many headers",
        "bad chunk",
    ],
)
def test_what_is_no_complete_answer_is_unsure(way_out, answer):
    with serving(answer) as server:
        result = refusal(way_out(server.place), post(server.url))

    assert (result.outcome, result.code) == (Outcome.UNSURE, "no_answer")


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nno header at all\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nServer : x\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX Powered By: x\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length:\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 2\n\n",
        b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 Grüß\r\nX: é\r\nContent-Length: 2\r\n\r\n".encode(),
    ],
)
def test_an_answer_against_the_rules_still_says_that_the_message_was_taken(way_out, head):
    def answer(connection):
        connection.sendall(head + b"ok")
        connection.shutdown(socket.SHUT_WR)

    with serving(answer) as server:
        response = way_out(server.place).send(post(server.url))

    assert (response.status, response.body) == (200, b"ok")


def test_a_refused_connection_is_for_later(way_out):
    with serving(saying(ok())) as server:
        pass

    result = refusal(way_out(server.place), post(server.url))

    assert (result.outcome, result.code) == (Outcome.RETRY, "connect_failed")


def test_a_header_that_cannot_be_written_is_the_tenants_to_mend(way_out):
    with serving(saying(ok())) as server:
        request = post(server.url, {"authorization": "Bearer a\r\nX: y"})
        result = refusal(way_out(server.place), request)

    assert (result.outcome, server.requests) == (Outcome.CONFIG, [])
