"""Ports of the catalogue: applications, event types, templates, their checks and rendering."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from carillon.domain.base.guards import Seen
from carillon.domain.base.paging import Page
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.applications import Application
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.markups import NO_MARKUP, Markups
from carillon.domain.catalogue.templates import Rendered, RenderedTexts, Template


class Applications(Protocol):
    """Applications by "project/application", and projects by "project"."""

    def get(self, path: str) -> Application: ...
    def add(self, application: Application, *, seen: Seen) -> None: ...
    def save(self, application: Application) -> None: ...
    def remove(self, path: str, *, seen: Seen) -> None: ...
    def list(self, cursor: str | None, limit: int) -> Page[Application]: ...


class EventTypes(Protocol):
    def get(self, application: str, slug: str) -> EventType: ...
    def get_many(self, application: str, slugs: Sequence[str]) -> Mapping[str, EventType]:
        """Return existing event types by slug, in as few reads as possible.

        As their application and project let them be: inactive, locked or paused with these, and
        so not to be saved.
        """

    def add(
        self,
        event: EventType,
        *,
        templates: Sequence[Template] = (),
        seen: Seen | None = None,
    ) -> None:
        """Write an event type and its templates, or nothing; raise Conflict for a taken slug."""

    def save(
        self,
        event: EventType,
        *,
        expected: int | None,
        templates: Sequence[Template] = (),
        removed: Sequence[Template] = (),
    ) -> None:
        """Write an event type, with these templates and without those, or nothing.

        Raise Changed unless the stored version is `expected`; None adds it.
        """

    def remove(
        self,
        application: str,
        slug: str,
        *,
        version: int | None = None,
        seen: Seen | None = None,
    ) -> None:
        """Remove an event type; raise Changed when it is of another version than the given."""

    def list(self, application: str, cursor: str | None, limit: int) -> Page[EventType]: ...


class Templates(Protocol):
    """Templates are written with their event type alone, whose version makes them known."""

    def for_event(self, event: EventType) -> Sequence[Template]:
        """Return an event type's templates; may be cached by the type's version."""

    def of_application(self, application: str) -> Sequence[Template]:
        """Return all templates of an application's event types, uncached."""


class Renderer(Protocol):
    """What data breaks in a template is left out, with a warning; only limits raise Invalid."""

    def check(self, template: Template) -> Sequence[FieldProblem]:
        """Return the problems of the sources, each with its line."""

    def render(
        self, template: Template, variables: Mapping[str, Any], markups: Markups = NO_MARKUP
    ) -> RenderedTexts:
        """Return subject, body and HTML; what variables say is no markup in any of them."""

    def text(self, source: str, variables: Mapping[str, Any]) -> Rendered[str]:
        """Render one source, in Liquid, as text."""

    def fill(
        self, template: Template, variables: Mapping[str, Any], markups: Markups = NO_MARKUP
    ) -> Rendered[Mapping[str, Any]]:
        """Return the provider's own fields, each text rendered in its own markup."""


class Schemas(Protocol):
    """JSON Schema (draft 2020-12 unless it says otherwise), without remote references."""

    def check(self, schema: Mapping[str, Any], *, at: FieldName) -> Sequence[FieldProblem]:
        """List what is wrong with the schema, which is the value of the field."""

    def validate(
        self, schema: Mapping[str, Any], value: Any, *, at: FieldName
    ) -> Sequence[FieldProblem]:
        """List where the value of the field does not satisfy the schema."""

    def accepts(self, schema: Mapping[str, Any], value: Any) -> bool:
        """Whether the value satisfies the schema, which may be one that is not valid."""

    def sample(self, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return an object that satisfies the schema, always the same; None if none is found."""
