"""How the AWS clients are set up: what they retry, how long they wait, how they are shared."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from botocore.exceptions import ReadTimeoutError

from carillon.adapters.aws.clients import Clients, code

THREADS = 8
# Attempts, and seconds that each waits for an answer.
ATTEMPTS = {
    "dynamodb": (3, 3),
    "sqs": (2, 3),
    "s3": (2, 3),
    "secretsmanager": (3, 3),
    "identities": (3, 3),
    "sesv2": (1, 20),
    "sns": (1, 20),
    "events": (1, 20),
}
BACKOFF = 1 + 2  # seconds at most before the second and the third attempt
API, SENDING = 15, 29  # seconds that functions have: all of the API, and those that send


@pytest.fixture
def clients():
    return Clients(
        region_name="eu-west-1", aws_access_key_id="unused", aws_secret_access_key="unused"
    )


def client_of(clients, service):
    return clients.events("eu-north-1") if service == "events" else getattr(clients, service)


@pytest.mark.parametrize("service", ATTEMPTS)
def test_each_client_gives_up_before_its_function_does(clients, service):
    config = client_of(clients, service).meta.config
    attempts, patience = ATTEMPTS[service]

    assert config.retries == {"mode": "standard", "total_max_attempts": attempts}
    assert (config.connect_timeout, config.read_timeout) == (2, patience)
    assert attempts * patience + BACKOFF < (API if attempts > 1 else SENDING)
    assert config.max_pool_connections == 20


@pytest.mark.parametrize("service", ATTEMPTS)
def test_each_client_is_boto3_s_and_made_once(clients, service):
    client = client_of(clients, service)

    assert client_of(clients, service) is client
    assert "Boto3/" in client.meta.config.user_agent


def test_eventbridge_is_asked_in_the_region_that_the_tenant_names(clients):
    assert clients.events("eu-north-1").meta.region_name == "eu-north-1"
    assert clients.events("us-east-1").meta.region_name == "us-east-1"
    assert clients.sns.meta.region_name == "eu-west-1"


def test_threads_may_make_their_first_clients_at_once(clients):
    ready = Barrier(THREADS)

    def make(number):
        ready.wait()
        return client_of(clients, list(ATTEMPTS)[number % len(ATTEMPTS)]).meta.service_model

    with ThreadPoolExecutor(THREADS) as pool:
        made = list(pool.map(make, range(THREADS)))

    assert {model.service_name for model in made} == set(ATTEMPTS) - {"identities"}


def test_nothing_of_boto3_is_loaded_before_a_client_is_used():
    code = (
        "import sys; from carillon.adapters.aws.clients import Clients; Clients();"
        "print([name for name in sys.modules if name.startswith(('boto3', 'botocore'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": "layers/core/python"},
        capture_output=True,
        check=True,
        text=True,
    )

    assert done.stdout.strip() == "[]"


def test_a_timeout_is_called_by_its_class():
    assert code(ReadTimeoutError(endpoint_url="https://sqs.example")) == "ReadTimeoutError"
