"""On one machine, services with a fixed address are played by a stand-in."""

import json

import pytest

from carillon.adapters.egress import local_redirects
from carillon.domain.delivery.transport import BearerRequest, Http2Request, HttpRequest, SesRequest
from tests.integration.adapters.egress.servers import ok, saying, serving

DETOURS = {"api.example": "http://127.0.0.1:1/api", ".tenants.example": "http://127.0.0.1:1/t"}


def to(url):
    return HttpRequest(method="POST", url=url, body=b"{}")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.example/v1/send?a=b", "http://127.0.0.1:1/api/v1/send?a=b"),
        ("https://API.example", "http://127.0.0.1:1/api"),
        ("https://one.tenants.example/x", "http://127.0.0.1:1/t/x"),
        ("https://tenants.example/x", "https://tenants.example/x"),
        ("https://evil.api.example/x", "https://evil.api.example/x"),
        ("https://api.example.evil/x", "https://api.example.evil/x"),
        ("not a url", "not a url"),
    ],
)
def test_only_the_hosts_that_are_named_take_a_detour(url, expected):
    assert local_redirects.detoured(to(url), DETOURS).url == expected


def test_a_token_is_got_by_the_same_detour():
    bearer = BearerRequest(
        request=to("https://api.example/send"), grant=to("https://api.example/t")
    )

    detoured = local_redirects.detoured(bearer, DETOURS)

    assert detoured.request.url == "http://127.0.0.1:1/api/send"
    assert detoured.grant.url == "http://127.0.0.1:1/api/t"


def test_a_push_stays_a_push_and_a_mail_is_let_be():
    push = Http2Request(method="POST", url="https://api.example/3", pool="team")
    mail = SesRequest(arguments={})

    assert local_redirects.detoured(push, DETOURS).pool == "team"
    assert local_redirects.detoured(mail, DETOURS) is mail


def test_they_are_told_in_one_line():
    text = "api.example=http://127.0.0.1:1/api,.tenants.example=http://127.0.0.1:1/t"

    assert local_redirects.parse(text) == DETOURS
    assert local_redirects.parse("") == {}


def test_the_way_out_takes_them(way_out):
    with serving(saying(ok())) as server:
        egress = way_out(server.place, detours={"api.example": f"http://{server.place}/played"})
        egress.send(HttpRequest(method="POST", url="https://api.example/x", body=b"{}"))

    assert server.requests[0].startswith(b"POST /played/x ")
    assert json.loads(server.requests[0].rpartition(b"\r\n")[2]) == {}
