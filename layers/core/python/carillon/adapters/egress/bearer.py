"""Access tokens, requested once and shared by all threads of a process until they expire.

https://www.rfc-editor.org/rfc/rfc6749#section-5
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock

from cachetools import LRUCache

from carillon.adapters.egress.guard import Budget, Unreachable
from carillon.adapters.egress.http import Http
from carillon.domain.delivery.deliveries import Concern, Outcome, Result
from carillon.domain.delivery.transport import BearerRequest, HttpRequest, NoAnswer, Response

_KEPT = 500  # tokens of one process
_EARLY = 300  # seconds before its expiry a token is no longer used
_DEFAULT_LIFE, _LONGEST_LIFE = 3600.0, 86_400.0
_OK, _UNAUTHORIZED = 200, 401
_REFUSALS = frozenset({400, _UNAUTHORIZED, 403})
_LONGEST_CODE = 60


@dataclass
class _Entry:
    lock: Lock = field(default_factory=Lock)
    token: str = ""
    expires_at: float = 0.0


class Bearer:
    def __init__(self, http: Http, clock: Callable[[], float] = time.time) -> None:
        self._http = http
        self._clock = clock
        self._entries: LRUCache[tuple[str, bytes], _Entry] = LRUCache(_KEPT)
        self._lock = Lock()

    def send(self, bearer: BearerRequest, budget: Budget) -> Response:
        """Send with a token, and once more with a new one if it is refused.

        Raise NoAnswer when none is granted.
        """
        entry = self._entry(bearer.grant)
        token = self._token(entry, bearer.grant, budget)
        response = self._sent(bearer.request, token, budget)
        if response.status != _UNAUTHORIZED:
            return response
        self._drop(entry, token)
        renewed = self._token(entry, bearer.grant, budget)
        if renewed == token:
            return response
        response = self._sent(bearer.request, renewed, budget)
        if response.status == _UNAUTHORIZED:
            self._drop(entry, renewed)
        return response

    def _sent(self, request: HttpRequest, token: str, budget: Budget) -> Response:
        budget.begin()
        headers = {**request.headers, "authorization": f"Bearer {token}"}
        return self._http.send(replace(request, headers=headers), budget)

    @staticmethod
    def _drop(entry: _Entry, token: str) -> None:
        """Forget a token that was revoked early, unless another thread has renewed it already."""
        if entry.token == token:
            entry.token = ""

    def _entry(self, grant: HttpRequest) -> _Entry:
        with self._lock:
            return self._entries.setdefault((grant.url, grant.body), _Entry())

    def _token(self, entry: _Entry, grant: HttpRequest, budget: Budget) -> str:
        """Return the known token, or a new one, which one thread requests for all."""
        if not entry.lock.acquire(timeout=budget.left()):
            raise Unreachable("no_token")
        try:
            if not entry.token or entry.expires_at <= self._clock():
                began = self._clock()
                entry.token, life = _granted(self._asked(grant, budget))
                entry.expires_at = began + max(life - _EARLY, life / 2)
            return entry.token
        finally:
            entry.lock.release()

    def _asked(self, grant: HttpRequest, budget: Budget) -> Response:
        try:
            return self._http.send(grant, budget)
        except TimeoutError:  # nothing of the message itself was sent
            raise Unreachable("no_token") from None


def _granted(response: Response) -> tuple[str, float]:
    """Return the token and its lifetime in seconds; raise NoAnswer for a refusal."""
    answer = _object(response.body)
    token, life = answer.get("access_token"), answer.get("expires_in", _DEFAULT_LIFE)
    if (
        response.status == _OK
        and isinstance(token, str)
        and token.isascii()
        and token.isprintable()
    ):
        if isinstance(life, int | float) and 0 < life <= _LONGEST_LIFE:
            return token, float(life)
        return token, _DEFAULT_LIFE
    refused = response.status in _REFUSALS
    error = answer.get("error")
    word = error if isinstance(error, str) and error.isidentifier() else ""
    raise NoAnswer(
        Result(
            outcome=Outcome.CONFIG if refused else Outcome.RETRY,
            code=word[:_LONGEST_CODE] or f"token_http_{response.status}",
            http_status=response.status,
            detail="no access token was granted",
            concerns=Concern.INTEGRATION if refused else None,
        )
    )


def _object(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
