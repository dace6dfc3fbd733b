"""In place of the outside: the network, the clock, the installation's secrets."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from carillon.domain.base.errors import Unauthenticated
from carillon.domain.delivery.transport import NoAnswer, Request, Response
from carillon.domain.tenancy.tokens import Token
from tests import canaries

type Answer = Response | NoAnswer

START = datetime(2026, 1, 1, tzinfo=UTC)


class Egress:
    """Answers by a function, or from a list and then with 200; a NoAnswer is raised."""

    def __init__(self, answers: Callable[[Request], Answer] | Iterable[Answer] = ()) -> None:
        self.requests: list[Request] = []
        self.deadlines: list[float | None] = []
        self._answer = answers if callable(answers) else _in_turn(answers)

    def send(self, request: Request, *, within: float | None = None) -> Response:
        self.requests.append(request)
        self.deadlines.append(within)
        answer = self._answer(request)
        if isinstance(answer, NoAnswer):
            raise answer
        return answer


class Clock:
    def __init__(self, now: datetime = START) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def pause(self, seconds: float) -> None:
        """Nobody else is at work in one thread."""

    def set(self, now: datetime) -> None:
        self.time = now

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Operator:
    def __init__(self, key: str = canaries.OPERATOR_KEY) -> None:
        self._key = key

    def key(self) -> str:
        return self._key


class Tokens:
    """Remembers what it signed."""

    def __init__(self) -> None:
        self._signed: dict[str, Token] = {}

    def sign(self, token: Token) -> str:
        text = f"token.{token.id}.signed"
        self._signed[text] = token
        return text

    def read(self, text: str) -> Token:
        if text not in self._signed:
            raise Unauthenticated("The token was not issued here")
        return self._signed[text]


def _in_turn(answers: Iterable[Answer]) -> Callable[[Request], Answer]:
    remaining = iter(list(answers))
    return lambda _: next(remaining, Response(status=200, body=b"ok"))
