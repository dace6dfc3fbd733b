"""Compiles a source once, and renders it within its limits."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from carillon.adapters.rendering.velocity import syntax, tools
from carillon.adapters.rendering.velocity.grammar import SyntaxProblem
from carillon.adapters.rendering.velocity.nodes import Broken, Stopped
from carillon.adapters.rendering.velocity.state import (
    LONGEST_SOURCE,
    LimitExceeded,
    Output,
    Rendering,
)


class Source:
    """A compiled template."""

    def __init__(self, template: syntax.Template, *, escape: bool) -> None:
        self._template = template
        self._escape = escape

    def render(self, variables: Mapping[str, Any]) -> str:
        """Raise ValueError with the line when a limit is exceeded; all data is rendered."""
        own = deepcopy(dict(variables)) if self._template.changes else variables
        rendering = Rendering(tools.variables(own), escape=self._escape)
        text, html = Output(), Output()
        try:
            self._template.block.write(rendering, text, html if self._escape else None)
        except (Stopped, Broken):
            pass
        except LimitExceeded as error:
            raise ValueError(f"line {rendering.line}: {error}") from error
        except RecursionError:
            raise ValueError(f"line {rendering.line}: is nested too deeply") from None
        return str(html if self._escape else text)


def compile(source: str, *, escape: bool) -> Source:
    """Raise ValueError with the line and the reason when the source cannot be rendered."""
    if len(source.encode(errors="replace")) > LONGEST_SOURCE:
        raise ValueError(f"is longer than {LONGEST_SOURCE} bytes")
    try:
        template = syntax.parse(source)
    except SyntaxProblem as problem:
        raise ValueError(f"line {syntax.line_of(source, problem.at)}: {problem}") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    return Source(template, escape=escape)
