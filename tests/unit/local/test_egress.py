"""On one machine, services with a fixed address are played by a stand-in."""

from dataclasses import replace

import pytest

from carillon.adapters.egress.guarded import GuardedEgress
from carillon.domain.base import network
from carillon.domain.delivery.transport import (
    BearerRequest,
    Http2Request,
    HttpRequest,
    SesRequest,
    SmtpRequest,
)
from carillon.runtime import wiring
from local import egress
from tests import fakes

STAND_INS = {
    "api.example": "http://127.0.0.1:1/api",
    ".tenants.example": "http://127.0.0.1:1/t",
    "mail.example": "smtp://127.0.0.1:2525",
}


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
def test_only_the_hosts_that_are_named_are_redirected(url, expected):
    assert egress.redirected(to(url), STAND_INS).url == expected


def test_a_token_is_asked_of_the_stand_in_too():
    bearer = BearerRequest(
        request=to("https://api.example/send"), grant=to("https://api.example/t")
    )

    redirected = egress.redirected(bearer, STAND_INS)

    assert redirected.request.url == "http://127.0.0.1:1/api/send"
    assert redirected.grant.url == "http://127.0.0.1:1/api/t"


def test_a_push_stays_a_push_and_mail_by_ses_stays_as_it_is():
    push = Http2Request(method="POST", url="https://api.example/3", pool="team")
    mail = SesRequest(arguments={})

    assert egress.redirected(push, STAND_INS).pool == "team"
    assert egress.redirected(mail, STAND_INS) is mail


def test_mail_by_smtp_goes_to_the_stand_ins_port():
    mail = SmtpRequest(
        host="mail.example",
        port=587,
        security="starttls",
        sender="shop@acme.example",
        recipient="ana@example.com",
        message=b"",
    )
    other = replace(mail, host="smtp.example")

    redirected = egress.redirected(mail, STAND_INS)

    assert (redirected.host, redirected.port) == ("127.0.0.1", 2525)
    assert egress.redirected(other, STAND_INS) is other


def test_the_local_egress_sends_to_the_stand_in_in_the_same_time():
    inner = fakes.Egress()

    egress.LocalEgress(inner, STAND_INS).send(to("https://api.example/x"), within=3)

    assert [request.url for request in inner.requests] == ["http://127.0.0.1:1/api/x"]
    assert inner.deadlines == [3]


def test_it_is_what_the_functions_are_wired_with(monkeypatch):
    monkeypatch.setattr(wiring, "egress", wiring.egress)  # put back afterwards
    monkeypatch.setattr(network, "LOCAL_HOSTS", network.LOCAL_HOSTS)
    assert isinstance(wiring.egress(None), GuardedEgress)

    egress.install(allow=["127.0.0.1:1"], stand_ins=STAND_INS, authority="ca.pem")

    assert isinstance(wiring.egress(None), egress.LocalEgress)
    assert network.is_public_url("http://127.0.0.1:8026/x")
