"""The port of templates, in Liquid, within limits that no template and no data can exceed."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem, joined
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Template

if TYPE_CHECKING:
    from carillon.adapters.rendering.sources import Source

_COMPILED = 512  # sources kept in the warm process
_PARTS = (FieldName.SUBJECT, FieldName.BODY, FieldName.HTML)


class LiquidRenderer:
    """Compiles each source once. Only HTML is escaped; an undefined variable is empty."""

    def check(self, template: Template) -> Sequence[FieldProblem]:
        shown = vars(template.in_app) if template.in_app else {}
        sources = [
            *((field, "", getattr(template, field)) for field in _PARTS),
            *((FieldName.IN_APP, name, source) for name, source in shown.items()),
            *((FieldName.NATIVE, path, text) for path, text in _texts("", template.native)),
        ]
        return [
            problem
            for field, within, source in sources
            if (problem := _problem(field, within, source)) is not None
        ]

    def render(self, template: Template, variables: Mapping[str, Any]) -> tuple[str, str, str]:
        subject, body, html = (
            _rendered(part, getattr(template, part), variables) for part in _PARTS
        )
        return subject.strip(), body, html

    def text(self, source: str, variables: Mapping[str, Any]) -> str:
        return _rendered(FieldName.IN_APP, source, variables)

    def fill(self, native: Mapping[str, Any], variables: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: _filled(name, value, variables) for name, value in native.items()}


def _filled(within: str, value: Any, variables: Mapping[str, Any]) -> Any:
    match value:
        case str():
            return _rendered(FieldName.NATIVE, value, variables, within)
        case dict():
            return {name: _filled(within, item, variables) for name, item in value.items()}
        case list():
            return [_filled(within, item, variables) for item in value]
        case _:
            return value


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Return each text within JSON with its path."""
    match value:
        case str():
            yield path, value
        case dict():
            for name, item in value.items():
                yield from _texts(joined(path, name), item)
        case list():
            for index, item in enumerate(value):
                yield from _texts(joined(path, str(index)), item)


def _problem(field: FieldName, within: str, source: str) -> FieldProblem | None:
    try:
        _source(field, source)
    except ValueError as error:
        return FieldProblem(field, str(error), within=within)
    return None


def _rendered(field: FieldName, text: str, variables: Mapping[str, Any], within: str = "") -> str:
    if not text:
        return ""
    try:
        return _source(field, text).render(variables)
    except ValueError as error:
        raise Invalid(FieldProblem(field, str(error), within=within)) from error


def _source(field: FieldName, text: str) -> "Source":
    """Compile a source once; raise ValueError for what is no Liquid."""
    return _compiled(text, escape=field is FieldName.HTML)


@lru_cache(maxsize=_COMPILED)
def _compiled(text: str, *, escape: bool) -> "Source":
    from carillon.adapters.rendering import sources  # noqa: PLC0415 - only workers need Liquid

    return sources.compile(text, escape=escape)
