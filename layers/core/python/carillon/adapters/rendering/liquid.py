"""The port of templates, in their languages, within limits that nobody can exceed."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem, joined
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.markups import (
    HTML,
    LINE_END,
    MARKS,
    NO_MARKUP,
    PLAIN,
    SPACE,
    Markup,
    Markups,
    plain,
)
from carillon.domain.catalogue.templates import Language, Rendered, RenderedTexts, Template

if TYPE_CHECKING:
    from carillon.adapters.rendering.velocity.compiling import Source as VelocitySource

LONGEST_SOURCE = 20_000  # bytes
_COMPILED = 512  # sources of Velocity kept in the warm process
_LONGEST_WARNING = 200  # characters
_OBJECT = re.compile(r"(?:\s|\{%[^%]*%\}|\{\{[#!^/][^}]*\}\}|#\w+\([^\n]*\))*\{(?![{%])")


class _Part(NamedTuple):
    """A source, its place in the template, and the markup that it becomes a part of."""

    language: Language
    field: FieldName
    text: str
    within: str = ""
    markup: Markup = PLAIN
    json: bool = False

    def problem(self, message: str, line: int = 0) -> FieldProblem:
        return FieldProblem(self.field, _on_line(line, message), within=self.within)

    def warning(self, message: str, line: int) -> str:
        place = joined(self.field, self.within)
        return f"{place}, {_on_line(line, message)}"[:_LONGEST_WARNING]


class LiquidRenderer:
    """Renders Liquid and Handlebars in JavaScript, Velocity in Python."""

    def check(self, template: Template) -> Sequence[FieldProblem]:
        shown = vars(template.in_app) if template.in_app else {}
        parts = [
            *_own_parts(template, NO_MARKUP),
            *(_in_app(source, name) for name, source in shown.items()),
            *_native_parts(template, NO_MARKUP),
        ]
        return [problem for part in parts if (problem := _problem(part)) is not None]

    def render(
        self, template: Template, variables: Mapping[str, Any], markups: Markups = NO_MARKUP
    ) -> RenderedTexts:
        parts = _own_parts(template, markups)
        (subject, body, html), warnings = _rendered(parts, variables)
        return RenderedTexts(
            subject=plain(subject).strip(),
            title=markups.text.write(_one_line(subject)) if markups.text.special else "",
            body=_body(parts[1], body, markups),
            html=HTML.write(html),
            warnings=tuple(warnings),
        )

    def text(self, source: str, variables: Mapping[str, Any]) -> Rendered[str]:
        [text], warnings = _rendered([_in_app(source)], variables)
        return Rendered(text, tuple(warnings))

    def fill(
        self, template: Template, variables: Mapping[str, Any], markups: Markups = NO_MARKUP
    ) -> Rendered[Mapping[str, Any]]:
        parts = _native_parts(template, markups)
        texts, warnings = _rendered(parts, variables)
        written = (part.markup.write(text) for part, text in zip(parts, texts, strict=True))
        return Rendered(_with_texts(template.native, written), tuple(warnings))


def _own_parts(template: Template, markups: Markups) -> list[_Part]:
    is_json = markups.json_text and _is_json(template.body)
    return [
        _Part(template.language, FieldName.SUBJECT, template.subject, markup=markups.text),
        _Part(template.language, FieldName.BODY, template.body, "", markups.text, is_json),
        _Part(template.language, FieldName.HTML, template.html, markup=HTML),
    ]


def _in_app(source: str, name: str = "") -> _Part:
    return _Part(Language.LIQUID, FieldName.IN_APP, source, name)


def _native_parts(template: Template, markups: Markups) -> list[_Part]:
    return [
        _Part(template.language, FieldName.NATIVE, text, path, markup)
        for path, text, markup in _texts("", template.native, markups)
    ]


def _is_json(source: str) -> bool:
    """Return whether the author writes a JSON object, maybe behind tags, and not a text."""
    return _OBJECT.match(source) is not None


def _body(part: _Part, text: str, markups: Markups) -> str:
    """Return the text of a body, or its JSON with each text in it in its own markup."""
    if not (markups.json_text and text.lstrip().startswith("{")):
        return part.markup.write(text)
    try:
        found = json.loads(text, strict=False)
    except ValueError:
        found = None
    if not isinstance(found, dict):  # it is text, and no value may make it JSON after all
        return part.markup.write(text.replace("{", MARKS["{"], 1))
    written = (markup.write(said) for _, said, markup in _texts("", found, markups))
    return json.dumps(_with_texts(found, written), ensure_ascii=False)


def _texts(
    path: str, value: Any, markups: Markups, markup: Markup = PLAIN
) -> Iterator[tuple[str, str, Markup]]:
    """Return each text within JSON with its path and its markup."""
    match value:
        case str():
            yield path, value, markup
        case dict():
            for name, item in value.items():
                of_field = markups.of_field(name, value)
                yield from _texts(joined(path, name), item, markups, of_field)
        case list():
            for index, item in enumerate(value):
                yield from _texts(joined(path, str(index)), item, markups, markup)


def _one_line(text: str) -> str:
    """Return a title, in one line, with its marks."""
    return " ".join(text.replace(LINE_END, " ").replace(SPACE, " ").split())


def _with_texts(value: Any, texts: Iterator[str]) -> Any:
    """Return the JSON with its texts replaced, in the order of `_texts`."""
    match value:
        case str():
            return next(texts)
        case dict():
            return {plain(name): _with_texts(item, texts) for name, item in value.items()}
        case list():
            return [_with_texts(item, texts) for item in value]
        case _:
            return value


def _problem(part: _Part) -> FieldProblem | None:
    if part.language is Language.VELOCITY:
        try:
            _velocity(part.text)
        except ValueError as error:
            return part.problem(str(error))
        return None
    if len(part.text.encode(errors="replace")) > LONGEST_SOURCE:
        return part.problem(f"is longer than {LONGEST_SOURCE} bytes")
    if not _is_liquid(part.text):
        return None
    from carillon.adapters.rendering import engine  # noqa: PLC0415 - only workers need JavaScript

    try:
        found = engine.on_its_thread(lambda its: its.check(part.text), _scripts(part.language))
    except engine.RenderingStopped as error:
        return part.problem(str(error))
    return part.problem(found[1], found[0]) if found else None


def _rendered(
    parts: Sequence[_Part], variables: Mapping[str, Any]
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the texts, with marks, and the warnings; raise Invalid when a limit is exceeded."""
    if any(part.language is Language.VELOCITY for part in parts):
        return [_rendered_velocity(part, variables) for part in parts], []
    asked = [part for part in parts if _is_liquid(part.text)]
    if not asked:
        return [part.text for part in parts], []
    from carillon.adapters.rendering import engine  # noqa: PLC0415 - see _problem

    sources = [engine.Source(part.text, part.markup, part.json) for part in asked]
    try:
        scripts = _scripts(asked[0].language)
        found = engine.on_its_thread(lambda its: its.render(sources, variables), scripts)
    except engine.RenderingStopped as error:
        raise Invalid(asked[error.index].problem(str(error), error.line)) from error
    texts = iter(found.texts)
    warnings = [asked[index].warning(message, line) for index, line, message in found.warnings]
    return [next(texts) if _is_liquid(part.text) else part.text for part in parts], warnings


def _rendered_velocity(part: _Part, variables: Mapping[str, Any]) -> str:
    if not part.text:
        return ""
    try:
        source = _velocity(part.text)
        return source.render(variables, markup=part.markup, json=part.json)
    except ValueError as error:
        raise Invalid(part.problem(str(error))) from error


@lru_cache(maxsize=_COMPILED)
def _velocity(text: str) -> "VelocitySource":
    """Compile a source once; raise ValueError for what Velocity does not know."""
    from carillon.adapters.rendering.velocity import compiling  # noqa: PLC0415 - see _problem

    return compiling.compile(text)


def _is_liquid(text: str) -> bool:
    """Return whether the text has anything to render: most subjects and links have not."""
    return "{{" in text or "{%" in text


def _scripts(language: Language) -> Sequence[str]:
    from carillon.adapters.rendering import engine  # noqa: PLC0415 - see _problem

    return engine.HANDLEBARS if language is Language.HANDLEBARS else engine.SCRIPTS


def _on_line(line: int, message: str) -> str:
    return f"line {line}: {message}" if line else message
