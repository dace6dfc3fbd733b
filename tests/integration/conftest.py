"""The worlds that an adapter is tried in: an AWS emulator as a server, and one in the process."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from carillon.adapters import assembly
from carillon.adapters.aws.clients import Clients
from carillon.domain.base.channels import Channel
from local import template
from tests import fakes
from tests.integration import moto_sorting
from tests.integration.moto_bulk import write_singly
from tests.integration.unbound import Unbound
from tests.rights import freshness, recording

# Hooks and fixtures of each test: what the adapters ask of AWS is known.
pytest_configure = freshness.pytest_configure
pytest_testnodedown = freshness.pytest_testnodedown
pytest_sessionfinish = freshness.pytest_sessionfinish
recorded = freshness.recorded
no_call_is_unknown = freshness.no_call_is_unknown

_TEMPLATE = Path(__file__).parents[2] / "template.yaml"
_TABLES = ("TenantsTable", "SubscriptionsTable", "InvocationsTable")
_START_WITHIN = 30
_INJECTED = {"providers", "egress", "renderer", "schemas", "filters", "clock"}

_records = count(100_000_000_000)
_tenants = count(1)


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an emulator that speaks all of DynamoDB and SQS that we use."""
    port = _free_port()
    settings = {"BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}
    command = f"-m uvicorn ministack.app:app --lifespan on --host 127.0.0.1 --port {port}"
    with (tmp_path_factory.mktemp("ministack") / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, *command.split()],
            env={**os.environ, **settings, "GATEWAY_PORT": str(port)},
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=10)


@pytest.fixture(scope="module")
def ministack_clients(ministack: str, recorded: recording.Recorded) -> Clients:
    """Clients of an account of the module's own."""
    return recording.RecordingClients(
        recorded,
        endpoint_url=ministack,
        region_name="us-east-1",
        aws_access_key_id=str(next(_records)),
        aws_secret_access_key="unused",
    )


@pytest.fixture(scope="module")
def moto_clients() -> Iterator[Clients]:
    with mock_aws(), moto_sorting.quick():
        yield Clients(
            region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )


@pytest.fixture(scope="module", params=["moto", "ministack"])
def clients(request: pytest.FixtureRequest) -> Clients:
    found: Clients = request.getfixturevalue(f"{request.param}_clients")
    create_tables(found)
    return found


@pytest.fixture(scope="module", params=["fake", "moto", "ministack"])
def world(request: pytest.FixtureRequest, recorded: recording.Recorded) -> Any:
    """Every port: what the tests say of it holds for the fake and for the adapter alike."""
    fake = fakes.ports()
    if request.param == "fake":
        return fake
    clients = request.getfixturevalue(f"{request.param}_clients")
    environment = environment_of(clients)
    tables = assembly.Tables.named(
        clients, environment, write=write_singly if request.param == "moto" else None
    )
    services = {name: each for name, each in fake.services.items() if name in _INJECTED}
    ports = assembly.ports(tables, clients, environment, fresh=True, **services)
    return Unbound(recorded.over(ports))


@pytest.fixture
def tenant() -> str:
    """A tenant that no other test knows."""
    return f"tenant-{next(_tenants)}"


@pytest.fixture
def other() -> str:
    """Another one, which must never see anything of the first."""
    return f"other-{next(_tenants)}"


def environment_of(clients: Clients, **others: str) -> dict[str, str]:
    """Return what the template tells a function of its stores and queues, which are made here."""
    tenants, subscriptions, invocations = create_tables(clients)
    return {
        "TENANTS_TABLE": tenants,
        "SUBSCRIPTIONS_TABLE": subscriptions,
        "INVOCATIONS_TABLE": invocations,
        "FAN_OUT_QUEUE_URL": create_queue(clients, "fan-out"),
        **{f"{channel.upper()}_QUEUE_URL": create_queue(clients, channel) for channel in Channel},
        "RETENTION_DAYS": "30",
        "DELIVERY_LEASE": "90",
        "DELETION_GRACE": "300",
        "INTEGRATIONS_PER_TENANT": "100",
        "SMS_PARTS_PER_MONTH": "10000",
        "ATTACHMENTS_BUCKET": create_bucket(clients),
        "ENDPOINTS_PER_TENANT": "500",
        "DELIVERIES_PER_RECIPIENT": "100",
        "KEYS_PER_TENANT": "100",
        "SUBSCRIPTIONS_PER_EVENT_TYPE": "1000",
        "TEMPLATES_PER_EVENT_TYPE": "500",
        "RECIPIENTS_PER_EVENT": "10000",
        "OPERATOR_KEY_SECRET": "unused",
        "TOKEN_KEY_SECRET": "unused",
        **others,
    }


def create_queue(clients: Clients, name: str) -> str:
    return clients.sqs.create_queue(QueueName=name)["QueueUrl"]


def create_bucket(clients: Clients) -> str:
    """An account's own, as a bucket's name is taken for all; in this region it may be repeated."""
    name = f"attachments-{clients.options['aws_access_key_id']}"
    clients.s3.create_bucket(Bucket=name)
    return name


@cache
def _declared() -> Mapping[str, Any]:
    found: dict[str, Any] = template.read(_TEMPLATE)["Resources"]
    return found


def create_tables(clients: Clients) -> list[str]:
    """The tables as the template has them."""
    declared = _declared()
    for name in _TABLES:
        definition = {
            key: value
            for key, value in declared[name]["Properties"].items()
            if key in {"AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema"}
        }
        with suppress(clients.dynamodb.exceptions.ResourceInUseException):
            clients.dynamodb.create_table(TableName=name, **definition)
    return list(_TABLES)


def _free_port() -> int:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_WITHIN
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
        time.sleep(0.05)
    pytest.fail("the emulator did not start")
