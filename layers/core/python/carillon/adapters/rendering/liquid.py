"""The port of templates, in Liquid, within limits that no template and no data can exceed."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from carillon.domain.base.errors import Invalid, Problem
from carillon.domain.catalogue.templates import Template

if TYPE_CHECKING:
    from carillon.adapters.rendering.sources import Source

_COMPILED = 512  # sources kept in the warm process
_PARTS = ("subject", "body", "html")


class LiquidRenderer:
    """Compiles each source once. Only HTML is escaped; an undefined variable is empty."""

    def check(self, template: Template) -> Sequence[Problem]:
        problems: list[Problem] = []
        for part in _PARTS:
            try:
                _source(part, getattr(template, part))
            except Invalid as error:
                problems.extend(error.problems)
        for name, source in vars(template.in_app).items() if template.in_app else ():
            try:
                _source(f"in_app.{name}", source)
            except Invalid as error:
                problems.extend(error.problems)
        for path, text in _texts("native", template.native):
            try:
                _source(path, text)
            except Invalid as error:
                problems.extend(error.problems)
        return problems

    def render(self, template: Template, variables: Mapping[str, Any]) -> tuple[str, str, str]:
        subject, body, html = (
            _rendered(part, getattr(template, part), variables) for part in _PARTS
        )
        return subject.strip(), body, html

    def text(self, source: str, variables: Mapping[str, Any]) -> str:
        return _rendered("in_app", source, variables)

    def fill(self, native: Mapping[str, Any], variables: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: _filled(name, value, variables) for name, value in native.items()}


def _filled(path: str, value: Any, variables: Mapping[str, Any]) -> Any:
    match value:
        case str():
            return _rendered(path, value, variables)
        case dict():
            return {name: _filled(path, item, variables) for name, item in value.items()}
        case list():
            return [_filled(path, item, variables) for item in value]
        case _:
            return value


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Return each text within JSON with its path."""
    match value:
        case str():
            yield path, value
        case dict():
            for name, item in value.items():
                yield from _texts(f"{path}.{name}", item)
        case list():
            for index, item in enumerate(value):
                yield from _texts(f"{path}.{index}", item)


def _rendered(part: str, text: str, variables: Mapping[str, Any]) -> str:
    if not text:
        return ""
    try:
        return _source(part, text).render(variables)
    except ValueError as error:
        raise Invalid(Problem(part, str(error))) from error


def _source(part: str, text: str) -> "Source":
    try:
        return _compiled(text, escape=part == "html")
    except ValueError as error:
        raise Invalid(Problem(part, str(error))) from error


@lru_cache(maxsize=_COMPILED)
def _compiled(text: str, *, escape: bool) -> "Source":
    from carillon.adapters.rendering import sources  # noqa: PLC0415 - only workers need Liquid

    return sources.compile(text, escape=escape)
