"""Clients that answer from a script, for what no emulator can be made to do."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests import canaries


class Scripted:
    """Keeps each operation's calls, and answers them in turn: with a value, or by raising it."""

    def __init__(self, **answers: list[Any]) -> None:
        self.calls: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._answers = answers

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.calls[operation].append(arguments)
            answer = self._answers[operation].pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


class ScriptedClients:
    """One scripted client in the place of every service's."""

    def __init__(self, **answers: list[Any]) -> None:
        self.dynamodb = self.sqs = self.secretsmanager = self.identities = Scripted(**answers)
        self.calls = self.sqs.calls


def error(code: str, status: int = 400, **more: Any) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": f"said with secrets: {canaries.TEXT}"},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    return ClientError(response, "AnyOperation")
