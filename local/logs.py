"""The functions' output, as short lines that begin with the function's folder."""

import contextlib
import contextvars
import io
import json
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, TextIO, override

_function: contextvars.ContextVar[str] = contextvars.ContextVar("function", default="")

# Fields of a JSON line that this console shows otherwise, or that only AWS needs.
_NOISE = {
    "level", "message", "timestamp", "service", "location", "sampling_rate", "cold_start",
    "function", "function_name", "function_arn", "function_memory_size", "function_request_id",
    "xray_trace_id", "exception", "exception_name", "stack_trace", "_aws",
}  # fmt: skip
_DIM, _RED, _YELLOW, _PLAIN = "\033[2m", "\033[31m", "\033[33m", "\033[0m"
_COLOURS = {"DEBUG": _DIM, "WARNING": _YELLOW, "ERROR": _RED, "CRITICAL": _RED}


class Console(io.TextIOBase):
    """Replaces sys.stdout and sys.stderr in the functions' process."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._colour = out.isatty()
        self._lock = threading.Lock()
        self._partial = threading.local()

    def install(self) -> None:
        sys.stdout = sys.stderr = self

    @contextlib.contextmanager
    def of(self, function: str) -> Iterator[None]:
        """Attribute the lines that this thread writes meanwhile to the function."""
        token = _function.set(function)
        try:
            yield
        finally:
            _function.reset(token)

    @override
    def write(self, text: str) -> int:
        *lines, rest = (getattr(self._partial, "text", "") + text).split("\n")
        self._partial.text = rest
        for line in lines:
            if line.strip():
                self._line(*_compact(line))
        return len(text)

    @override
    def writable(self) -> bool:
        return True

    def error(self, text: str) -> None:
        for line in text.rstrip().splitlines():
            self._line("ERROR", line)

    def _line(self, level: str, text: str) -> None:
        clock = time.strftime("%H:%M:%S")
        name = _function.get() or "-"
        colour = _COLOURS.get(level, "") if self._colour else ""
        dim, plain = (_DIM, _PLAIN) if self._colour else ("", "")
        line = f"{dim}{clock} {name:<24}{plain} {colour}{text}{plain if colour else ''}\n"
        with self._lock:
            self._out.write(line)
            self._out.flush()


def _compact(line: str) -> tuple[str, str]:
    """Return a line's level and text; JSON becomes `LEVEL message key=value`."""
    if not line.startswith("{"):
        return "", line
    try:
        record = json.loads(line)
    except ValueError:
        return "", line
    level = record.get("level")
    if not isinstance(level, str):
        return "", line
    extra = [f"{name}={_short(value)}" for name, value in record.items() if name not in _NOISE]
    text = " ".join([level, str(record.get("message", "")), *extra])
    if record.get("exception"):
        text += "\n" + str(record["exception"])
    return level, text


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
