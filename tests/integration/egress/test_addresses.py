"""Where the way out leads and where it does not: nothing here connects anywhere."""

import socket
import time

import pytest

from carillon.adapters import guard
from carillon.domain.deliveries import Outcome
from carillon.domain.transport import HttpRequest, NoAnswer, SmtpRequest

PUBLIC = "93.184.216.34"
NAMES = {
    "example.com": [PUBLIC],
    "six.example": ["2606:4700::1111"],
    "both.example": ["2606:4700::1111", PUBLIC],
    "xn--bcher-kva.example": [PUBLIC],
    "a_b.example": [PUBLIC],
    "example.com.": [PUBLIC],
    # One forbidden answer among good ones is how rebinding looks when it resolves once.
    "mixed.example": [PUBLIC, "10.0.0.1"],
    "mixed6.example": [PUBLIC, "::1"],
    "last.example": [PUBLIC] * 9 + ["169.254.169.254"],
    "loop.example": ["127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "ecs.example": ["169.254.170.2"],
    "private.example": ["192.168.1.1"],
    "shared.example": ["100.64.0.1"],
    "wire.example": ["168.63.129.16"],
    "multicast.example": ["224.0.0.1"],
    "broadcast.example": ["255.255.255.255"],
    "zero.example": ["0.0.0.0"],
    "linklocal6.example": ["fe80::1%eth0"],
    "ula.example": ["fd00:ec2::254"],
    "nat64.example": ["64:ff9b::a9fe:a9fe"],
    "sixtofour.example": ["2002:a9fe:a9fe::1"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "compatible.example": ["::169.254.169.254"],
    "teredo.example": ["2001:0:1::1"],
    "doc6.example": ["2001:db8::1"],
    "sitelocal.example": ["fec0::1"],
    "localhost": ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "instance-data": ["169.254.169.254"],
    "127.0.0.1.nip.io": ["127.0.0.1"],
}

BY_ADDRESS = [
    f"https://{name}/"
    for name, addresses in NAMES.items()
    if not set(addresses) <= {PUBLIC, "2606:4700::1111"}
]
BY_LITERAL = [
    f"https://{literal}/latest/meta-data/"
    for literal in (
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "127.255.255.254",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "169.254.43518",
        "0xa9fea9fe",
        "2852039166",
        "0251.0376.0251.0376",
        "100.127.255.255",
        "198.18.0.1",
        "203.0.113.1",
        "192.0.2.1",
        "192.88.99.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:169.254.169.254]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[5f00::1]",
    )
]
BY_TEXT = [
    "",
    "https://",
    "https:///path",
    "//example.com/",
    "example.com",
    "http://example.com/",
    "HTTP://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com:6379/_x",
    "ws://example.com/",
    "unix:///var/run/docker.sock",
    "data:text/plain,x",
    "javascript:alert(1)",
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1#@example.com/",
    "https://127.0.0.1?@example.com/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:80/",
    "https://example.com:0/",
    "https://example.com:1023/",
    "https://example.com:65536/",
    "https://example.com:-1/",
    "https://example.com:4x3/",
    "https://exa mple.com/",
    "https://[::1/",
    "https://[v1.x]/",
    "https://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
    "https://127.0.0.1\\@example.com/",
    "https://" + "a" * 300 + ".example/",
]
GOOD = [
    "https://example.com",
    "https://example.com/",
    "https://EXAMPLE.com/Path",
    "https://example.com:443/hook",
    "https://example.com:8443/hook",
    "https://example.com:1024/hook",
    "https://example.com:65535/hook",
    "https://example.com/a?b=c&d=%20",
    "https://example.com/?next=http://127.0.0.1/",
    "https://example.com/user@host",
    "https://example.com./",
    "https://six.example/hook",
    "https://both.example/hook",
    "https://xn--bcher-kva.example/hook",
    "https://a_b.example/hook",
    f"https://{PUBLIC}/hook",
    "https://[2606:4700::1111]/hook",
]


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


@pytest.mark.parametrize("url", BY_ADDRESS + BY_LITERAL + BY_TEXT)
def test_a_hostile_url_connects_to_nothing(way_out, connected, url):
    result = result_of(way_out(resolve=resolve), HttpRequest(method="POST", url=url))

    assert connected == []
    assert result.code in {"address_not_allowed", "name_not_found"}
    assert result.outcome is not Outcome.SENT


def test_the_hostile_corpus_is_large_and_mostly_refused_outright(way_out, connected):
    urls = BY_ADDRESS + BY_LITERAL + BY_TEXT
    egress = way_out(resolve=resolve)

    codes = [result_of(egress, HttpRequest(method="POST", url=url)).code for url in urls]

    assert len(urls) >= 60
    assert codes.count("address_not_allowed") >= len(urls) - 3
    assert connected == []


@pytest.mark.parametrize("url", GOOD)
def test_a_good_url_is_not_refused(way_out, connected, url):
    result = result_of(way_out(resolve=resolve), HttpRequest(method="POST", url=url))

    assert (result.outcome, result.code) == (Outcome.RETRY, "connect_failed")
    assert connected
    assert set(connected) <= {PUBLIC, "2606:4700::1111"}


def test_every_address_of_a_name_is_tried(way_out, connected):
    request = HttpRequest(method="POST", url="https://both.example/")

    result_of(way_out(resolve=resolve), request)

    assert connected == ["2606:4700::1111", PUBLIC]


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
    began = time.monotonic()

    def hang(host, port):
        time.sleep(1)
        return [PUBLIC]

    result = result_of(way_out(resolve=hang), HttpRequest(method="POST", url="https://a.example"))

    assert result.code == "connect_failed"
    assert time.monotonic() - began < 0.7


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
