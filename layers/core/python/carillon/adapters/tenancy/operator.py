"""The operator's key, in Secrets Manager."""

from carillon.adapters.aws.clients import Clients
from carillon.adapters.aws.secret import Secret


class SecretOperator:
    def __init__(self, clients: Clients, secret_id: str) -> None:
        self._secret = Secret(clients, secret_id)

    def key(self) -> str:
        return self._secret.value()
