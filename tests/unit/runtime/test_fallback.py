"""Where no route is, the API that the path belongs to says so in its own words."""

from pathlib import Path

import pytest

from carillon.runtime import fallback
from functions.fallback.unknown_path.app import handler
from local import template
from tests import fakes, gateway

ROOT = Path(__file__).parents[3]
ROUTES = [
    (function.folder.split("/")[0], path)
    for function in template.functions(template.read(ROOT / "template.yaml"))
    for _, path in function.routes
    if path != "$default"
]


@pytest.fixture
def ask():
    def call(path, method="GET", **headers):
        return gateway.call(handler, method, path, **headers)

    with gateway.using(fakes.ports()):
        yield call


@pytest.mark.parametrize("path", ["/v1/layouts", "/v2/nothing/here", "/v1", "/v2/"])
def test_novu_says_it_as_its_clients_parse_it(ask, path):
    answer = ask(path, "POST")

    assert answer.status == 404
    assert answer.json["message"] == f"Cannot POST {path}"
    assert {"statusCode", "timestamp", "path"} <= set(answer.json)


def test_the_admin_api_says_it_as_a_problem(ask):
    answer = ask("/admin/v1/nothing")

    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == 404


@pytest.mark.parametrize("path", ["/", "/v10/events", "/favicon.ico", "/adminv1", "//v1"])
def test_what_is_nobodys_is_said_plainly(ask, path):
    answer = ask(path)

    assert (answer.status, answer.json) == (404, {"message": f"Cannot GET {path}"})


def test_nobody_is_asked_for_a_key(ask):
    assert (
        ask("/v1/nothing").json["message"]
        == (ask("/v1/nothing", authorization="ApiKey wrong").json["message"])
    )


def test_a_long_path_is_not_said_again_in_full(ask):
    assert len(ask("/v3/" + "x" * 5000).text) < 300


@pytest.mark.parametrize(("dialect", "path"), ROUTES)
def test_every_route_is_at_a_path_of_its_own_dialect(dialect, path):
    """So a path beside it is answered as its API answers."""
    version = {"novu": "v2"}.get(dialect, "v2025")
    found = fallback.dialect_of(path.replace("{version}", version))

    assert found is not None
    assert found.name == dialect
