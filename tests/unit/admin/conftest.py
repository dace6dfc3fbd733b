"""The admin API as its callers see it: paths and keys, on ports in memory."""

import json
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from carillon.domain.tenancy.access import KeyReach, Scope
from tests import canaries, fakes, gateway

EVENTS = sorted((Path(__file__).parents[3] / "events/admin").glob("*.json"))
OPERATOR = canaries.OPERATOR_KEY


def _route(path):
    """A path as the gateway matches it, from the example event of its function."""
    template = json.loads(path.read_text())["routeKey"].removeprefix("ANY ")
    pattern = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", template)
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)), path.stem


ROUTES = [_route(path) for path in EVENTS]


@dataclass(frozen=True)
class Api:
    """Calls the function that serves a path, with one caller's key."""

    key: str | None

    def __call__(self, method: str, path: str, body: Any = None, **query: str) -> gateway.Answer:
        route = f"/admin/v1{path}"
        match, folder = next(
            (match, folder) for pattern, folder in ROUTES if (match := pattern.fullmatch(route))
        )
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        return gateway.call(
            import_module(f"functions.admin.{folder}.app").handler,
            method,
            route,
            body,
            path_parameters={name: unquote(value) for name, value in match.groupdict().items()},
            query=query,
            **headers,
        )

    def ok(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The JSON of an answer that must be a good one."""
        answer = self(method, path, body, **query)
        assert answer.status in {200, 201, 204}, answer.text
        return answer.json if answer.text else None

    def problems(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, str]:
        """The messages by path of an answer that must be a 422."""
        answer = self(method, path, body, **query)
        assert answer.status == 422, answer.text
        return {error["path"]: error["message"] for error in answer.json["errors"]}


@pytest.fixture
def ports():
    with gateway.using(fakes.ports()) as ports:
        yield ports


@pytest.fixture
def acme(ports):
    return Api(gateway.issue_key(ports, "acme", *Scope, reach=KeyReach.ORGANIZATION))


@pytest.fixture
def globex(ports):
    return Api(gateway.issue_key(ports, "globex", *Scope, reach=KeyReach.ORGANIZATION))


@pytest.fixture
def operator(ports):
    return Api(OPERATOR)


@pytest.fixture
def as_key(ports):
    """A caller with another credential."""
    return Api
