"""Where the way out leads and where it does not: nothing here connects anywhere."""

import contextlib
import socket
import threading

import pytest

from carillon.adapters.egress import guard
from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import Http2Request, HttpRequest, NoAnswer, SmtpRequest
from tests.integration.adapters.egress.conftest import DEADLINE
from tests.integration.adapters.egress.corpus import GOOD, HOSTILE, NAMES, PUBLIC, PUBLIC_6


def resolve(host, port):
    if host in NAMES:
        return NAMES[host]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [entry[4][0] for entry in found]


@pytest.fixture
def connected(monkeypatch):
    """The addresses that a connection was tried to; all of them are refused."""
    places = []

    def connect(_socket, place):
        places.append(place[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(guard._Socket, "connect", connect)
    return places


def result_of(egress, request):
    with pytest.raises(NoAnswer) as raised:
        egress.send(request)
    return raised.value.result


def at(port, text):
    return text.replace("PORT", str(port))


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_url_connects_to_nothing(way_out, connected, url):
    result = result_of(way_out(resolve=resolve), HttpRequest(method="POST", url=at(8443, url)))

    assert connected == []
    assert result.code in {"address_not_allowed", "name_not_found"}
    assert result.outcome is not Outcome.SENT


@pytest.mark.parametrize("url", HOSTILE[::7])
def test_by_http2_it_connects_to_nothing_either(way_out, connected, url):
    result_of(way_out(resolve=resolve), Http2Request(method="POST", url=at(8443, url)))

    assert connected == []


class Listener:
    """Waits on all addresses of this machine, and counts who comes."""

    def __init__(self):
        dual = socket.has_dualstack_ipv6()
        family = socket.AF_INET6 if dual else socket.AF_INET
        self.socket = socket.create_server(("", 0), family=family, dualstack_ipv6=dual)
        self.port = self.socket.getsockname()[1]
        self.came = []

    def wait(self):
        with contextlib.suppress(OSError):
            while True:
                connection, place = self.socket.accept()
                self.came.append(place)
                connection.close()


@pytest.fixture
def listener():
    waiting = Listener()
    threading.Thread(target=waiting.wait, daemon=True).start()
    yield waiting
    waiting.socket.close()


def test_of_all_hostile_urls_none_reaches_a_listener_that_waits_for_it(way_out, listener):
    egress = way_out(resolve=resolve)

    for url in HOSTILE:
        result_of(egress, HttpRequest(method="POST", url=at(listener.port, url)))

    assert listener.came == []


def test_without_the_guard_many_of_them_would(way_out, listener, monkeypatch):
    monkeypatch.setattr(guard, "_is_public", lambda _: True)
    egress = way_out(resolve=resolve, deadline=DEADLINE)  # some of them answer nothing

    for url in HOSTILE:
        if "PORT" in url:
            result_of(egress, HttpRequest(method="POST", url=at(listener.port, url)))

    assert len(listener.came) >= 40


def test_the_corpus_is_large_and_mostly_refused_outright(way_out, connected):
    egress = way_out(resolve=resolve)

    codes = [
        result_of(egress, HttpRequest(method="POST", url=at(8443, url))).code for url in HOSTILE
    ]

    assert len(set(HOSTILE)) >= 200
    assert len(set(GOOD)) >= 50
    assert codes.count("address_not_allowed") >= len(HOSTILE) - 30
    assert connected == []


@pytest.mark.parametrize("url", GOOD)
def test_a_good_url_is_not_refused(way_out, connected, url):
    result = result_of(way_out(resolve=resolve), HttpRequest(method="POST", url=url))

    assert (result.outcome, result.code) == (Outcome.RETRY, "connect_failed")
    assert connected


def test_every_address_of_a_name_is_tried(way_out, connected):
    request = HttpRequest(method="POST", url="https://both.example/")

    result_of(way_out(resolve=resolve), request)

    assert connected == [PUBLIC_6, PUBLIC]


def test_a_connection_that_ends_elsewhere_is_refused(way_out, monkeypatch):
    monkeypatch.setattr(guard._Socket, "connect", lambda *_: None)
    monkeypatch.setattr(guard._Socket, "setsockopt", lambda *_: None)
    monkeypatch.setattr(guard._Socket, "getpeername", lambda _: ("127.0.0.1", 443))

    result = result_of(
        way_out(resolve=resolve), HttpRequest(method="POST", url="https://example.com")
    )

    assert result.code == "address_not_allowed"


def test_refused_and_failed_connections_say_the_same(way_out, connected):
    egress = way_out(resolve=resolve)

    refused = result_of(egress, HttpRequest(method="POST", url="https://loop.example/"))
    failed = result_of(egress, HttpRequest(method="POST", url="https://example.com/"))

    assert refused.detail == failed.detail
    assert connected == [PUBLIC]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), "name_not_found"),
        (socket.gaierror(socket.EAI_AGAIN, "later"), "connect_failed"),
        (UnicodeError("label too long"), "name_not_found"),
        (OSError("no network"), "connect_failed"),
    ],
)
def test_a_name_without_an_address_is_for_later(way_out, error, code):
    def fail(host, port):
        raise error

    result = result_of(way_out(resolve=fail), HttpRequest(method="POST", url="https://a.example"))

    assert (result.outcome, result.code) == (Outcome.RETRY, code)


def test_a_resolver_that_hangs_is_left_at_the_deadline(way_out):
    given_up = threading.Event()

    def hang(host, port):
        given_up.wait()
        return [PUBLIC]

    egress = way_out(resolve=hang, deadline=DEADLINE)
    result = result_of(egress, HttpRequest(method="POST", url="https://a.example"))
    given_up.set()

    assert result.code == "connect_failed"


@pytest.mark.parametrize(
    ("host", "port"),
    [("loop.example", 587), ("example.com", 25), ("example.com", 443), ("127.0.0.1", 465)],
)
def test_mail_servers_are_guarded_alike(way_out, connected, host, port):
    request = SmtpRequest(
        host=host, port=port, security="starttls", sender="a@b.c", recipient="d@e.f", message=b""
    )

    result = result_of(way_out(resolve=resolve), request)

    assert (result.code, connected) == ("address_not_allowed", [])


def test_nothing_is_allowed_but_the_very_place(way_out, connected):
    egress = way_out("127.0.0.1:4000", resolve=resolve)

    for url in ("http://127.0.0.1:4001/", "http://localhost:4000/", "http://example.com:4000/"):
        assert result_of(egress, HttpRequest(method="POST", url=url)).code == "address_not_allowed"
    assert connected == []

    result_of(egress, HttpRequest(method="POST", url="http://127.0.0.1:4000/"))
    assert connected == ["127.0.0.1"]
