"""Keep credentials out of refusals: a caller's mistake is told, and the secret in it is not.

Refusals name what was wrong, and so may repeat a key that was sent in the wrong place. Callers log
and report refusals, where others read them.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from carillon.dialects.dialect import Answer
from carillon.domain.base.errors import Malformed, TooLarge
from carillon.runtime.request import Request

MASK = "***"
_SHORTEST = 8  # characters of a text that is looked for
_HEADERS = ("authorization", "x-api-key", "api-key", "x-auth-token", "cookie")
_FIELDS = frozenset({"access_token", "client_secret", "secret", "subject_token", "token"})
# A key as far as it was not cut off, the secret of one alone, both as HTTP Basic has them (of 51
# characters), a JSON Web Token.
_OURS = re.compile(
    r"car_(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{12}_[A-Za-z0-9]+"
    r"|(?<![A-Za-z0-9])(?=[A-Z0-9]*[a-z])(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{38}(?![A-Za-z0-9])"
    r"|(?<![\w+/])(?=[A-Z0-9+/]*[a-z])(?=[a-z0-9+/]*[A-Z])[A-Za-z0-9+/]{68}(?![\w+/=])"
    r"|eyJ[\w-]{8,}(?:\.[\w-]*)*"
)


def without(answer: Answer, request: Request) -> Answer:
    """Return the refusal with each credential in its body and headers masked."""
    sent = sorted(set(_sent(request)), key=len, reverse=True)
    texts = "|".join(map(re.escape, sent))
    pattern = re.compile(f"{texts}|{_OURS.pattern}") if texts else _OURS
    headers = {name: pattern.sub(MASK, text) for name, text in answer.headers.items()}
    return Answer(status=answer.status, body=_masked(answer.body, pattern), headers=headers)


def masked(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return headers that repeat some of the request's, without keys."""
    return {name: _OURS.sub(MASK, text) for name, text in headers.items()}


def _masked(value: Any, pattern: re.Pattern[str]) -> Any:
    match value:
        case str():
            return pattern.sub(MASK, value)
        case list():
            return [_masked(item, pattern) for item in value]
        case dict():
            return {_masked(name, pattern): _masked(item, pattern) for name, item in value.items()}
        case _:
            return value


def _sent(request: Request) -> Iterator[str]:
    """Yield the texts of a request that are credentials by their place, and their parts."""
    for name in _HEADERS:
        for word in request.headers.get(name, "").split():
            yield from _parts(word)
    for name, value in _fields(request).items():
        if name in _FIELDS and isinstance(value, str):
            yield from _parts(value)


def _parts(word: str) -> Iterator[str]:
    try:
        decoded = base64.b64decode(word, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        decoded = ("", "", "")
    for part in (word, word.rpartition("_")[2], *decoded):
        if len(part) >= _SHORTEST:
            yield part


def _fields(request: Request) -> Mapping[str, Any]:
    try:
        if request.is_form or not request.body:
            return request.form()
        body = request.json()
    except (Malformed, TooLarge):
        return request.query
    return {**request.query, **(body if isinstance(body, dict) else {})}
