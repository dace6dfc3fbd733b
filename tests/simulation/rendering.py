"""The renderer, asked once for the same: it takes a third of a run's time, and is pure."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cachetools import LRUCache

from carillon.domain.catalogue.templates import Rendered, RenderedTexts, Template
from carillon.ports.catalogue import Renderer

type Variables = Mapping[str, Any]

# By what was asked. Runs have the same events, so it is the process's.
_RENDERED: LRUCache[tuple[str, ...], Any] = LRUCache(maxsize=100_000)


class RememberingRenderer:
    def __init__(self, real: Renderer) -> None:
        self._real = real
        self.check = real.check

    def render(self, template: Template, variables: Variables) -> RenderedTexts:
        return _once("render", self._real.render, template, variables)

    def text(self, source: str, variables: Variables) -> Rendered[str]:
        return _once("text", self._real.text, source, variables)

    def fill(self, template: Template, variables: Variables) -> Rendered[Mapping[str, Any]]:
        return _once("fill", self._real.fill, template, variables)


def _once[S, T](name: str, real: Callable[[S, Variables], T], source: S, variables: Variables) -> T:
    asked = (name, repr(source), json.dumps(variables))
    if asked not in _RENDERED:
        _RENDERED[asked] = real(source, variables)
    found: T = _RENDERED[asked]
    return found
