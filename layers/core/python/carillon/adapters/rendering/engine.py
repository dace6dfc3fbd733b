"""LiquidJS, run by QuickJS: parses and renders Liquid as the users of Novu write it.

QuickJS must be used by one thread only, so one thread renders for all that send; a text takes about
a millisecond. Its context is kept between messages and tenants: what they share is
frozen (javascript/freeze.js). JSON goes in as text, and text comes out.

A rendering is bounded by `LIMITS`, by CPU seconds and by memory. A context that met one of the
latter two is given up for a new one.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import quickjs

from carillon.adapters.rendering import zones
from carillon.domain.catalogue.markups import HTML, PLAIN, Markup, plain

SECONDS = 1  # of CPU, for one message
LIMITS = {
    "output": 100_000,  # characters of one text
    "blocks": 10_000,  # times that a loop's, a branch's or a template's content is rendered
    "memory": 5_000_000,  # characters and items that filters, ranges and loops make
    "held": 400_000,  # characters of the sources whose parsed form is kept, at 100 bytes each
    "warnings": 10,  # of one text
    "nesting": 10,  # blocks within blocks
}
_MEMORY = 128 * 1024 * 1024  # bytes
_STACK = 2 * 1024 * 1024  # bytes, of a thread's 8 MB
_PASSES = 3  # renderings of a message, until no further time zone is asked for
_HUGE = 10**400  # Infinity to JavaScript

_HERE = Path(__file__).parent
_LIBRARIES = (
    "javascript/platform.js",
    "third_party/liquid.browser.min.js",
    "third_party/pluralize.js",
    "third_party/sha256.min.js",
    "javascript/marks.js",
    "javascript/novu.js",
    "javascript/strict.js",
)
_ENGINE = ("javascript/engine.js", "javascript/objects.js", "javascript/freeze.js")
SCRIPTS = (*_LIBRARIES, *_ENGINE)
# Few tenants have templates in Handlebars, so it is loaded in a context of its own.
HANDLEBARS = (
    *_LIBRARIES,
    "third_party/handlebars.min.js",
    "third_party/date-fns.min.js",
    "javascript/handlebars.js",
    *_ENGINE,
)


class Source(NamedTuple):
    """A template's text, and the markup that its data is marked for.

    With `json` it is a JSON object, and data stays within its strings.
    """

    text: str
    markup: Markup = PLAIN
    json: bool = False


class Warned(NamedTuple):
    """What data broke in the source at this place of the list."""

    source: int
    line: int
    message: str


class Rendered(NamedTuple):
    """The texts of the sources, in their order, with the marks of their data."""

    texts: Sequence[str]
    warnings: Sequence[Warned]


class RenderingStopped(Exception):
    """A source went beyond a limit, or is no Liquid; `line` is 0 where none is to blame."""

    def __init__(self, message: str, *, index: int = 0, line: int = 0) -> None:
        super().__init__(message)
        self.index = index
        self.line = line


class _Failed(Exception):
    """The context failed, maybe as earlier messages have used up its memory."""


class Engine:
    """A context of JavaScript with LiquidJS in it. Only the thread that made it may use it."""

    def __init__(self, scripts: Sequence[str] = SCRIPTS) -> None:
        self._scripts = scripts
        self._context = self._load()

    def check(self, source: str) -> tuple[int, str] | None:
        """Return the line and the mistake of a source that cannot be rendered; None for a good one.

        Raise RenderingStopped when it takes too long to tell.
        """
        found = self._call("check", source)
        return tuple(json.loads(found)) if found else None

    def render(self, sources: Sequence[Source], data: Mapping[str, Any]) -> Rendered:
        """Render the sources with the same data; raise RenderingStopped."""
        request = _request(sources, data)
        answer: dict[str, Any] = {}
        for _ in range(_PASSES):
            answer = json.loads(self._call("render", request))
            if "failed" in answer:
                index, line, message = answer["failed"]
                raise RenderingStopped(plain(message), index=index, line=line)
            if not answer["zones"]:
                break
            for name, year in answer["zones"]:
                pairs = json.dumps([name, year, zones.offsets(name, year)])
                self._call("addZone", pairs)
        return Rendered(answer["texts"], _warned(answer["warnings"]))

    def _call(self, name: str, argument: str) -> str:
        """Call a function; once more, in a new context, when this one fails."""
        try:
            return self._call_once(name, argument)
        except _Failed:
            pass
        try:
            return self._call_once(name, argument)
        except _Failed as error:
            raise RenderingStopped(str(error)) from error

    def _call_once(self, name: str, argument: str) -> str:
        try:
            found: str = self._context.get(name)(argument)
        except (quickjs.JSException, quickjs.StackOverflow) as error:
            self._context = self._load()  # what it was doing when it was stopped is unknown
            text = str(error)
            if "interrupted" in text:
                raise RenderingStopped(f"takes longer than {SECONDS} s") from error
            if "call stack" in text:
                raise RenderingStopped("is nested too deeply") from error
            if "out of memory" in text or text == "null":  # no memory for the error either
                text = "needs more memory than a rendering may have"
            raise _Failed(text.partition("\n")[0]) from error
        return found

    def _load(self) -> quickjs.Context:
        context = quickjs.Context()
        context.set_memory_limit(_MEMORY)
        context.set_max_stack_size(_STACK)
        context.eval(f"globalThis.limits = {json.dumps(LIMITS)}")
        for script in self._scripts:
            context.eval(_text(script))
        context.get("knowZones")(json.dumps(zones.names()))
        context.set_time_limit(SECONDS)
        return context


@cache
def _text(script: str) -> str:
    return (_HERE / script).read_text()


def _request(sources: Sequence[Source], data: Mapping[str, Any]) -> str:
    asked = [(source.text, source.markup.marks, _escaping(source)) for source in sources]
    try:
        try:
            return json.dumps({"sources": asked, "data": data}, allow_nan=False)
        except ValueError:
            return json.dumps({"sources": asked, "data": _finite(data)})
    except RecursionError:
        raise RenderingStopped("is given data that is nested too deeply") from None


def _warned(warnings: Sequence[tuple[int, int, str]]) -> list[Warned]:
    return [Warned(source, line, plain(message)) for source, line, message in warnings]


def _escaping(source: Source) -> str:
    """Say what filters that escape are to do: `json`, `html`, or nothing that marks do not do."""
    return "json" if source.json else "html" if source.markup is HTML else ""


def _finite(value: Any) -> Any:
    """Return the value with the numbers that JSON lacks as JavaScript would read them."""
    match value:
        case float() if math.isinf(value):
            return _HUGE if value > 0 else -_HUGE
        case float() if math.isnan(value):
            return None
        case dict():
            return {name: _finite(item) for name, item in value.items()}
        case list():
            return [_finite(item) for item in value]
        case _:
            return value


_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="render")


@cache
def _engine(scripts: Sequence[str]) -> Engine:
    return Engine(scripts)


def on_its_thread[T](work: Callable[[Engine], T], scripts: Sequence[str] = SCRIPTS) -> T:
    """Return what `work` makes of the process's engine, on the thread that may use it."""
    return _thread.submit(lambda: work(_engine(scripts))).result()
