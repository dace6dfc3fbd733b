"""SailPoint's API as its callers see it: paths and tokens, on ports in memory."""

import json
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

from carillon.domain.delivery.transport import HttpRequest, Request, Response
from carillon.domain.tenancy.access import Scope
from tests import builders as a
from tests import fakes, gateway

HOOK = "https://hooks.example/trigger"
# Literal segments win over parameters, as in the gateway.
ROUTES = [
    ("triggers", "triggers", ()),
    ("subscriptions", "trigger-subscriptions", ()),
    ("validate_filter", "trigger-subscriptions", ("validate-filter",)),
    ("subscription", "trigger-subscriptions", (None,)),
    ("invocation_status", "trigger-invocations", ("status",)),
    ("test_invocation", "trigger-invocations", ("test",)),
    ("complete_invocation", "trigger-invocations", (None, "complete")),
]


def _folder(service: str, rest: list[str]) -> tuple[str, dict[str, str]]:
    for folder, name, pattern in ROUTES:
        if name == service and len(pattern) == len(rest):
            pairs = list(zip(pattern, rest, strict=True))
            if all(wanted in {None, found} for wanted, found in pairs):
                ids = [found for wanted, found in pairs if wanted is None]
                return folder, {"id": ids[0]} if ids else {}
    raise AssertionError(f"no route for {service} {rest}")


@dataclass
class Api:
    """Calls the function of a path (without a version), with one caller's key."""

    key: str | None

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: str | None = None,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> gateway.Answer:
        service, *rest = path.strip("/").split("/")
        folder, parameters = _folder(service, rest)
        if version:
            parameters["version"] = version
        sent = {"host": "api.carillon.example"} | (headers or {})
        if self.key:
            sent |= {"authorization": f"Bearer {self.key}"}
        return gateway.call(
            import_module(f"functions.sailpoint.{folder}.app").handler,
            method,
            path,
            body,
            path_parameters=parameters,
            query=query,
            **sent,
        )

    def ok(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        answer = self(method, path, body, **query)
        assert answer.status in {200, 201, 204}, answer.text
        return answer.json if answer.text else None

    def subscribe(self, trigger: str = "ask", url: str = HOOK, **fields: Any) -> dict[str, Any]:
        config = {"url": url, "httpDispatchMode": "SYNC", **fields.pop("http", {})}
        body = {"name": "mine", "triggerId": trigger, "type": "HTTP", "httpConfig": config}
        made: dict[str, Any] = self.ok("POST", "/trigger-subscriptions", body | fields)
        return made


class Subscriber:
    """In the place of the network: keeps what arrives and answers it."""

    def __init__(self) -> None:
        self.requests: list[HttpRequest] = []
        self.answer: Any = Response(status=200, body=b'{"approved": true}')

    def __call__(self, request: Request) -> Any:
        assert isinstance(request, HttpRequest)
        self.requests.append(request)
        return self.answer

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.body) for request in self.requests]


@pytest.fixture
def subscriber():
    return Subscriber()


@pytest.fixture
def ports(subscriber):
    """`ask` wants an answer, `tell` wants none."""
    world = fakes.ports(egress=fakes.Egress(subscriber))
    schema = {
        "type": "object",
        "properties": {"identityId": {"type": "string"}},
        "required": ["identityId"],
    }
    answer = {"type": "object", "properties": {"approved": {"type": "boolean"}}}
    common = {"input_schema": schema, "sample": {"identityId": "sample"}}
    with gateway.using(world):
        gateway.issue_key(world, a.TENANT)
        for slug, extra in {
            "ask": {"output_schema": answer | {"required": ["approved"]}},
            "tell": {},
        }.items():
            event = a.event_type(slug, name=slug.title(), media={}, **common, **extra)
            world.event_types.save(a.TENANT, event, expected=None)
        yield world


@pytest.fixture
def api(ports):
    return Api(gateway.issue_key(ports, a.TENANT, *Scope))


@pytest.fixture
def stranger(ports):
    """A key of another tenant."""
    return Api(gateway.issue_key(ports, "globex", *Scope))


@pytest.fixture
def as_key(ports):
    """A caller with a key of these scopes, or with none."""

    def made(*scopes: Scope) -> Api:
        return Api(gateway.issue_key(ports, a.TENANT, *scopes) if scopes else None)

    return made
