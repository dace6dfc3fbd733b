"""The functions' process: the HTTP API, and the endpoint by which the emulator invokes functions.

The emulator's poller and scheduler call `POST /_invoke/<token>/<logical id>`. Every other path is
routed as the template's HTTP API says.
"""

import asyncio
import hmac
import json
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import socket
from typing import Any, override

import uvicorn

from local import events
from local.deploy import Deployment
from local.events import Answer, Request
from local.functions import Crashed, Functions, TimedOut
from local.logs import Console
from local.processes import end_with_parent, inherited_socket
from local.routing import Routes

_INVOKE = "/_invoke/"
_READY = "/_local/ready"
_LARGEST = 6 * 1024 * 1024  # bytes: Lambda's limit for a synchronous call
_LARGEST_BATCH = 16 * 1024 * 1024  # bytes: the emulator limits batches by count only
_DRAINING = 0.3  # seconds
_LONGEST = 30.0  # seconds: an HTTP API's integration timeout

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Gateway:
    """The ASGI application. Requests and background work have separate thread pools."""

    def __init__(self, functions: Functions, *, token: str, threads: int = 32) -> None:
        self._functions = functions
        self._entry = f"{_INVOKE}{token}/"
        self._routes = Routes.of(functions.declared.values())
        self._requests = ThreadPoolExecutor(threads, "request")
        self._work = ThreadPoolExecutor(3 * threads, "work")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _path(scope)
        invoked = scope["method"] == "POST" and self._is_entry(path)
        body = await _body(receive, limit=_LARGEST_BATCH if invoked else _LARGEST)
        if path == _READY:
            answer = events.message(200, "ready")
        elif invoked:
            answer = await self._invoke(path.removeprefix(self._entry), body)
        elif body is None:
            answer = events.message(413, "Request Entity Too Large")
        else:
            answer = await self._request(scope, path, body)
        headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
        headers.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    def _is_entry(self, path: str) -> bool:
        given = path[: len(self._entry)]
        return hmac.compare_digest(given.encode(), self._entry.encode())

    async def _request(self, scope: Scope, path: str, body: bytes) -> Answer:
        match = self._routes.find(scope["method"], path)
        if match is None:
            return events.message(404, "Not Found")
        request = Request(
            method=scope["method"],
            path=path,
            query=scope["query_string"].decode("latin-1"),
            headers=[(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]],
            body=body,
            client=(scope.get("client") or ("127.0.0.1", 0))[0],
        )
        event = events.to_event(request, match)
        limit = match.function.timeout
        try:
            result = await self._functions.call(
                match.function, event, pool=self._requests, limit=min(limit, _LONGEST)
            )
            return events.to_answer(result)
        except Crashed:
            return events.message(500, "Internal Server Error")
        except TimedOut:
            # 503 if the API stopped waiting for a running function, 500 if Lambda ended it.
            if limit > _LONGEST:
                return events.message(503, "Service Unavailable")
            return events.message(500, "Internal Server Error")

    async def _invoke(self, id: str, body: bytes | None) -> Answer:
        function = self._functions.declared.get(id)
        if function is None or body is None:
            return events.message(404, f"There is no function {id}")
        try:
            result = await self._functions.call(
                function, json.loads(body), pool=self._work, limit=function.timeout
            )
        except (Crashed, TimedOut) as error:
            return events.message(500, type(error).__name__)
        return Answer(status=200, body=json.dumps(result).encode())


def _path(scope: Scope) -> str:
    """Return the path as received, percent-encoded."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1")


async def _body(receive: Receive, *, limit: int) -> bytes | None:
    """Read the request's body; return None if it is too large."""
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        part = event.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        if not event.get("more_body"):
            return b"".join(parts) if size <= limit else None


class _Server(uvicorn.Server):
    """Ends without resetting a connection on which a request is on its way."""

    @override
    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Answer what still comes on open connections, and have callers open others.

        Those wait in the parent's backlog for the next process.
        """
        for server in self.servers:
            server.close()
        self.server_state.default_headers.append((b"connection", b"close"))
        await asyncio.sleep(_DRAINING)
        await super().shutdown(sockets)


def _install_egress() -> None:
    from local import egress  # noqa: PLC0415 - it imports the layer, which `main` puts on the path

    egress.install(**json.loads(os.environ["CARILLON_LOCAL_EGRESS"]))


def main() -> None:
    """Serve the deployment described by the file CARILLON_DEPLOYMENT."""
    end_with_parent()
    deployment = Deployment.load(Path(os.environ["CARILLON_DEPLOYMENT"]))
    if deployment is None:
        sys.exit("Nothing is deployed.")
    os.environ.update(deployment.environment)
    sys.path[:0] = os.environ["CARILLON_CODE"].split(os.pathsep)
    console = Console(sys.stdout)
    console.install()
    functions = Functions(deployment.functions, console, prepare=_install_egress)
    functions.warm()
    config = uvicorn.Config(
        Gateway(functions, token=os.environ["AWS_SESSION_TOKEN"]),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=10,
    )
    _Server(config).run(sockets=[inherited_socket()])


if __name__ == "__main__":
    main()
