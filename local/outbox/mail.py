"""Mail and SMS sent by SES and SNS, fetched from the emulator into the outbox."""

import asyncio
import http.client
import json
from typing import Any
from urllib.request import Request, urlopen

from local.aws import Emulated
from local.doorkeeper import TOKEN_HEADER
from local.outbox.store import Message, Store, utc

_PATIENCE = 1  # seconds: stopping waits for the current request


class Mailbox:
    """Follows the emulator's list of captured mail."""

    def __init__(self, emulated: Emulated, store: Store) -> None:
        self._url = f"{emulated.url}/_local/mail"
        self._headers = {TOKEN_HEADER: emulated.token}
        self._store = store
        self._after = 0
        self._emptied = 0
        # The emulator keeps its mail over a restart, and so does the store.
        self._known = {
            message["headers"].get("message-id")
            for message in store.messages
            if message["provider"] in {"email", "sns"}
        }

    async def fetch(self) -> bool:
        """Wait briefly for new mail; return whether some came."""
        emptied = self._emptied
        url = f"{self._url}?after={self._after}&wait={_PATIENCE}"
        try:
            answer = await asyncio.to_thread(_ask, "GET", url, self._headers)
        except (OSError, ValueError, http.client.HTTPException):
            await asyncio.sleep(0.5)
            return False
        if emptied != self._emptied:
            return False  # the answer is older than the deletion
        self._after = answer["total"]
        new = [mail for mail in answer["messages"] if mail["MessageId"] not in self._known]
        for mail in new:
            self._known.add(mail["MessageId"])
            self._store.add(_message(mail, self._store.next_id()))
        return bool(new)

    async def empty(self) -> None:
        await asyncio.to_thread(_ask, "DELETE", self._url, self._headers)
        self._emptied += 1
        self._after = 0
        self._known.clear()


def _message(mail: dict[str, Any], id: int) -> Message:
    headers = {
        "from": mail["Source"],
        "to": ", ".join(mail["To"]),
        "cc": ", ".join(mail["CC"]),
        "bcc": ", ".join(mail["BCC"]),
        "reply-to": ", ".join(mail.get("ReplyTo", [])),
        "subject": mail["Subject"],
        "message-id": mail["MessageId"],
        "attachments": ", ".join(mail.get("Attachments", [])),
        **{name.lower(): value for name, value in mail.get("Headers", {}).items()},
    }
    provider = "sns" if mail["Type"] == "Publish" else "email"
    return {
        "id": id,
        "provider": provider,
        "received_at": utc(mail["Timestamp"]),
        "method": "SEND",
        "path": f"/{provider}/{headers['to']}",
        "headers": {name: value for name, value in headers.items() if value},
        "body": mail["BodyText"] or mail["BodyHtml"] or "",
        "html": mail["BodyHtml"] or "",
        "status": 200,
    }


def _ask(method: str, url: str, headers: dict[str, str]) -> Any:
    request = Request(url, method=method, headers=headers)  # noqa: S310 - our own emulator
    with urlopen(request, timeout=_PATIENCE + 5) as answer:  # noqa: S310
        return json.load(answer)
