"""Apprise goes the one way out: guarded, bounded, not redirected, and with its statuses seen."""

import logging
import time

import pytest
import requests
from apprise import Apprise

from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import AppriseRequest, NoAnswer
from carillon.providers.registry import Providers
from tests.integration.adapters.egress.conftest import AT_LATEST, DEADLINE
from tests.integration.adapters.egress.servers import ok, saying, serving

apprise = Providers().get("apprise")


@pytest.fixture(autouse=True, scope="module")
def loaded():
    """Loading its services takes longer than the shortest deadline here, not than the real one."""
    Apprise.instantiate("json://localhost")


def notification(url):
    return AppriseRequest(url=url, title="Shipped", body="It is on its way.")


def to(server, scheme="json", path="x"):
    return notification(f"{scheme}://127.0.0.1:{server.port}/{path}")


def answered(status, *headers, body=b""):
    lines = [f"HTTP/1.1 {status} X".encode(), b"content-length: %d" % len(body)]
    return b"\r\n".join([*lines, *headers]) + b"\r\n\r\n" + body


def result_of(egress, request):
    try:
        response = egress.send(request)
    except NoAnswer as none:
        return none.result
    return apprise.classify(response.status, response.headers, response.body)


def test_a_notification_arrives_in_its_services_own_format(way_out):
    with serving(saying(ok())) as server:
        egress = way_out(f"127.0.0.1:{server.port}")
        result = result_of(egress, to(server))

    assert result.outcome is Outcome.SENT
    assert server.requests[0].startswith(b"POST /x HTTP/1.1")
    assert b'"title": "Shipped"' in server.requests[0]
    assert b'"message": "It is on its way."' in server.requests[0]


@pytest.mark.parametrize(
    ("answer", "outcome", "wait"),
    [
        (answered(429, b"retry-after: 7"), Outcome.RETRY, 7),
        (answered(503), Outcome.RETRY, None),
        (answered(400), Outcome.BAD, None),
        (answered(401), Outcome.CONFIG, None),
    ],
)
def test_what_the_library_only_calls_a_failure_has_its_status_and_wait(
    way_out, answer, outcome, wait
):
    with serving(saying(answer)) as server:
        result = result_of(way_out(f"127.0.0.1:{server.port}"), to(server))

    assert (result.outcome, result.retry_after) == (outcome, wait)


def test_a_redirection_is_not_followed_even_if_the_url_asks_for_it(way_out):
    with serving(saying(ok())) as elsewhere:
        place = f"location: http://127.0.0.1:{elsewhere.port}/".encode()
        with serving(saying(answered(302, place))) as server:
            egress = way_out(f"127.0.0.1:{server.port}", f"127.0.0.1:{elsewhere.port}")
            result = result_of(egress, to(server, path="x?redirect=yes"))

        assert elsewhere.requests == []
    assert result.outcome is Outcome.CONFIG


@pytest.mark.parametrize(
    "url",
    [
        "json://127.0.0.1/x",
        "jsons://127.0.0.1/x",
        "jsons://169.254.169.254/latest/meta-data",
        "jsons://[::1]/x",
        "json://93.184.216.34/x",  # without TLS
        "jsons://93.184.216.34:25/x",
        "gotifys://10.0.0.1/token",
        "ntfys://localhost/topic",
    ],
)
def test_it_leads_nowhere_that_we_do_not(way_out, url):
    result = result_of(way_out(), notification(url))

    assert (result.outcome, result.code) == (Outcome.CONFIG, "address_not_allowed")


def test_a_certificate_is_checked_whatever_the_url_says(way_out, trust, server_tls):
    with serving(saying(ok()), server_tls("other.example")) as server:
        egress = way_out(
            f"hooks.example:{server.port}", resolve=lambda *_: ["127.0.0.1"], context=trust
        )
        url = f"jsons://hooks.example:{server.port}/x?verify=no"
        result = result_of(egress, notification(url))

        assert result.code == "tls_failed"
        assert server.requests == []


def test_a_slow_service_ends_at_the_deadline(way_out):
    with serving(lambda connection: connection.recv(1)) as server:
        egress = way_out(f"127.0.0.1:{server.port}", deadline=DEADLINE)
        began = time.monotonic()
        result = result_of(egress, to(server))
        took = time.monotonic() - began

    assert result.outcome is Outcome.UNSURE
    assert took < AT_LATEST


@pytest.mark.parametrize("url", ["tgram://", "pover://", "twilio://x"])
def test_a_url_that_the_library_cannot_read_is_a_bad_one(way_out, url):
    result = result_of(way_out(), notification(url))

    assert (result.outcome, result.code) == (Outcome.BAD, "invalid_url")


def test_the_library_logs_no_url_and_no_text(way_out, caplog):
    caplog.set_level(logging.DEBUG)
    with serving(saying(answered(500))) as server:
        result_of(way_out(f"127.0.0.1:{server.port}"), to(server, path="hunter2"))

    assert [record for record in caplog.records if record.name == "apprise"] == []


def test_who_else_uses_requests_is_left_alone(way_out):
    with serving(saying(ok())) as server:
        result_of(way_out(f"127.0.0.1:{server.port}"), to(server))

        answer = requests.get(f"http://127.0.0.1:{server.port}/own", timeout=2)

    assert answer.status_code == 200
