"""notifications/v1 as its clients see it: paths, HTTP Basic, and one list of errors."""

import base64
import json
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from carillon.domain.tenancy.access import Scope, parse_credential
from tests import builders as a
from tests import canaries, fakes, gateway

BASE = "https://api.example.com"
EVENTS = sorted((Path(__file__).parents[3] / "events/confluent").glob("*.json"))


def _route(path):
    template = json.loads(path.read_text())["routeKey"].removeprefix("ANY ")
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)), path.stem


# A fixed segment before a parameter, as the gateway has it.
ROUTES = sorted(map(_route, EVENTS), key=lambda route: "(?P" in route[0].pattern)


def basic(key: str) -> str:
    credential = parse_credential(key)
    pair = f"{credential.id}:{credential.secret}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


@dataclass(frozen=True)
class Api:
    """Calls the function that serves a path, with one caller's credential."""

    authorization: str | None

    def __call__(self, method: str, path: str, body: Any = None, **query: str) -> gateway.Answer:
        route = f"/notifications/v1{path}"
        match, folder = next(
            (match, folder) for pattern, folder in ROUTES if (match := pattern.fullmatch(route))
        )
        headers = {"host": "api.example.com", "x-forwarded-proto": "https"}
        if self.authorization:
            headers["authorization"] = self.authorization
        return gateway.call(
            import_module(f"functions.confluent.{folder}.app").handler,
            method,
            unquote(route),
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

    def refused(self, status: int, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The only error of an answer that must have this status."""
        answer = self(method, path, body, **query)
        assert answer.status == status, answer.text
        [error] = answer.json["errors"]
        assert error["status"] == str(status)
        assert error["detail"]
        return error


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        yield ports


@pytest.fixture
def acme(ports):
    return Api(basic(gateway.issue_key(ports, "acme", *Scope)))


@pytest.fixture
def globex(ports):
    return Api(basic(gateway.issue_key(ports, "globex", *Scope)))


@pytest.fixture
def slack():
    return integration("Slack", webhook_url=canaries.SLACK_URL)


@pytest.fixture
def webhook():
    return integration("Webhook", url=canaries.WEBHOOK_URL)


def integration(kind: str, name: str = "On call", **target: str) -> dict[str, Any]:
    return {"display_name": name, "target": {"kind": kind, **target}}


@pytest.fixture
def answering(ports):
    """Have targets answer like this from now on; what they are asked is in the egress."""

    def become(*answers):
        ports.egress._answer = fakes.Egress(answers)._answer
        return ports.egress

    return become
