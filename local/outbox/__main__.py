"""The outbox's server: keeps, answers and shows each request under a provider's name.

Hypercorn serves it: APNs needs HTTP/2, the others HTTP/1.1.
"""

import asyncio
import base64
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from local.aws import Emulated
from local.doorkeeper import is_own_host, is_own_origin
from local.outbox import replies
from local.outbox.face import Arrival
from local.outbox.mail import Mailbox
from local.outbox.store import Message, Store, utc
from local.processes import end_with_parent, inherited_socket

_PAGE = Path(__file__).with_name("page.html")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


class Outbox:
    def __init__(self, store: Store, mailbox: Mailbox, stack: Path) -> None:
        self._store = store
        self._mailbox = mailbox
        self._stack = stack
        self._news = asyncio.Event()

    async def page(self, _: Request) -> Response:
        return FileResponse(_PAGE)

    async def stack(self, request: Request) -> Response:
        """Return the URL and key that the page shows in its example command."""
        if _is_foreign(request):
            return JSONResponse({"message": "Not Found"}, 404)
        try:
            stack = json.loads(self._stack.read_text())
        except (OSError, ValueError):
            stack = {}
        tenant = stack.get("tenant") or {}
        return JSONResponse({"base_url": stack.get("base_url"), "api_key": tenant.get("api_key")})

    async def messages(self, request: Request) -> Response:
        if _is_foreign(request):
            return JSONResponse({"message": "Not Found"}, 404)
        if request.method == "DELETE":
            return await self._clear()
        query = request.query_params
        try:
            after, wait = int(query.get("after", 0)), float(query.get("wait", 0))
            limit = int(query["limit"]) if query.get("limit") else None
        except ValueError:
            return JSONResponse({"message": "after, wait and limit are numbers"}, 400)
        if wait and after == self._store.last:
            await self._wait(min(wait, 30))
        total, found = self._store.find(
            provider=query.get("provider", ""),
            contains=query.get("contains", ""),
            after=after,
            limit=limit if limit is None else max(limit, 0),
        )
        counts = self._store.counts()
        return JSONResponse(
            {"total": total, "messages": found, "last": self._store.last, "counts": counts}
        )

    async def arrive(self, request: Request) -> Response:
        """Answer as the real service does, and keep the request with the status answered."""
        segments = tuple(request.url.path.split("/")[1:])
        if not is_own_origin(request.headers.get("origin")):
            return JSONResponse({"message": "Web pages of other origins may not post here"}, 403)
        if request.method == "GET" and segments[0] not in replies.PROVIDERS:
            return JSONResponse({"message": "Not Found"}, 404)
        body = await request.body()
        id = self._store.next_id()
        reply = replies.reply(
            Arrival(id=id, segments=segments, body=body, headers=dict(request.headers))
        )
        self._store.add(_message(request, body, id, reply.status))
        self._tell()
        if reply.pause:
            await asyncio.sleep(reply.pause)
        return Response(reply.body, reply.status, dict(reply.headers))

    async def _clear(self) -> Response:
        with contextlib.suppress(OSError, HTTPException):
            await self._mailbox.empty()
        self._store.clear()
        self._tell()
        return Response(status_code=204)

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)

    @contextlib.asynccontextmanager
    async def running(self, _: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._follow_mail()), asyncio.create_task(self._write())]
        yield
        for task in tasks:
            task.cancel()
        self._store.flush()

    async def _follow_mail(self) -> None:
        while True:
            if await self._mailbox.fetch():
                self._tell()

    async def _write(self) -> None:
        while True:
            await asyncio.sleep(0.3)
            self._store.flush()


def _is_foreign(request: Request) -> bool:
    """Tell whether a page of another site asks, by its origin or by a name it rebound to us."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    return not (is_own_host(host) and is_own_origin(origin))


def _message(request: Request, body: bytes, id: int, status: int) -> Message:
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    message: dict[str, Any] = {
        "id": id,
        "provider": request.url.path.split("/")[1],
        "received_at": utc(time.time()),
        "method": request.method,
        "http_version": request.scope["http_version"],
        "path": path,
        "headers": headers,
        "status": status,
    }
    try:
        message["body"] = body.decode()
    except UnicodeDecodeError:
        message["body"] = body.decode(errors="replace")
        message["body_base64"] = base64.b64encode(body).decode()
    return message


def application(folder: Path, emulated: Emulated) -> Starlette:
    store = Store(folder / "outbox.jsonl")
    outbox = Outbox(store, Mailbox(emulated, store), folder / "stack.json")
    return Starlette(
        routes=[
            Route("/", outbox.page, methods=["GET"]),
            Route("/stack", outbox.stack, methods=["GET"]),
            Route("/messages", outbox.messages, methods=["GET", "DELETE"]),
            Route("/{path:path}", outbox.arrive, methods=_METHODS),
        ],
        lifespan=outbox.running,
    )


def main() -> None:
    end_with_parent()
    emulated = Emulated(url=os.environ["AWS_ENDPOINT_URL"], token=os.environ["AWS_SESSION_TOKEN"])
    app = application(Path(os.environ["CARILLON_STATE"]), emulated)
    config = Config()
    config.bind = [f"fd://{inherited_socket().detach()}"]
    config.loglevel = "WARNING"
    config.graceful_timeout = 1
    config.keep_alive_timeout = 60
    asyncio.run(serve(app, config))  # type: ignore[arg-type]  # hypercorn has its own ASGI types


if __name__ == "__main__":
    main()
