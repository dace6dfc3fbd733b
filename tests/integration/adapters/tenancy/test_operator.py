"""The operator's key and the clock."""

from datetime import UTC

import pytest

from carillon.adapters.clock import SystemClock
from carillon.adapters.tenancy.operator import SecretOperator
from carillon.domain.base.errors import Unavailable
from tests import canaries
from tests.integration.adapters.stubs import ScriptedClients, error


def test_the_operators_key_is_the_secret(clients, tenant):
    clients.secretsmanager.create_secret(Name=tenant, SecretString=canaries.OPERATOR_KEY)

    assert SecretOperator(clients, tenant).key() == canaries.OPERATOR_KEY


def test_the_operators_key_is_asked_for_once_a_minute():
    clients = ScriptedClients(get_secret_value=[{"SecretString": "a"}, {"SecretString": "b"}])
    operator = SecretOperator(clients, "arn")

    assert operator.key() == operator.key() == "a"
    assert clients.calls["get_secret_value"] == [{"SecretId": "arn"}]


def test_a_secret_that_cannot_be_read_now_is_unavailable():
    clients = ScriptedClients(get_secret_value=[error("InternalServiceError", 500)])

    with pytest.raises(Unavailable):
        SecretOperator(clients, "arn").key()


def test_the_clock_says_utc():
    assert SystemClock().now().tzinfo is UTC
