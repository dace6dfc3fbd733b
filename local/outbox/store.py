"""The messages that arrived, in memory and in a file of JSON lines."""

import json
from collections import Counter, deque
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

type Message = dict[str, Any]

_KEPT = 50_000


def utc(timestamp: float) -> str:
    moment = datetime.fromtimestamp(timestamp, UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Store:
    """Messages in order of arrival. `flush` writes new ones to the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unwritten: list[str] = []
        self.messages: deque[Message] = deque(_read(path), maxlen=_KEPT)
        self._next = self.messages[-1]["id"] + 1 if self.messages else 1
        if path.exists() and self.messages:
            self._rewrite()

    @property
    def last(self) -> int:
        """The latest id assigned. Deleting messages does not reset it."""
        return self._next - 1

    def next_id(self) -> int:
        self._next += 1
        return self._next - 1

    def add(self, message: Message) -> None:
        self.messages.append(message)
        self._unwritten.append(json.dumps(message))

    def find(
        self, *, provider: str = "", contains: str = "", after: int = 0, limit: int | None = None
    ) -> tuple[int, list[Message]]:
        """Return the number of matches, and the newest `limit` (None: all) in order of arrival."""
        found = [
            message
            for message in self.messages
            if message["id"] > after
            and (not provider or message["provider"] == provider)
            and (not contains or any(contains in text for text in _texts(message)))
        ]
        return len(found), found if limit is None else found[len(found) - min(limit, len(found)) :]

    def counts(self) -> dict[str, int]:
        return dict(sorted(Counter(message["provider"] for message in self.messages).items()))

    def clear(self) -> None:
        self.messages.clear()
        self._unwritten.clear()
        self._path.unlink(missing_ok=True)

    def flush(self) -> None:
        if self._unwritten:
            lines, self._unwritten = self._unwritten, []
            with self._path.open("a") as file:
                file.writelines(f"{line}\n" for line in lines)

    def _rewrite(self) -> None:
        with self._path.open("w") as file:
            file.writelines(f"{json.dumps(message)}\n" for message in self.messages)


def _read(path: Path) -> Iterable[Message]:
    if not path.exists():
        return
    with path.open() as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                return  # the last line, incomplete because the process was killed


def _texts(message: Message) -> Iterable[str]:
    yield message["body"]
    yield message["path"]
    yield message.get("html") or ""
    yield message["headers"].get("subject", "")
