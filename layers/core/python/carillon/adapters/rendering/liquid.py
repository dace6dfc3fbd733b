"""The port of templates, in their languages, within limits that nobody can exceed."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem, joined
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Language, Template

if TYPE_CHECKING:
    from carillon.adapters.rendering.sources import Source
    from carillon.adapters.rendering.velocity.compiling import Source as VelocitySource

_COMPILED = 512  # sources kept in the warm process
_PARTS = (FieldName.SUBJECT, FieldName.BODY, FieldName.HTML)


class LiquidRenderer:
    """Compiles each source once, in the template's language. Only HTML is escaped."""

    def check(self, template: Template) -> Sequence[FieldProblem]:
        shown = vars(template.in_app) if template.in_app else {}
        own = template.language
        sources = [
            *((own, field, "", getattr(template, field)) for field in _PARTS),
            *((Language.LIQUID, FieldName.IN_APP, name, text) for name, text in shown.items()),
            *((own, FieldName.NATIVE, path, text) for path, text in _texts("", template.native)),
        ]
        return [
            problem
            for language, field, within, source in sources
            if (problem := _problem(language, field, within, source)) is not None
        ]

    def render(self, template: Template, variables: Mapping[str, Any]) -> tuple[str, str, str]:
        subject, body, html = (
            _rendered(template.language, part, getattr(template, part), variables)
            for part in _PARTS
        )
        return subject.strip(), body, html

    def text(self, source: str, variables: Mapping[str, Any]) -> str:
        return _rendered(Language.LIQUID, FieldName.IN_APP, source, variables)

    def fill(self, template: Template, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            name: _filled(template.language, name, value, variables)
            for name, value in template.native.items()
        }


def _filled(language: Language, within: str, value: Any, variables: Mapping[str, Any]) -> Any:
    match value:
        case str():
            return _rendered(language, FieldName.NATIVE, value, variables, within)
        case dict():
            return {
                name: _filled(language, within, item, variables) for name, item in value.items()
            }
        case list():
            return [_filled(language, within, item, variables) for item in value]
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


def _problem(language: Language, field: FieldName, within: str, source: str) -> FieldProblem | None:
    try:
        _source(language, field, source)
    except ValueError as error:
        return FieldProblem(field, str(error), within=within)
    return None


def _rendered(
    language: Language, field: FieldName, text: str, variables: Mapping[str, Any], within: str = ""
) -> str:
    if not text:
        return ""
    try:
        return _source(language, field, text).render(variables)
    except ValueError as error:
        raise Invalid(FieldProblem(field, str(error), within=within)) from error


def _source(language: Language, field: FieldName, text: str) -> "Source | VelocitySource":
    """Compile a source once; raise ValueError for what the language does not know."""
    compiled = _compiled_velocity if language is Language.VELOCITY else _compiled
    return compiled(text, escape=field is FieldName.HTML)


@lru_cache(maxsize=_COMPILED)
def _compiled(text: str, *, escape: bool) -> "Source":
    from carillon.adapters.rendering import sources  # noqa: PLC0415 - only workers need Liquid

    return sources.compile(text, escape=escape)


@lru_cache(maxsize=_COMPILED)
def _compiled_velocity(text: str, *, escape: bool) -> "VelocitySource":
    from carillon.adapters.rendering.velocity import compiling  # noqa: PLC0415 - as above

    return compiling.compile(text, escape=escape)
