"""Secrets of the installation, in Secrets Manager."""

from carillon.adapters.aws.clients import Clients, available
from carillon.adapters.caching import Cache


class Secret:
    """Reads the secret again after a minute, so that rotating it needs no deployment."""

    def __init__(self, clients: Clients, id: str) -> None:
        self._clients = clients
        self._id = id
        self._known = Cache[str]()

    def value(self) -> str:
        return self._known.get_or_read(self._id, self._ask)

    def _ask(self) -> str:
        with available("Secrets Manager"):
            answer = self._clients.secretsmanager.get_secret_value(SecretId=self._id)
        return answer["SecretString"]
