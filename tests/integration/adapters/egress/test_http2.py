"""HTTP/2: the same guard, the same deadline, the same outcomes."""

import contextlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from inspect import signature
from types import SimpleNamespace

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import pytest

from carillon.adapters.egress import guard
from carillon.adapters.egress.http2 import Http2, _Connections
from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import Http2Request, NoAnswer, Renewal
from tests.integration.adapters.egress.conftest import AT_LATEST, DEADLINE, PATIENCE

HOST = "push.example"


class Http2Server:
    """Answers by a function of (server, connection, stream, headers, body); counts connections."""

    def __init__(self, answer, tls=None):
        self.answer = answer
        self.connections = 0
        self.requests = []
        self._tls = tls
        if tls:
            tls.set_alpn_protocols(["h2"])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets = []

    def run(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._sockets.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def close(self):
        self._listener.close()
        for each in self._sockets:
            each.close()

    def _serve(self, connection):
        with contextlib.suppress(OSError, h2.exceptions.ProtocolError), connection:
            stream = (
                self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            )
            self._sockets.append(stream)
            state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
            state.initiate_connection()
            stream.sendall(state.data_to_send())
            self._talk(stream, state)

    def _talk(self, stream, state):
        waiting = {}
        while data := stream.recv(65_535):
            for event in state.receive_data(data):
                match event:
                    case h2.events.RequestReceived():
                        waiting[event.stream_id] = (dict(event.headers), b"")
                    case h2.events.DataReceived():
                        headers, body = waiting[event.stream_id]
                        waiting[event.stream_id] = (headers, body + event.data)
                        state.acknowledge_received_data(
                            event.flow_controlled_length, event.stream_id
                        )
                    case h2.events.StreamEnded():
                        headers, body = waiting.pop(event.stream_id)
                        self.requests.append((headers, body))
                        self.answer(self, stream, state, event.stream_id)
                stream.sendall(state.data_to_send())


def says(status=200, body=b"", **headers):
    def answer(_server, stream, state, id):
        fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
        state.send_headers(id, [(":status", str(status)), *fields], end_stream=not body)
        if body:
            state.send_data(id, body, end_stream=True)

    return answer


@contextlib.contextmanager
def serving(answer, tls=None):
    server = Http2Server(answer, tls)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield server
    finally:
        server.close()


def at_home(host, port):
    return ["127.0.0.1"]


@pytest.fixture
def reach(way_out, trust):
    """Send to a server, over TLS if it has a name."""

    def make(server, host=HOST, **options):
        allowed = f"{host}:{server.port}"
        return way_out(allowed, resolve=at_home, context=trust, **options)

    return make


def push(server, *, scheme="https", host=HOST, pool="", body=b'{"aps":{}}'):
    url = f"{scheme}://{host}:{server.port}/3/device/abc"
    return Http2Request(method="POST", url=url, headers={"apns-topic": "app"}, body=body, pool=pool)


def result_of(egress, request):
    with pytest.raises(NoAnswer) as raised:
        egress.send(request)
    return raised.value.result


def test_a_push_goes_by_http2_over_tls(reach, server_tls):
    with serving(says(200, apns_id="A1"), server_tls(HOST)) as server:
        response = reach(server).send(push(server))

    assert (response.status, response.headers["apns-id"], response.body) == (200, "A1", b"")
    [(headers, body)] = server.requests
    assert headers[b":method"] == b"POST"
    assert headers[b":path"] == b"/3/device/abc"
    assert headers[b":authority"] == f"{HOST}:{server.port}".encode()
    assert headers[b"apns-topic"] == b"app"
    assert body == b'{"aps":{}}'


def test_the_stack_on_one_machine_speaks_it_without_tls(way_out):
    with serving(says(410, b'{"reason":"Unregistered"}')) as server:
        egress = way_out(f"127.0.0.1:{server.port}")
        response = egress.send(push(server, scheme="http", host="127.0.0.1"))

    assert (response.status, response.body) == (410, b'{"reason":"Unregistered"}')


def test_a_connection_is_kept_and_never_shared_between_credentials(reach, server_tls):
    with serving(says(), server_tls(HOST)) as server:
        egress = reach(server)
        for pool in ("team1/key1", "team1/key1", "team2/key1", "team1/key1"):
            egress.send(push(server, pool=pool))

        assert server.connections == 2
        assert len(server.requests) == 4


def test_a_connection_idle_for_five_seconds_of_the_wall_clock_is_replaced(trust, server_tls):
    clock = SimpleNamespace(now=1_000.0)
    with serving(says(), server_tls(HOST)) as server:
        reached = guard.Guard(allow=frozenset({f"{HOST}:{server.port}"}), resolve=at_home)
        http2 = Http2(reached, guard.tls(trust), clock=lambda: clock.now)
        for clock.now in (1_000.0, 1_004.9, 1_009.8, 1_014.8):
            with guard.budget(PATIENCE) as budget:
                http2.send(push(server), budget)
        http2.close()

        assert server.connections == 2  # the last was idle for 5.0


def test_its_clock_goes_on_while_the_process_is_frozen():
    assert signature(Http2).parameters["clock"].default is time.time


class Connection:
    closed = False

    def close(self):
        self.closed = True


def test_whatever_leaves_a_threads_connections_is_closed_and_nothing_else_is():
    clock = SimpleNamespace(now=0.0)
    connections = _Connections(2, 5.0, lambda: clock.now)
    pushed_out, expired, used, closed = made = [Connection() for _ in range(4)]

    connections["a"], connections["b"] = pushed_out, expired
    connections["c"] = used
    assert [each.closed for each in made] == [True, False, False, False]
    assert connections.pop("c") is used
    clock.now = 5.0
    connections["d"] = closed
    assert [each.closed for each in made] == [True, True, False, False]
    connections.close()
    assert [each.closed for each in made] == [True, True, False, True]


def test_a_thread_keeps_ten_connections(reach, server_tls):
    with serving(says(), server_tls(HOST)) as server:
        egress = reach(server)
        for pool in [*range(11), 10, 0]:
            egress.send(push(server, pool=f"team{pool}"))

        assert server.connections == 12  # the first gave way to the eleventh


def test_what_a_closed_connection_did_not_take_is_sent_again(reach, server_tls):
    def hang_up_after_one(server, stream, state, id):
        says()(server, stream, state, id)
        stream.sendall(state.data_to_send())
        if server.connections == 1:
            stream.shutdown(socket.SHUT_RDWR)

    with serving(hang_up_after_one, server_tls(HOST)) as server:
        egress = reach(server)
        egress.send(push(server))
        time.sleep(0.05)
        response = egress.send(push(server))

        assert response.status == 200
        assert server.connections == 2


def test_a_server_that_goes_away_leaves_the_message_in_doubt(reach, server_tls):
    def vanish(_server, stream, _state, _id):
        stream.shutdown(socket.SHUT_RDWR)

    with serving(vanish, server_tls(HOST)) as server:
        result = result_of(reach(server), push(server))

    assert (result.outcome, result.code) == (Outcome.UNSURE, "no_answer")


def test_after_a_goaway_the_next_message_has_another_connection(reach, server_tls):
    def answer_and_close(server, stream, state, id):
        says()(server, stream, state, id)
        if server.connections == 1:
            state.close_connection(last_stream_id=id)

    with serving(answer_and_close, server_tls(HOST)) as server:
        egress = reach(server)

        assert egress.send(push(server)).status == 200
        assert egress.send(push(server)).status == 200
        assert server.connections == 2


@pytest.mark.parametrize("pause", ["headers", "body"])
def test_a_slow_answer_ends_at_the_deadline(reach, server_tls, pause):
    def slowly(server, stream, state, id):
        if pause == "headers":
            return
        state.send_headers(id, [(":status", "200")])
        for _ in range(100):
            stream.sendall(state.data_to_send())
            time.sleep(0.05)
            state.send_data(id, b"x")

    with serving(slowly, server_tls(HOST)) as server:
        egress = reach(server, deadline=DEADLINE)
        began = time.monotonic()
        result = result_of(egress, push(server))

    assert result.outcome is Outcome.UNSURE
    assert time.monotonic() - began < AT_LATEST


def test_one_deadline_does_not_end_another_threads_request(reach, server_tls):
    over = threading.Event()

    def first_hangs(server, stream, state, id):
        if len(server.requests) > 1:
            over.wait(PATIENCE)
            says()(server, stream, state, id)

    with serving(first_hangs, server_tls(HOST)) as server:
        egress = reach(server)

        with ThreadPoolExecutor(2) as threads:
            hanging = threads.submit(egress.send, push(server), within=DEADLINE)
            while not server.requests:
                time.sleep(0.01)
            answered = threads.submit(egress.send, push(server))
            ended = hanging.exception()
            over.set()

    assert isinstance(ended, NoAnswer)
    assert ended.result.outcome is Outcome.UNSURE
    assert answered.result().status == 200


def test_of_an_endless_body_little_is_read(reach, server_tls):
    def endless(_server, stream, state, id):
        state.send_headers(id, [(":status", "200")])
        for _ in range(1000):
            while state.local_flow_control_window(id) < 16_384:
                state.receive_data(stream.recv(65_535))
            state.send_data(id, b"x" * 16_384)
            stream.sendall(state.data_to_send())

    with serving(endless, server_tls(HOST)) as server:
        response = reach(server).send(push(server))

    assert len(response.body) == 64 * 1024


def test_a_certificate_for_another_name_is_refused(reach, server_tls):
    with serving(says(), server_tls("other.example")) as server:
        result = result_of(reach(server), push(server))

        assert (result.outcome, result.code) == (Outcome.RETRY, "tls_failed")
        assert server.requests == []


def test_a_server_without_http2_is_not_called_sent(reach, server_tls):
    def not_http2(_server, stream, _state, _id):
        stream.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with serving(not_http2, server_tls(HOST)) as server:
        result = result_of(reach(server, deadline=DEADLINE), push(server))

    assert result.outcome in {Outcome.UNSURE, Outcome.RETRY}


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/", "https://[::1]/", "http://push.example/", "https://push.example:22/"],
)
def test_it_leads_nowhere_that_http_does_not(way_out, url):
    egress = way_out(resolve=at_home)

    result = result_of(egress, Http2Request(method="POST", url=url))

    assert result.code == "address_not_allowed"


def test_a_name_that_leads_home_is_refused(way_out):
    result = result_of(
        way_out(resolve=at_home), Http2Request(method="POST", url="https://push.example/")
    )

    assert result.code == "address_not_allowed"


REFUSED = b'{"reason":"ExpiredProviderToken"}'


def refusing(*tokens, status=403, body=REFUSED):
    """Refuse these tokens, and take any other."""

    def answer(server, stream, state, id):
        headers, _ = server.requests[-1]
        refused = headers[b"authorization"] in tokens
        (says(status, body) if refused else says(200))(server, stream, state, id)

    return answer


def with_tokens(server):
    renewal = Renewal(
        status=403, words=(b"ExpiredProviderToken",), headers={"authorization": "new"}
    )
    return replace(push(server), headers={"authorization": "old"}, renewal=renewal)


def test_a_push_whose_token_is_refused_is_sent_once_more_with_a_new_one(reach, server_tls):
    with serving(refusing(b"old"), server_tls(HOST)) as server:
        response = reach(server).send(with_tokens(server))

    assert response.status == 200
    assert [headers[b"authorization"] for headers, _ in server.requests] == [b"old", b"new"]


def test_a_new_token_that_is_refused_too_is_the_answer(reach, server_tls):
    with serving(refusing(b"old", b"new"), server_tls(HOST)) as server:
        response = reach(server).send(with_tokens(server))

    assert (response.status, response.body) == (403, REFUSED)
    assert len(server.requests) == 2


@pytest.mark.parametrize(("status", "body"), [(403, b'{"reason":"Forbidden"}'), (400, REFUSED)])
def test_any_other_refusal_is_not_tried_again(reach, server_tls, status, body):
    answer = refusing(b"old", status=status, body=body)
    with serving(answer, server_tls(HOST)) as server:
        response = reach(server).send(with_tokens(server))

    assert response.status == status
    assert len(server.requests) == 1
