"""Templates: the texts of an event type's messages, by medium and locale."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.subscriptions.subscriptions import AnswerMode
from carillon.domain.tenancy.access import DEFAULT_APPLICATION

DEFAULT_LOCALE = "en"
_REGION_LENGTH, _SCRIPT_LENGTH = 2, 4


_HANDLEBARS = re.compile(r"\{\{(?:\{|~?\s*[#/^>!&]|~?\s*else\b)")


class Language(StrEnum):
    """The language that a template's sources are in."""

    LIQUID = "liquid"
    HANDLEBARS = "handlebars"
    VELOCITY = "velocity"

    @classmethod
    def of(cls, *sources: str) -> "Language":
        """Return the language of sources in Liquid, or in Handlebars, which older clients write.

        `{{#`, `{{/`, `{{{`, `{{>`, `{{^`, `{{!` and `{{else` are Handlebars, and no Liquid.
        """
        text = "\n".join(sources)
        return cls.HANDLEBARS if _HANDLEBARS.search(text) and "{%" not in text else cls.LIQUID


class TemplateKey(NamedTuple):
    """The fields that identify a template of an event type."""

    medium: Channel
    provider: str
    locale: str
    custom: bool


@dataclass(frozen=True, kw_only=True)
class InApp:
    """Sources, always in Liquid, of an in-app message's avatar, link and buttons.

    `url` is the link of the message itself. A button without a label is not shown.
    """

    avatar: str = ""
    url: str = ""
    primary: str = ""
    primary_url: str = ""
    secondary: str = ""
    secondary_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Template:
    """Sources of a message; `subject` is also the title of a chat or push message.

    A template for a `provider` is used before one for the whole medium. A `custom` template
    replaces a default one, which is used again once the custom one is removed.
    """

    event: str
    medium: Channel
    body: str
    updated_at: datetime
    application: str = DEFAULT_APPLICATION
    locale: str = DEFAULT_LOCALE
    provider: str = ""
    custom: bool = False
    subject: str = ""
    html: str = ""
    language: Language = Language.LIQUID
    active: bool = True
    in_app: InApp | None = None
    # The authors' name for it, and its position among the others.
    name: str = ""
    position: int = 0
    # The provider's own fields, such as Slack's blocks: JSON whose texts are sources.
    native: Mapping[str, Any] = field(default_factory=dict)
    # The request that the template was made from; stored to be shown, never read.
    original: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return the authors' name for it, or else that of its medium."""
        return self.name or self.medium.replace("_", " ").capitalize()

    @property
    def step(self) -> str:
        """Return the id by which a caller names it: its title as a slug."""
        return ids.slug(self.title) or "workflow"

    @property
    def place(self) -> TemplateKey:
        return TemplateKey(self.medium, self.provider, self.locale, self.custom)


class Rendered[T](NamedTuple):
    """What was rendered. Each warning says what the data broke, with the part and the line."""

    value: T
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RenderedTexts:
    """The texts of a template, rendered. `warnings` are as those of Rendered.

    `body` is in the service's markup, and so is `title`, which says what `subject` says as text;
    it is empty where there is no markup.
    """

    subject: str
    body: str
    html: str
    title: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Copies:
    """Further recipients of a mail, beside its address."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()


NO_COPIES = Copies()


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that a mail brings along; an `inline` one is shown in the HTML, by its content id."""

    name: str
    mime: str
    content: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message for a provider to send to one address.

    `subject` is text; `text` is in the service's own markup. `title` is the subject in that markup
    too, where it differs.
    """

    id: str  # the delivery's: equal on every attempt, so that receivers can drop repeats
    tenant: str
    event: str
    occurred_at: datetime
    attempted_at: datetime
    subject: str = ""
    title: str = ""
    text: str = ""
    html: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    copies: Copies = NO_COPIES
    files: tuple[File, ...] = ()
    answer_mode: AnswerMode | None = None  # None when no answer is wanted
    warnings: tuple[str, ...] = ()  # what the data broke in the template


def reworded(before: Template, *, subject: str, body: str, html: str) -> Template:
    """Return a template with new words, in Liquid or Handlebars unless they are the old ones."""
    words = {"subject": subject, "body": body, "html": html}
    if all(getattr(before, name) == text for name, text in words.items()):
        return before
    return replace(before, **words, language=Language.of(subject, body, html), original={})  # type: ignore[arg-type]


def canonical_locale(text: str) -> str:
    """Return `de-CH` for `de_ch` (RFC 5646), so that no template is stored under two spellings."""
    language, *subtags = text.replace("_", "-").split("-")
    return "-".join([language.lower(), *map(_subtag, subtags)])


def _subtag(text: str) -> str:
    match len(text):
        case length if length == _REGION_LENGTH:
            return text.upper()
        case length if length == _SCRIPT_LENGTH:
            return text.title()
        case _:
            return text.lower()


def in_force(templates: Iterable[Template]) -> list[Template]:
    """Return the templates without those that a custom one replaces."""
    by_place = {t.place._replace(custom=False): t for t in sorted(templates, key=_is_custom)}
    return list(by_place.values())


def choose(
    templates: Iterable[Template], medium: Channel, locale: str | None, provider: str = ""
) -> Template | None:
    """Return the active template of a medium in the nearest locale, or None.

    The provider's own templates are tried first. For `de_CH`, the order is de_CH, de, the default
    locale, and the first locale by name.
    """
    active = [t for t in in_force(templates) if t.active and t.medium == medium]
    own = [t for t in active if t.provider == provider]
    return _nearest(own, locale) or _nearest([t for t in active if not t.provider], locale)


def _nearest(templates: Iterable[Template], locale: str | None) -> Template | None:
    by_locale = {_normal(t.locale): t for t in templates}
    wanted = _normal(locale or DEFAULT_LOCALE)
    for name in (wanted, wanted.partition("-")[0], DEFAULT_LOCALE):
        if name in by_locale:
            return by_locale[name]
    return by_locale[min(by_locale)] if by_locale else None


def _is_custom(template: Template) -> bool:
    return template.custom


def _normal(locale: str) -> str:
    return locale.replace("_", "-").lower()
