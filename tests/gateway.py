"""Calls a function the way API Gateway does (payload format 2.0), with its role's rights."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from carillon.domain.base.errors import NotFound
from carillon.domain.tenancy.access import ApiKey, KeyReach, Scope, Tenant, new_credential
from carillon.ports import Ports
from carillon.runtime import wiring
from carillon.runtime.limits import Limits
from tests import fakes
from tests.contracts import held
from tests.rights import enforcing

CONTEXT = SimpleNamespace(
    function_name="test",
    aws_request_id="00000000-0000-0000-0000-000000000000",
    get_remaining_time_in_millis=lambda: 60_000,
)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@contextmanager
def using[P: Ports](ports: P, limits: Limits | None = None) -> Iterator[P]:
    """Let the functions run on these ports, and within these limits of calls."""
    limits = limits or Limits()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wiring, "ports", lambda *, fresh=False: ports)
        patched.setattr(wiring, "limits", lambda: limits)
        yield ports


def issue_key(
    ports: fakes.World, tenant: str, *scopes: Scope, reach: KeyReach = KeyReach.APPLICATION
) -> str:
    """A key of the tenant, which is made if need be; in full, as its owner holds it."""
    now = ports.clock.now()
    try:
        ports.tenants.get(tenant)
    except NotFound:
        ports.tenants.add(Tenant(id=tenant, name=tenant, created_at=now, senders=("*",)))
    credential = new_credential()
    key = ApiKey(
        id=credential.id,
        tenant=tenant,
        name="test",
        digest=credential.digest,
        scopes=frozenset(scopes),
        created_at=now,
        reach=reach,
    )
    ports.of(tenant).api_keys.add(key)
    return str(credential)


def call(
    handler: Any,
    method: str,
    path: str,
    body: Any = None,
    *,
    path_parameters: Mapping[str, str] | None = None,
    query: Mapping[str, str | list[str]] | None = None,
    route: str = "$default",
    address: str = "192.0.2.1",
    **headers: str,
) -> Answer:
    """Call the function, and hold its success to its contract.

    `body` is JSON to be written, or text or bytes to be sent as they are. `route` is the
    template's, `ANY /v1/…`, as API Gateway tells it.
    """
    sent = body if isinstance(body, str | bytes) or body is None else json.dumps(body)
    event = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": urlencode(query or {}, doseq=True),
        "headers": {"content-type": "application/json", **headers},
        "pathParameters": dict(path_parameters or {}),
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": address},
            "requestId": "req-1",
            "stage": "$default",
        },
        "isBase64Encoded": isinstance(sent, bytes),
        "body": base64.b64encode(sent).decode() if isinstance(sent, bytes) else sent,
    }
    function = enforcing.function_of(handler)
    with enforcing.running_as(function) if function else nullcontext():
        response = handler(event, CONTEXT)
    answer = Answer(response["statusCode"], response["headers"], response.get("body", ""))
    held.check(handler, method, answer.status, answer.text)
    return answer
