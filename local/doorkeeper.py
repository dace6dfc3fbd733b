"""Keep strangers out of the stack's servers, which web pages in a browser here can reach too.

A page's requests carry an Origin, and by DNS rebinding a foreign Host; neither can know the token
of this installation, which only the developer's own user may read.
"""

import hmac
import json
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN_HEADER = "x-amz-security-token"  # noqa: S105 - AWS clients send AWS_SESSION_TOKEN in it
_NAMES = frozenset({"127.0.0.1", "localhost"})
_FORBIDDEN = 403

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]
type Headers = Iterable[tuple[bytes, bytes]]


def token(state: Path) -> str:
    """Return the token of the stack that keeps its state here; make it at its first start."""
    file = state / "token"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text()


def is_own_host(host: str) -> bool:
    return urlsplit(f"//{host}").hostname in _NAMES


def is_own_origin(origin: str | None) -> bool:
    """Tell whether a page of this stack, or no page, sent the request."""
    return origin is None or urlsplit(origin).hostname in _NAMES


class Doorkeeper:
    """Let only requests with the token through to the application; answer no page of any origin."""

    def __init__(self, application: Application, token: str, *, open_paths: frozenset[str]) -> None:
        self._application = application
        self._token = token
        self._open = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reason = self._objection(scope) if scope["type"] == "http" else None
        if reason is not None:
            await _refuse(send, reason)
            return
        await self._application(scope, receive, _without_cors(send))

    def _objection(self, scope: Scope) -> str | None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if "origin" in headers:
            return "Web pages may not use the emulator"
        if not is_own_host(headers.get("host", "")):
            return "The Host must be 127.0.0.1 or localhost"
        if scope["path"] in self._open:
            return None
        query = parse_qs(scope["query_string"].decode("latin-1"))
        given = headers.get(TOKEN_HEADER) or query.get("X-Amz-Security-Token", [""])[0]
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return "The session token must be this stack's own (emulator_token in stack.json)"
        return None


def _without_cors(send: Send) -> Send:
    async def sending(event: MutableMapping[str, Any]) -> None:
        if event["type"] == "http.response.start":
            kept = [
                (name, value)
                for name, value in event.get("headers", [])
                if not name.lower().startswith(b"access-control-")
            ]
            event = {**event, "headers": kept}
        await send(event)

    return sending


async def _refuse(send: Send, reason: str) -> None:
    body = json.dumps({"__type": "AccessDeniedException", "message": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": _FORBIDDEN, "headers": headers})
    await send({"type": "http.response.body", "body": body})
