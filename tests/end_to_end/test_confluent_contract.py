"""Confluent's published contract as the oracle: what it allows and what it does not, asked for.

CONTRACT_CASES=3000 asks more, and others each time (`make contracts-at-length`).
"""

import os
from collections import Counter
from pathlib import Path

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CONTRACTS = Path(__file__).parents[1] / "contracts/confluent"
CASES = int(os.environ.get("CONTRACT_CASES", "300"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Answered by the outbox, at once, for better or worse.
KNOWN = [
    "slack/x",
    "slack/fail/no_service",
    "slack/status/429",
    "slack/status/500",
    "msteams/x",
    "msteams/fail/WorkflowNotFound",
    "msteams/fail/429",
    "webhook/x",
    "webhook/status/204",
    "webhook/status/302",
    "webhook/status/410",
    "webhook/status/503",
]
# Refused before anybody is asked.
HOSTILE = [
    "http://169.254.169.254/latest/meta-data",
    "https://169.254.169.254/latest/meta-data",
    "https://127.0.0.1:1/x",
    "https://[::1]/x",
    "https://[::ffff:10.0.0.1]/x",
    "https://10.0.0.1/x",
    "https://0x7f000001/x",
    "https://user:password@127.0.0.1/x",
    "https://" + "a" * 300,
    "https://127.0.0.1:0/x",
    "https://127.0.0.1:99999/x",
    "ftp://127.0.0.1/x",
    "gopher:x",
    "//127.0.0.1",
    "https://",
    "urn:x",
    "https://127.0.0.1/\u0000",
    "https://bücher.invalid:bad/",
]


def contract(name):
    """The document without its discriminators: the published ones map to schemas, not to names."""

    def plain(node):
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items() if key != "discriminator"}
        return [plain(item) for item in node] if isinstance(node, list) else node

    return schemathesis.openapi.from_dict(plain(yaml.safe_load((CONTRACTS / name).read_text())))


@pytest.fixture(scope="module")
def tenant(stack):
    """A tenant of its own: the cases leave integrations behind."""
    wanted = {"id": "contract", "name": "Contract"}
    made = stack.admin("POST", "/tenants", wanted, key=stack.operator_key)["key"]
    stack.known.add(made["secret"])
    stack.admin("POST", "/event-types", {"slug": "news", "name": "News"}, key=made["api_key"])
    return made


@pytest.fixture
def ask(stack, tenant):
    """Ask as many cases of an operation; how many answers there were of each status."""
    urls = [f"{stack.outbox_url}/{path}" for path in KNOWN]
    schemathesis.openapi.format("uri", st.sampled_from([*urls, *HOSTILE]))
    stack.http.auth = (tenant["id"], tenant["secret"])

    def run(operation, cases, mode, **known):
        met = Counter()

        @seed(1)
        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            derandomize="CONTRACT_CASES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(mode, **known))
        def each(case):
            response = case.call(base_url=stack.base_url, session=stack.http, timeout=30)
            case.validate_response(response, checks=CHECKS)
            assert response.headers["x-request-id"]
            met[response.status_code] += 1

        each()
        return met

    yield run
    stack.http.auth = None


def test_a_test_of_a_target_answers_as_published(ask):
    operation = contract("test_integration.yaml")["/notifications/v1/integrations:test"]["POST"]

    allowed = ask(operation, CASES * 2 // 3, GenerationMode.POSITIVE)
    forbidden = ask(operation, CASES // 3, GenerationMode.NEGATIVE)

    assert allowed.total() + forbidden.total() >= CASES
    assert set(allowed) == {204, 400}
    assert set(forbidden) <= {204, 400}
    assert forbidden[400]


def test_its_neighbours_answer_as_published(stack, ask):
    document = contract("neighbours.yaml")
    body = {
        "display_name": "For all cases",
        "target": {"kind": "Webhook", "url": f"{stack.outbox_url}/webhook/x"},
    }
    made = stack.http.post(
        f"{stack.base_url}/notifications/v1/integrations", json=body, timeout=30
    ).json()
    met = Counter()
    for result in document.get_all_operations():
        operation = result.ok()
        for mode in GenerationMode:
            met += ask(operation, max(CASES // 30, 3), mode)
        if operation.path.endswith("integrations/{id}") and operation.method != "delete":
            known = {"path_parameters": {"id": made["id"]}}
            met += ask(operation, max(CASES // 30, 3), GenerationMode.POSITIVE, **known)

    assert {200, 201, 400, 404, 422} <= set(met)
