"""The operator's key, in Secrets Manager."""

from carillon.adapters.caching import Expiring
from carillon.adapters.clients import Clients, available


class SecretOperator:
    """Asks again after a minute, so that a rotated key comes into effect without a deployment."""

    def __init__(self, clients: Clients, secret_id: str) -> None:
        self._clients = clients
        self._secret_id = secret_id
        self._known: Expiring[str, str] = Expiring()

    def key(self) -> str:
        known = self._known.get(self._secret_id)
        if known is not None:
            return known
        with available("Secrets Manager"):
            answer = self._clients.secretsmanager.get_secret_value(SecretId=self._secret_id)
        self._known.put(self._secret_id, answer["SecretString"])
        return answer["SecretString"]
