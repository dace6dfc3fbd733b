"""SailPoint's error bodies, field by field as its specification prints them."""

import json

import pytest

from carillon.dialects import sailpoint
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import (
    Conflict,
    Inactive,
    Invalid,
    Malformed,
    NotFound,
    TooLarge,
    Unavailable,
)
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import endpoint, methods
from tests import fakes
from tests.gateway import call, issue_key, using

GENERIC = "The request was syntactically correct but its content is semantically invalid."


@pytest.fixture
def ports():
    with using(fakes.ports()) as world:
        yield world


@pytest.fixture
def answer(ports):
    """Calls an endpoint that raises, or returns, what it is told to."""
    key = issue_key(ports, "acme", Scope.ADMIN)

    def answered(result=None, scope=Scope.ADMIN, parameters=None, **headers):
        @endpoint(sailpoint.dialect, scope=scope)
        def work(call):
            if isinstance(result, Exception):
                raise result
            return result

        sent = {"authorization": f"Bearer {key}"} | headers
        return call(methods(GET=work), "GET", "/x", path_parameters=parameters, **sent)

    return answered


def messages(text, origin="DEFAULT"):
    return [{"locale": "en-US", "localeOrigin": origin, "text": text}]


def test_a_request_without_a_token_is_not_authenticated(answer):
    missing, strange = answer(authorization=""), answer(authorization="Basic eDp5")

    assert (missing.status, strange.status) == (401, 401)
    assert missing.json == strange.json == {"error": "JWT validation failed: JWT is missing"}


def test_a_token_that_is_none_of_ours_is_invalid(answer):
    for token in ("a.b.c", "x", "car_1_2", "eyJ.eyJ.eyJ"):
        body = answer(authorization=f"Bearer {token}").json
        assert body == {"error": "JWT validation failed: JWT is invalid"}


def test_forbidden(answer):
    said = answer(scope=Scope.ACTIVITY)

    assert said.status == 403
    assert said.json["detailCode"] == "403 Forbidden"
    text = "The server understood the request but refuses to authorize it."
    assert said.json["messages"] == messages(text)


def test_not_found(answer):
    said = answer(NotFound(Noun.TEMPLATE, "no-such"))

    assert said.status == 404
    assert said.json["detailCode"] == "404 Not found"
    text = "The server did not find a current representation for the target resource."
    assert said.json["messages"] == messages(text)
    assert "no-such" in said.json["causes"][0]["text"]


def test_our_own_fault_says_no_more_than_where_to_look(answer, caplog):
    said = answer(ZeroDivisionError("a secret"))

    assert said.status == 500
    assert said.json["detailCode"] == "500.0 Internal Fault"
    assert said.json["messages"] == messages("An internal fault occurred.")
    assert said.json["causes"] == []
    assert "a secret" not in said.text


@pytest.mark.parametrize("error", [ZeroDivisionError(), NotFound(Noun.EVENT_TYPE, "x")])
def test_the_tracking_id_is_in_the_log(answer, capsys, error):
    id = answer(error).json["trackingId"]

    assert len(id) == 32
    assert int(id, 16) >= 0
    [line] = map(json.loads, capsys.readouterr().out.splitlines())
    assert line["tracking_id"] == id


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Invalid(WireProblem("a", "b")), "400.1 Bad Request Content"),
        (Invalid(WireProblem("a", "b", kind="missing")), "400.1.0 Required data missing or empty"),
        (Invalid(WireProblem("a", "b", kind="choice")), "400.1.3 Illegal value"),
        (Invalid(WireProblem("a", "b", kind="limit")), "400.1.4 Limit violation"),
        (Invalid(WireProblem("a", "b", kind="reference")), "400.1.404 Referenced object not found"),
        (
            Invalid(WireProblem("a", "b", kind="choice"), WireProblem("a", "b")),
            "400.1 Bad Request Content",
        ),
        (Conflict("taken"), "400.1.409 Reference conflict"),
        (TooLarge("big"), "400.1.4 Limit violation"),
        (Malformed("not JSON"), "400.1 Bad Request Content"),
        (Inactive("off"), "400.1 Bad Request Content"),
    ],
)
def test_a_bad_request_has_a_code_and_its_causes(answer, error, code):
    said = answer(error)

    assert said.status == 400
    assert set(said.json) == {"detailCode", "trackingId", "messages", "causes"}
    assert said.json["detailCode"] == code
    assert said.json["messages"] == messages(GENERIC)
    assert said.json["causes"]


def test_what_is_not_available_says_when_to_come_again(answer):
    said = answer(Unavailable("busy", retry_after=7))

    assert (said.status, said.headers["retry-after"]) == (503, "7")


@pytest.mark.parametrize(
    ("accepted", "origin"),
    [
        ("en-US", "REQUEST"),
        ("de-DE, en;q=0.5", "REQUEST"),
        ("EN-gb", "REQUEST"),
        ("de", "DEFAULT"),
        ("", "DEFAULT"),
        ("en;q=0", "DEFAULT"),
        ("*", "DEFAULT"),
        ("en;q=x, \x00", "DEFAULT"),
        ("en;q=...", "DEFAULT"),
        ("end", "DEFAULT"),
    ],
)
def test_the_locales_origin_is_by_the_languages_accepted(answer, accepted, origin):
    said = answer(NotFound(Noun.EVENT_TYPE, "y"), **{"accept-language": accepted})

    assert said.json["messages"][0]["localeOrigin"] == origin
    assert said.json["causes"][0]["localeOrigin"] == origin


@pytest.mark.parametrize("version", ["beta", "v2026", "latest"])
def test_every_version_is_the_same(answer, version):
    assert answer({}, parameters={"version": version}).status == 200


@pytest.mark.parametrize("version", ["v3", "v1", "Beta", ""])
def test_another_version_does_not_exist(answer, version):
    assert answer({}, parameters={"version": version}).status == 404


@pytest.mark.parametrize("version", ["v2024", "v2025"])
def test_an_experimental_version_must_be_wanted(answer, version):
    silent = answer({}, parameters={"version": version})
    wanted = answer({}, parameters={"version": version}, **{"x-sailpoint-experimental": "True"})

    assert (silent.status, wanted.status) == (400, 200)
    assert "X-SailPoint-Experimental" in silent.json["causes"][0]["text"]
