"""Bitcaster's API as its client sees it: the template's own routes, on ports in memory."""

from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

import pytest

from carillon.domain.tenancy.access import KeyReach, Scope
from local import template
from local.routing import Routes
from tests import builders as a
from tests import fakes, gateway

ROUTES = Routes.of(template.functions(template.read(Path(__file__).parents[3] / "template.yaml")))
SHOP = "/api/o/acme/p/shop/a/orders"
TRIGGER = f"{SHOP}/e/paid/trigger/"


@dataclass(frozen=True)
class Api:
    """Calls the function that API Gateway would, with one caller's key."""

    ports: fakes.World
    key: str | None
    scheme: str = "Key"
    plain: ClassVar[bool] = False

    def __call__(
        self, method: str, path: str, body: Any = None, *, query: Any = None, **headers: str
    ) -> gateway.Answer:
        if self.plain:
            path = path.removesuffix("/")
        match = ROUTES.find(method, path)
        module = import_module(match.function.module)
        known = {"authorization": f"{self.scheme} {self.key}"} if self.key is not None else {}
        return gateway.call(
            module.handler,
            method,
            unquote(path),
            body,
            path_parameters=match.parameters,
            query=query,
            **{name.replace("_", "-"): value for name, value in (known | headers).items()},
        )

    def ok(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        answer = self(method, path, body, query=query)
        assert answer.status in {200, 201}, answer.text
        return answer.json

    def trigger(self, body: Any = None, event: str = "paid", **query: str) -> gateway.Answer:
        return self("POST", f"{SHOP}/e/{event}/trigger/", body, query=query)

    def with_key(self, **fields: Any) -> "Api":
        """The same with its key changed, as an administrator would have issued another."""
        [id] = [id for id in self.ports.api_keys.by_id if f"_{id}_" in str(self.key)]
        self.ports.api_keys.by_id[id] = replace(self.ports.api_keys.by_id[id], **fields)
        return self


@pytest.fixture(autouse=True, params=["/", "plain"])
def spelling(request, monkeypatch):
    """Each test asks the function of all slashes, and again the endpoints' own."""
    monkeypatch.setattr(Api, "plain", request.param == "plain")


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        event = a.event_type("paid", name="Order paid", application="shop/orders", media={})
        ports.event_types.save(a.TENANT, event, expected=None)
        yield ports


@pytest.fixture
def as_key(ports):
    """A caller with a key of its own."""

    def make(*scopes, tenant=a.TENANT, **fields):
        key = gateway.issue_key(ports, tenant, *(scopes or Scope))
        return Api(ports, key).with_key(**({"name": "k1", "application": "shop/orders"} | fields))

    return make


@pytest.fixture
def api(as_key):
    """A key of one application that may do everything there."""
    return as_key()


@pytest.fixture
def wide(as_key):
    """A key of the whole organization."""
    return as_key(reach=KeyReach.ORGANIZATION)


@pytest.fixture
def stranger(ports):
    return Api(ports, None)
