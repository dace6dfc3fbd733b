"""The AWS emulator: ministack, served by uvicorn and adapted to this stack.

ministack reads its settings (local/aws.py) on import, so imports of it are late. `_adapt` and
`Saving` change the pinned version in six ways:

- Standard queues are fair (local/fair_queues.py).
- Several batches of a queue may be in flight, so that a slow one does not hold up the next.
- Invocation logs are not kept: they would only grow, and the terminal shows them.
- Any sender may send mail, which goes to the outbox. SMS are kept as mail, and shown there too.
- Of a mail, the addresses of replies, the headers and what is attached are kept as well.
- State is saved whenever the stack is idle, not only on exit.
"""

import asyncio
import base64
import functools
import hashlib
import json
import os
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import uvicorn

from local import fair_queues
from local.aws import ACCOUNT, REGION
from local.doorkeeper import Application, Doorkeeper, Receive, Scope, Send
from local.processes import end_with_parent, inherited_socket

# The number of batches of a queue that may be in flight.
_BATCHES_IN_FLIGHT = 10
_IDLE_BEFORE_SAVE = 1.5
_LONGEST_UNSAVED = 60.0
_OK = 200
_READY = "/_ministack/ready"

type States = dict[str, Callable[[], Any]]


class Saving:
    """Saves the emulator's state to disk, in one thread at a time."""

    def __init__(self, write: Callable[[States], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._saved = time.monotonic()
        self._touched = 0.0

    def touch(self) -> None:
        self._touched = time.monotonic()

    def due(self, now: float) -> bool:
        if self._touched <= self._saved:
            return False
        return now - self._touched > _IDLE_BEFORE_SAVE or now - self._saved > _LONGEST_UNSAVED

    def save(self, states: States) -> bool:
        """Save everything, or nothing and return False if the state changed meanwhile.

        Queues are read first and written last: a crash in between may repeat a message, which
        workers tolerate, but never loses one.
        """
        with self._lock:
            begun = time.monotonic()
            try:
                read = {name: states[name]() for name in sorted(states, key=lambda n: n != "sqs")}
            except RuntimeError:  # a dictionary changed size
                return False
            in_order = sorted(read, key=lambda name: name == "sqs")
            self._write({name: functools.partial(read.get, name) for name in in_order})
            self._saved = begun
            return True

    def save_at_last(self, states: States) -> None:
        """Save on exit, for ministack to call."""
        for _ in range(20):
            if self.save(states):
                return
            time.sleep(0.1)
        self._write(states)

    def watch(self, states: Callable[[], States]) -> None:
        while True:
            time.sleep(0.5)
            if self.due(time.monotonic()):
                self.save(states())


class Emulator:
    """ministack, with paths for the stack's own use under /_local/."""

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
            if scope["type"] == "http" and scope["path"] != _READY:
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
        """Return the mail after a position; wait up to `wait` seconds for the first."""
        query = parse_qs(scope["query_string"].decode())
        after, wait = (int(query.get(name, ["0"])[0]) for name in ("after", "wait"))
        deadline = time.monotonic() + wait
        while len(self._mail()) == after and time.monotonic() < deadline:  # noqa: ASYNC110 - ministack
            await asyncio.sleep(0.05)  # sets no event when mail arrives
        mail = self._mail()
        return {"total": len(mail), "messages": mail[after:]}

    @staticmethod
    async def _answer(send: Send, body: Any, *, status: int = 200) -> None:
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def _adapt(emulator: Emulator) -> None:
    # They read the environment on import. The package has no types.
    from ministack.services import lambda_svc, ses_v2, sns, sqs  # type: ignore[import-untyped]  # noqa: PLC0415

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
    ses_v2.handle_request = keeping_all(ses_v2.handle_request)
    sns._sms_log_for = lambda _: _Texts()  # noqa: SLF001


type Handle = Callable[..., Awaitable[tuple[int, Any, bytes | str]]]


def keeping_all(handle: Handle) -> Handle:
    """Have the emulator's captured mail hold what `handle` leaves out of it."""

    async def handled(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        answer = await handle(method, path, headers, body, query)
        status, _, told = answer
        if method == "POST" and path.endswith("/outbound-emails") and status == _OK:
            _complete(json.loads(told)["MessageId"], json.loads(body))
        return answer

    return handled


def _complete(id: str, said: dict[str, Any]) -> None:
    from ministack.services import ses  # noqa: PLC0415

    simple = said.get("Content", {}).get("Simple", {})
    further = {
        "ReplyTo": said.get("ReplyToAddresses", []),
        "Headers": {one["Name"]: one["Value"] for one in simple.get("Headers", [])},
        "Attachments": [_described(one) for one in simple.get("Attachments", [])],
    }
    kept = reversed(ses._sent_emails_list())  # noqa: SLF001
    next(mail for mail in kept if mail["MessageId"] == id).update(further)


def _described(attachment: dict[str, Any]) -> str:
    content = base64.b64decode(attachment["RawContent"])
    digest = hashlib.sha256(content).hexdigest()[:16]
    kind = attachment.get("ContentType", "")
    return f"{attachment['FileName']} ({kind}, {len(content)} bytes, sha256 {digest})"


class _Texts:
    """Receives SNS's messages to a phone number, and keeps them as mail."""

    def append(self, text: dict[str, Any]) -> None:
        from ministack.services import ses  # noqa: PLC0415

        mail = {"Type": "Publish", "Timestamp": time.time(), "Source": "", "Subject": ""}
        mail |= {"MessageId": text["MessageId"], "To": [text["PhoneNumber"]], "CC": [], "BCC": []}
        ses._sent_emails_list().append(  # noqa: SLF001
            mail | {"BodyText": text["Message"], "BodyHtml": ""}
        )


def _captured_mail() -> list[Any]:
    from ministack.services import ses  # noqa: PLC0415

    stores = ses._sent_emails._data.items()  # noqa: SLF001
    key = (ACCOUNT, REGION, "entries")
    return next((mail for name, mail in stores if name == key), [])


def application() -> Application:
    import ministack.app as ministack  # type: ignore[import-untyped]  # noqa: PLC0415

    saving = Saving(ministack.save_all)
    ministack.save_all = saving.save_at_last
    emulator = Emulator(ministack.app, saving, _captured_mail)
    _adapt(emulator)
    threading.Thread(
        target=saving.watch,
        args=[ministack._build_persistence_save_dict],  # noqa: SLF001
        daemon=True,
        name="saving",
    ).start()
    return Doorkeeper(
        emulator, os.environ["CARILLON_EMULATOR_TOKEN"], open_paths=frozenset({_READY})
    )


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
