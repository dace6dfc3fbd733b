"""Our own contracts as oracles: whatever is asked, the answers are as they say.

Both what a contract allows and what it does not is asked of every operation, on ports in memory.
CONTRACT_CASES=300 asks more, and others each time (`make contracts-at-length`).
"""

import os
from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from carillon.domain.audience.topics import Topic
from carillon.domain.tenancy.access import Scope
from local import template
from local.routing import Routes
from tests import builders as a
from tests import canaries, gateway
from tests.unit.novu import telling

ROOT = Path(__file__).parents[2]
ROUTES = Routes.of(template.functions(template.read(ROOT / "template.yaml")))
CASES = int(os.environ.get("CONTRACT_CASES", "6"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SCHEMES = {"admin": "Bearer", "bitcaster": "Key", "novu": "ApiKey", "sailpoint": "Bearer"}
# What there is, by the names of parameters: half of the cases are about it.
KNOWN = {
    "evt": "welcome",
    "event_type": "welcome",
    "integration": "int_slack",
    "medium": "email",
    "org": a.TENANT,
    "subscriber": "ana",
    "subscriberId": "ana",
    "tenant": a.TENANT,
    "topic": "team",
    "topicKey": "team",
    "username": "ana",
    "workflow": "welcome",
}
DOCUMENTS = {
    dialect: schemathesis.openapi.from_path(ROOT / f"tests/contracts/{dialect}.json")
    for dialect in (*SCHEMES, "confluent")
}
OPERATIONS = [
    pytest.param(dialect, operation.ok(), id=f"{dialect}: {operation.ok().label}")
    for dialect, document in DOCUMENTS.items()
    for operation in document.get_all_operations()
]


@pytest.fixture
def key():
    """Of a tenant who has told somebody something."""
    ports = telling.world()
    telling.tell(ports, "told", "ana")
    ports.topics.put(a.TENANT, Topic(key="team", name="Team", created_at=a.NOW, updated_at=a.NOW))
    with gateway.using(ports):
        yield gateway.issue_key(ports, a.TENANT, *Scope)


def asked(dialect, request, key):
    """The answer of the function whose path it is; None for what became another dialect's."""
    url = urlsplit(request.url)
    match = ROUTES.find(request.method, url.path)
    if match is None or f".{dialect}." not in match.function.module:
        return None
    handler = import_module(match.function.module).handler
    endpoint = handler.endpoints.get(request.method)
    credential = canaries.OPERATOR_KEY if endpoint and endpoint.rules.operator else key
    answer = gateway.call(
        handler,
        request.method,
        unquote(url.path),
        request.body,
        path_parameters=match.parameters,
        query=parse_qs(url.query, keep_blank_values=True),
        authorization=f"{SCHEMES.get(dialect, 'Bearer')} {credential}",
        **{"content-type": request.headers.get("content-type", "application/json")},
    )
    return Response(
        status_code=answer.status,
        headers={name: [value] for name, value in answer.headers.items()},
        content=answer.text.encode(),
        request=request,
        elapsed=0.0,
        verify=False,
    )


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize(("dialect", "operation"), OPERATIONS)
def test_answers_are_as_the_contract_says(key, dialect, operation, mode):
    given_to_it = (operation.body, operation.query, operation.path_parameters)
    if mode is GenerationMode.NEGATIVE and not any(given_to_it):
        pytest.skip("nothing is given to it that could be wrong")

    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        derandomize="CONTRACT_CASES" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(mode), st.booleans())
    def each(case, known):
        if known:
            case.path_parameters |= {n: KNOWN[n] for n in case.path_parameters if n in KNOWN}
        request = requests.Request(**case.as_transport_kwargs(base_url="http://x")).prepare()
        if answer := asked(dialect, request, key):
            answered.append(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

    answered: list[int] = []
    each()
    assert answered
