"""Novu's API as its callers see it: paths and keys, on ports in memory."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from carillon.domain.tenancy.access import Scope
from local import template
from local.routing import Routes
from tests import builders as a
from tests import gateway

_TEMPLATE = template.read(Path(__file__).parents[3] / "template.yaml")
ROUTES = Routes.of(template.functions(_TEMPLATE))


@dataclass(frozen=True)
class Api:
    """Calls the function that serves a path, as the template says, with one caller's key."""

    key: str

    def __call__(
        self, method: str, path: str, body: Any = None, headers: Any = None, **query: Any
    ) -> gateway.Answer:
        match = ROUTES.find(method, path)
        assert match is not None
        return gateway.call(
            import_module(match.function.module).handler,
            method,
            unquote(path),
            body,
            path_parameters=match.parameters,
            query=query,
            authorization=f"ApiKey {self.key}",
            **(headers or {}),
        )

    def ok(self, method: str, path: str, body: Any = None, headers: Any = None, **query: Any):
        """What an answer that must be a good one says: its data, if that is all."""
        answer = self(method, path, body, headers, **query)
        assert answer.status in {200, 201, 204}, answer.text
        if not answer.text:
            return None
        return answer.json["data"] if set(answer.json) == {"data"} else answer.json

    def problems(self, method: str, path: str, body: Any = None) -> dict[str, str]:
        """The messages by field of an answer that must be a 422, as the clients parse it."""
        answer = self(method, path, body)
        assert answer.status == 422, answer.text
        assert {"statusCode", "timestamp", "path", "message", "errors"} <= set(answer.json)
        return {
            field: " ".join(error["messages"]) for field, error in answer.json["errors"].items()
        }


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        yield ports


@pytest.fixture
def acme(ports):
    return Api(gateway.issue_key(ports, a.TENANT, *Scope))


@pytest.fixture
def globex(ports):
    return Api(gateway.issue_key(ports, "globex", *Scope))


@pytest.fixture
def with_scopes(ports):
    """A caller whose key may do no more than this."""
    return lambda *scopes: Api(gateway.issue_key(ports, a.TENANT, *scopes))


@pytest.fixture
def call(with_scopes):
    """A caller who may only keep the audience. A path's parameters are said by their names."""
    api = with_scopes(Scope.AUDIENCE)

    def call(method: str, path: str, body: Any = None, *, query: Any = None, **named: str) -> Any:
        ids = {"subscriberId": "ana", **named}
        filled = path.format_map({name: quote(id, safe="") for name, id in ids.items()})
        return api(method, filled, body, **(query or {}))

    return call
