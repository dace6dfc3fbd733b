"""The fields of the log lines of one request or one message.

The runtime opens a context for each. Code at any depth adds to it, so that one line at the end
tells all of the work; outside of a context adding does nothing. Values are numbers, ids and words
of our own, never text of a caller or of a provider.
"""

import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from hashlib import sha256
from threading import Lock
from typing import Any, Self, override

_PLAIN = re.compile(r"(?!\d{7,15}$)[A-Za-z0-9._-]{0,64}")


class LogContext:
    """The fields of every line (`bound`), and of the last line alone (`added`, and counts).

    It is current inside its `with` block.
    """

    def __init__(self, **bound: Any) -> None:
        self.bound = bound
        self.added: dict[str, Any] = {}
        self._counts: dict[str, int] = {}
        self._lock = Lock()
        self._started = time.perf_counter()

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)

    def count(self, numbers: Mapping[str, int]) -> None:
        with self._lock:
            for name, number in numbers.items():
                self._counts[name] = self._counts.get(name, 0) + number

    @property
    def summary(self) -> Mapping[str, Any]:
        """What the last line says beside `bound`. `ms` is the time since the context was opened."""
        elapsed = round((time.perf_counter() - self._started) * 1000)
        return {**self.added, **self._counts, "ms": elapsed}


_current: ContextVar[LogContext | None] = ContextVar("log_context", default=None)


def current() -> LogContext | None:
    return _current.get()


def bind(**fields: Any) -> None:
    """Add fields to every line from now on."""
    if context := _current.get():
        context.bound.update(fields)


def add(**fields: Any) -> None:
    """Add fields to the last line."""
    if context := _current.get():
        context.added.update(fields)


def count(**numbers: int) -> None:
    """Add to the counts that the last line shows."""
    if context := _current.get():
        context.count(numbers)


def shown(id: str) -> str:
    """Return an id as a log may show it: its digest if callers could have made it of an address."""
    return id if _PLAIN.fullmatch(id) else "#" + sha256(id.encode()).hexdigest()[:12]


class Pool(ThreadPoolExecutor):
    """Threads whose work adds to the log context of the thread that submitted it."""

    @override
    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        context = copy_context()
        return super().submit(lambda: context.run(fn, *args, **kwargs))
