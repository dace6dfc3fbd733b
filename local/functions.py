"""The template's functions, run in this process, each call in its own thread."""

import asyncio
import importlib
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from local.aws import ACCOUNT, REGION
from local.logs import Console
from local.template import Function

type Handler = Callable[[Any, Any], Any]


class Crashed(Exception):
    """A function raised or could not be imported. The cause has been logged."""


class TimedOut(Exception):
    """A function exceeded its timeout. Its thread cannot be stopped."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Lambda's context object."""

    function_name: str
    memory_limit_in_mb: int
    deadline: float  # by time.monotonic()
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    identity: None = None
    client_context: None = None

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        return f"local/[{self.function_version}]"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.deadline - time.monotonic()) * 1000))


class Functions:
    """The handlers, imported after `prepare` has run: on first call, or by `warm`."""

    def __init__(
        self,
        declared: Iterable[Function],
        console: Console,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        self.declared = {function.id: function for function in declared}
        self._console = console
        self._prepare = cache(prepare)
        self._handlers: dict[str, Handler] = {}
        self._importing = threading.Lock()

    async def call(
        self, function: Function, event: Any, *, pool: ThreadPoolExecutor, limit: float
    ) -> Any:
        """Call the handler in the pool and return its result; raise Crashed or TimedOut."""
        context = Context(
            function_name=function.id,
            memory_limit_in_mb=function.memory,
            deadline=time.monotonic() + limit,
        )
        running = asyncio.get_running_loop().run_in_executor(
            pool, self._run, function, event, context
        )
        try:
            return await asyncio.wait_for(running, limit)
        except TimeoutError:
            with self._console.of(function.folder):
                self._console.error(f"timed out after {limit:g} s")
            raise TimedOut from None

    def warm(self) -> None:
        """Import all handlers in the background, so that no call waits for it."""

        def import_all() -> None:
            for function in self.declared.values():
                with self._console.of(function.folder):
                    try:
                        self._handler(function)
                    except Exception as error:  # noqa: BLE001 - reported, whatever it is
                        self._console.error(f"cannot be imported: {_origin(error)}")

        threading.Thread(target=import_all, daemon=True, name="warm").start()

    def _run(self, function: Function, event: Any, context: Context) -> Any:
        with self._console.of(function.folder):
            try:
                return self._handler(function)(event, context)
            except Exception as error:  # noqa: BLE001 - logged and answered, as by Lambda
                self._console.error(_trace(error))
                raise Crashed from None

    def _handler(self, function: Function) -> Handler:
        handler = self._handlers.get(function.id)
        if handler is None:
            with self._importing:
                self._prepare()
                module = importlib.import_module(function.module)
            handler = self._handlers[function.id] = getattr(module, function.attribute)
        return handler


def _trace(error: Exception) -> str:
    """Format the traceback without this module's frames."""
    ours = sum(frame.filename == __file__ for frame in traceback.extract_tb(error.__traceback__))
    inner = error.__traceback__
    for _ in range(ours):
        inner = inner.tb_next if inner else None
    return "".join(traceback.format_exception(type(error), error, inner))


def _origin(error: Exception) -> str:
    """Describe the error and the line it came from."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({frame.filename}:{frame.lineno})"
