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
from carillon.domain.catalogue.markups import PLAIN, Markup


class Source:
    """A compiled template."""

    def __init__(self, template: syntax.Template) -> None:
        self._template = template

    def render(
        self, variables: Mapping[str, Any], *, markup: Markup = PLAIN, json: bool = False
    ) -> str:
        """Return the text, with its data marked for the markup; all data is rendered.

        Raise ValueError with the line when a limit is exceeded.
        """
        own = deepcopy(dict(variables)) if self._template.changes else variables
        rendering = Rendering(tools.variables(own), markup=markup, json=json)
        text, form = Output(), Output()
        try:
            self._template.block.write(rendering, text, form if rendering.marks else None)
        except (Stopped, Broken):
            pass
        except LimitExceeded as error:
            raise ValueError(f"line {rendering.line}: {error}") from error
        except RecursionError:
            raise ValueError(f"line {rendering.line}: is nested too deeply") from None
        return str(form if rendering.marks else text)


def compile(source: str) -> Source:
    """Raise ValueError with the line and the reason when the source cannot be rendered."""
    if len(source.encode(errors="replace")) > LONGEST_SOURCE:
        raise ValueError(f"is longer than {LONGEST_SOURCE} bytes")
    try:
        template = syntax.parse(source)
    except SyntaxProblem as problem:
        raise ValueError(f"line {syntax.line_of(source, problem.at)}: {problem}") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    return Source(template)
