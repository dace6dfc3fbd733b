"""Who may do what: tenants, API keys, scopes."""

import hashlib
import hmac
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_ALPHABET = string.digits + string.ascii_letters
_PREFIX = "car"
_ID_LENGTH = 12
_SECRET_LENGTH = 32  # 190 bits
_CHECKSUM_LENGTH = 6

DEFAULT_APPLICATION = "default/default"


class Scope(StrEnum):
    """What a key may do."""

    ADMIN = "admin"
    EVENT_TRIGGER = "event:trigger"
    EVENT_LIST = "event:list"
    AUDIENCE = "audience"  # who there is: subscribers, topics, contexts
    ACTIVITY = "activity"  # what happened, and what came of it


class KeyReach(StrEnum):
    """How far a key goes where a call names its project and application itself."""

    APPLICATION = "application"  # its own alone
    PROJECT = "project"  # all of its application's project
    ORGANIZATION = "organization"  # all of its tenant


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """An isolated customer of this installation."""

    id: str
    name: str
    created_at: datetime
    active: bool = True
    deleting_since: datetime | None = None  # switched off for ever: all that it has is removed


@dataclass(frozen=True, kw_only=True)
class Deletion:
    """One step of removing all that a tenant has: some of it, from the place on.

    Without a place it has not begun, and waits until every process knows.
    """

    tenant: str
    place: int | None = None


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a caller may do who proved to hold a key, by the key itself or by a token of it."""

    key: str
    tenant: str
    application: str
    scopes: frozenset[Scope]
    name: str = ""  # of the key; a token does not tell it
    reach: KeyReach = KeyReach.APPLICATION
    environments: tuple[str, ...] = ()  # all that it may trigger events for, if any are named

    def allows(self, scope: Scope) -> bool:
        return scope in self.scopes

    def reaches(self, project: str, application: str | None = None) -> bool:
        """Whether it goes as far as a project, or as one application of it."""
        own_project, _, own = self.application.partition("/")
        if self.reach is KeyReach.ORGANIZATION:
            return True
        if project != own_project:
            return False
        return application in {None, own} or self.reach is KeyReach.PROJECT


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """One credential of a tenant. The secret itself is never kept, only its digest."""

    id: str
    tenant: str
    name: str
    digest: str
    scopes: frozenset[Scope]
    created_at: datetime
    application: str = DEFAULT_APPLICATION  # "project/application"
    reach: KeyReach = KeyReach.APPLICATION
    environments: tuple[str, ...] = ()
    expires_at: datetime | None = None

    @property
    def grant(self) -> Grant:
        return Grant(
            key=self.id,
            tenant=self.tenant,
            application=self.application,
            scopes=self.scopes,
            name=self.name,
            reach=self.reach,
            environments=self.environments,
        )

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True)
class Credential:
    """A key as its owner holds it: `car_<id>_<secret>`, or id and secret apart."""

    id: str
    secret: str

    def __str__(self) -> str:
        return f"{_PREFIX}_{self.id}_{self.secret}"

    def __repr__(self) -> str:
        return f"Credential(id={self.id!r})"

    @property
    def digest(self) -> str:
        """SHA-256 in hex. The secret has 190 random bits, so a slow hash would add nothing."""
        return hashlib.sha256(str(self).encode()).hexdigest()

    def opens(self, key: ApiKey) -> bool:
        return hmac.compare_digest(self.digest, key.digest)


def new_credential() -> Credential:
    id = _random(_ID_LENGTH)
    secret = _random(_SECRET_LENGTH)
    return Credential(id, secret + _checksum(id + secret))


def parse_credential(text: str) -> Credential | None:
    """Read `car_<id>_<secret>`; None for what cannot be a key, without asking the store."""
    prefix, _, rest = text.partition("_")
    id, _, secret = rest.partition("_")
    return credential(id, secret) if prefix == _PREFIX else None


def credential(id: str, secret: str) -> Credential | None:
    """A credential whose checksum holds, or None for a typing error or a guess."""
    body, checksum = secret[:-_CHECKSUM_LENGTH], secret[-_CHECKSUM_LENGTH:]
    if len(id) != _ID_LENGTH or len(body) != _SECRET_LENGTH or not secret.isascii():
        return None
    return Credential(id, secret) if _checksum(id + body) == checksum else None


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _checksum(text: str) -> str:
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
