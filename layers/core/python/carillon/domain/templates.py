"""Templates: an event type's words for one medium and locale."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from carillon.domain.access import DEFAULT_APPLICATION
from carillon.domain.channels import Channel

DEFAULT_LOCALE = "en"


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
    """Liquid sources. `subject` is a mail's subject, or a chat or push message's title."""

    event: str
    medium: Channel
    body: str
    updated_at: datetime
    application: str = DEFAULT_APPLICATION
    locale: str = DEFAULT_LOCALE
    subject: str = ""
    html: str = ""
    active: bool = True
    in_app: InApp | None = None


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


def choose(templates: Iterable[Template], medium: Channel, locale: str | None) -> Template | None:
    """The active template for a medium in the nearest locale.

    `de_CH` is served by de_CH, else de, else the default locale, else the first by name.
    """
    by_locale = {_normal(t.locale): t for t in templates if t.active and t.medium == medium}
    wanted = _normal(locale or DEFAULT_LOCALE)
    for name in (wanted, wanted.partition("-")[0], DEFAULT_LOCALE):
        if name in by_locale:
            return by_locale[name]
    return by_locale[min(by_locale)] if by_locale else None


def _normal(locale: str) -> str:
    return locale.replace("_", "-").lower()
