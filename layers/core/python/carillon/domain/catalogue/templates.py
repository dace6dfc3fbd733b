"""Templates: an event type's words for one medium and locale."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from carillon.domain.base.channels import Channel
from carillon.domain.subscriptions.subscriptions import AnswerMode
from carillon.domain.tenancy.access import DEFAULT_APPLICATION

DEFAULT_LOCALE = "en"
_REGION_LENGTH, _SCRIPT_LENGTH = 2, 4


class TemplateKey(NamedTuple):
    """What tells an event type's templates apart."""

    medium: Channel
    provider: str
    locale: str
    custom: bool


@dataclass(frozen=True, kw_only=True)
class InApp:
    """What an in-app message shows beside its words: Liquid sources.

    `url` is where the message itself leads to. A button without a label is none.
    """

    avatar: str = ""
    url: str = ""
    primary: str = ""
    primary_url: str = ""
    secondary: str = ""
    secondary_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Template:
    """Liquid sources. `subject` is a mail's subject, or a chat or push message's title.

    Words for one `provider` alone go before those for its whole medium. `custom` ones are in the
    place of those that were there, which are in force again when these are taken away.
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
    active: bool = True
    in_app: InApp | None = None
    # What its authors call it, and where they put it among the others.
    name: str = ""
    position: int = 0
    # The provider's own fields, such as Slack's blocks: JSON whose texts are Liquid sources.
    native: Mapping[str, Any] = field(default_factory=dict)
    # As its author wrote it, if that was in another language than Liquid; given back unread.
    original: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> TemplateKey:
        return TemplateKey(self.medium, self.provider, self.locale, self.custom)


@dataclass(frozen=True, kw_only=True)
class Copies:
    """Whom else a mail goes to, beside its address; the blind ones are not named in it."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()


NO_COPIES = Copies()


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a provider is asked to bring to one address."""

    id: str  # the delivery's: the same on every attempt, so that receivers can drop repeats
    event: str
    occurred_at: datetime
    attempted_at: datetime
    subject: str = ""
    text: str = ""
    html: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    copies: Copies = NO_COPIES
    answer_mode: AnswerMode | None = None  # None where no answer is wanted


def canonical_locale(text: str) -> str:
    """`de_ch` as `de-CH`: one spelling, so that a template is not stored twice (RFC 5646)."""
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
    """The templates without those that a custom one is in the place of."""
    by_place = {t.place._replace(custom=False): t for t in sorted(templates, key=_is_custom)}
    return list(by_place.values())


def choose(
    templates: Iterable[Template], medium: Channel, locale: str | None, provider: str = ""
) -> Template | None:
    """The active template for a medium in the nearest locale; the provider's own before others.

    `de_CH` is served by de_CH, else de, else the default locale, else the first by name.
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
