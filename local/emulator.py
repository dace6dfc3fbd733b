"""The AWS emulator: ministack, served by uvicorn, with what this stack needs of it.

Its settings come from the environment (`settings`) and are read when it is imported, hence the
late imports. Five changes to the pinned version, all in `_adapt`:

- Standard queues are fair (local/fair_queues.py).
- Several slow batches of a queue may be in flight without holding up the next one.
- Its log of each invocation is dropped: it would only grow, and ours goes to the terminal.
- Any sender may send mail: it only ever lands in the outbox.
- State is saved whenever the stack has been idle for a moment, not at the end alone.
"""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn

from local import fair_queues
from local.processes import LOOPBACK, end_with_parent, inherited_socket

REGION = "eu-central-1"
ACCOUNT = "000000000000"

# Batches a queue may have in flight: what a slow endpoint of one tenant can hold up.
_BATCHES_IN_FLIGHT = 10
_IDLE_BEFORE_SAVE = 1.5
_LONGEST_UNSAVED = 60.0

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def settings(port: int, state: Path) -> dict[str, str]:
    return {
        "BIND_HOST": LOOPBACK,  # it would listen on all interfaces
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": LOOPBACK,
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AWS_DEFAULT_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state),
        "LOG_LEVEL": "WARNING",
    }


class Saving:
    """Writes the emulator's state to disk, one writer at a time."""

    def __init__(self, save: Callable[[dict[str, Any]], None]) -> None:
        self._save = save
        self._lock = threading.Lock()
        self._saved = time.monotonic()
        self._touched = 0.0

    def touch(self) -> None:
        self._touched = time.monotonic()

    def due(self, now: float) -> bool:
        if self._touched <= self._saved:
            return False
        return now - self._touched > _IDLE_BEFORE_SAVE or now - self._saved > _LONGEST_UNSAVED

    def save(self, services: dict[str, Any]) -> None:
        """Queues first: a message saved twice is delivered once, a message lost is lost."""
        with self._lock:
            self._saved = time.monotonic()
            self._save(dict(sorted(services.items(), key=lambda item: item[0] != "sqs")))

    def watch(self, services: Callable[[], dict[str, Any]]) -> None:
        while True:
            time.sleep(0.5)
            if self.due(time.monotonic()):
                self.save(services())


class Emulator:
    """ministack with a few paths of our own under /_local/."""

    def __init__(
        self, ministack: Application, saving: Saving, mail: Callable[[], list[Any]]
    ) -> None:
        self._ministack = ministack
        self._saving = saving
        self._mail = mail
        self.polling = threading.Event()
        self.polling.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/_local/"):
            if scope["type"] == "http" and scope["path"] != "/_ministack/ready":
                self._saving.touch()
            await self._ministack(scope, receive, send)
            return
        match scope["method"], scope["path"]:
            case "GET", "/_local/mail":
                await self._answer(send, await self._mail_after(scope))
            case "DELETE", "/_local/mail":
                self._mail().clear()
                self._saving.touch()
                await self._answer(send, {})
            case "POST", "/_local/pause":
                self.polling.clear()
                await self._answer(send, {})
            case _:
                await self._answer(send, {"message": "Not Found"}, status=404)

    async def _mail_after(self, scope: Scope) -> dict[str, Any]:
        """Mail from the given position on; waits for some to come, if it may."""
        query = parse_qs(scope["query_string"].decode())
        after, wait = (int(query.get(name, ["0"])[0]) for name in ("after", "wait"))
        deadline = time.monotonic() + wait
        while len(self._mail()) == after and time.monotonic() < deadline:  # noqa: ASYNC110 - below
            await asyncio.sleep(0.05)  # it has no event for it
        mail = self._mail()
        return {"total": len(mail), "messages": mail[after:]}

    @staticmethod
    async def _answer(send: Send, body: Any, *, status: int = 200) -> None:
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def _adapt(emulator: Emulator) -> None:
    # They read the environment when imported. The package has no types.
    from ministack.services import lambda_svc, ses_v2, sqs  # type: ignore[import-untyped]  # noqa: PLC0415

    in_order = sqs._collect_msgs  # noqa: SLF001 - the pinned version has no other seam
    poll = lambda_svc._poll_sqs  # noqa: SLF001

    def fairly(queue: dict[str, Any], limit: int, visibility: int) -> Any:
        if queue["is_fifo"]:
            return in_order(queue, limit, visibility)
        picked = fair_queues.pick(queue["messages"], limit, time.time())
        return in_order({**queue, "messages": picked}, limit, visibility)

    sqs._collect_msgs = fairly  # noqa: SLF001
    lambda_svc._poll_sqs = lambda: emulator.polling.is_set() and poll()  # noqa: SLF001
    lambda_svc._ESM_SQS_DEFAULT_CONCURRENCY = _BATCHES_IN_FLIGHT  # noqa: SLF001
    lambda_svc._emit_lambda_logs = lambda *_, **__: None  # noqa: SLF001
    ses_v2._message_rejection = lambda *_: None  # noqa: SLF001


def _captured_mail() -> list[Any]:
    from ministack.services import ses  # noqa: PLC0415

    stores = ses._sent_emails._data.items()  # noqa: SLF001
    key = (ACCOUNT, REGION, "entries")
    return next((mail for name, mail in stores if name == key), [])


def application() -> Emulator:
    import ministack.app as ministack  # type: ignore[import-untyped]  # noqa: PLC0415

    saving = Saving(ministack.save_all)
    ministack.save_all = saving.save
    emulator = Emulator(ministack.app, saving, _captured_mail)
    _adapt(emulator)
    threading.Thread(
        target=saving.watch,
        args=[ministack._build_persistence_save_dict],  # noqa: SLF001
        daemon=True,
        name="saving",
    ).start()
    return emulator


def main() -> None:
    end_with_parent()
    config = uvicorn.Config(
        application(),
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[inherited_socket()])


if __name__ == "__main__":
    main()
