"""Access: tenants, API keys and their scopes."""

import hashlib
import hmac
import secrets
import string
import zlib
from collections.abc import Mapping
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
    """A right of a key. Names with `sp:` or `idn:` are SailPoint's, for its published calls."""

    ADMIN = "admin"  # everything that configures the tenant
    EVENT_TRIGGER = "event:trigger"
    EVENT_LIST = "event:list"
    AUDIENCE = "audience"  # subscribers, topics, contexts
    ACTIVITY = "activity"  # events and their deliveries
    SUBSCRIPTIONS_READ = "sp:trigger-service-subscriptions:read"
    SUBSCRIPTIONS_MANAGE = "sp:trigger-service-subscriptions:manage"
    INVOCATIONS_READ = "sp:trigger-service-invocation-status:read"
    INVOCATIONS_MANAGE = "sp:trigger-service-invocation-status:manage"
    TEMPLATES_READ = "idn:notification-templates:read"
    TEMPLATES_CREATE = "idn:notification-templates:create"
    TEMPLATES_DELETE = "idn:notification-templates:delete"
    TEMPLATE_DEFAULTS_READ = "idn:notification-template-defaults:read"
    PREFERENCES_READ = "idn:notification-preferences:read"
    PREFERENCES_UPDATE = "idn:notification-preferences:update"


_IMPLIED: Mapping[Scope, frozenset[Scope]] = {
    Scope.ADMIN: frozenset(scope for scope in Scope if scope.startswith(("sp:", "idn:"))),
    Scope.ACTIVITY: frozenset({Scope.INVOCATIONS_READ}),
    Scope.SUBSCRIPTIONS_MANAGE: frozenset({Scope.SUBSCRIPTIONS_READ}),
    Scope.INVOCATIONS_MANAGE: frozenset({Scope.INVOCATIONS_READ}),
}


def implied(scopes: frozenset[Scope]) -> frozenset[Scope]:
    """Return the scopes with all that they include: who may manage may read."""
    return scopes.union(*(_IMPLIED.get(scope, frozenset()) for scope in scopes))


class KeyReach(StrEnum):
    """The applications that a key may name in calls."""

    APPLICATION = "application"  # its own only
    PROJECT = "project"  # all in its own project
    ORGANIZATION = "organization"  # all of its tenant


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """An isolated customer of this installation.

    `senders` are the mail domains and addresses, SMS names and numbers of the installation's own
    account that the tenant may send as; `*` stands for all of them. `sms_parts` limits the parts of
    SMS that it may send in a month by that account; None is the installation's limit for all.
    """

    id: str
    name: str
    created_at: datetime
    active: bool = True
    deleting_since: datetime | None = None  # never active again: its data is being removed
    erased_at: datetime | None = None  # when a subscriber was last deleted
    senders: tuple[str, ...] = ()
    sms_parts: int | None = None
    version: int = 1

    def may_send_as(self, sender: str) -> bool:
        """Whether the operator has granted the sender; a mail domain includes its subdomains."""
        name = sender.lower()
        domain = name.rpartition("@")[2] if "@" in name else ""
        granted = [one.lower() for one in self.senders]
        return any(one in {"*", name} or f".{domain}".endswith(f".{one}") for one in granted)


@dataclass(frozen=True, kw_only=True)
class Deletion:
    """One step of removing a tenant's data, from a place in it on.

    The first step has no place: it waits until every process knows of the deletion.
    """

    tenant: str
    place: int | None = None


@dataclass(frozen=True, kw_only=True)
class Grant:
    """The rights of a caller who authenticated with a key, or with a token of it."""

    key: str
    tenant: str
    application: str
    scopes: frozenset[Scope]
    name: str = ""  # of the key; empty for a token
    reach: KeyReach = KeyReach.APPLICATION
    environments: tuple[str, ...] = ()  # if any, it may trigger events for these only
    expires_at: datetime | None = None

    def allows(self, scope: Scope) -> bool:
        return scope in implied(self.scopes)

    def reaches(self, project: str, application: str | None = None) -> bool:
        """Whether calls may name the project, or the application in it."""
        own_project, _, own = self.application.partition("/")
        if self.reach is KeyReach.ORGANIZATION:
            return True
        if project != own_project:
            return False
        return application in {None, own} or self.reach is KeyReach.PROJECT

    def lacks(self, key: "ApiKey") -> str:
        """Name a right that the key has and this grant has not; empty when there is none."""
        project, _, application = key.application.partition("/")
        if missing := sorted(key.scopes - implied(self.scopes)):
            return f"the scope {missing[0]}"
        if not self.reaches(project, application):
            return f"the application {key.application}"
        if list(KeyReach).index(key.reach) > list(KeyReach).index(self.reach):
            return f"the reach {key.reach}"
        if self.environments and not set(key.environments or [""]) <= set(self.environments):
            return f"environments besides {', '.join(self.environments)}"
        return ""


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A credential of a tenant; only a digest of its secret is stored."""

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
            expires_at=self.expires_at,
        )

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True)
class Credential:
    """A key with its secret, as its owner has it: `car_<id>_<secret>`, or the two apart."""

    id: str
    secret: str

    def __str__(self) -> str:
        return f"{_PREFIX}_{self.id}_{self.secret}"

    def __repr__(self) -> str:
        return f"Credential(id={self.id!r})"

    @property
    def digest(self) -> str:
        """The SHA-256 in hex; a slow hash would add nothing to a secret of 190 random bits."""
        return hashlib.sha256(str(self).encode()).hexdigest()

    def opens(self, key: ApiKey) -> bool:
        return hmac.compare_digest(self.digest, key.digest)


def new_credential() -> Credential:
    id = _random(_ID_LENGTH)
    secret = _random(_SECRET_LENGTH)
    return Credential(id, secret + _checksum(id + secret))


def parse_credential(text: str) -> Credential | None:
    """Parse `car_<id>_<secret>`; return None for a text that cannot be a key."""
    prefix, _, rest = text.partition("_")
    id, _, secret = rest.partition("_")
    return credential(id, secret) if prefix == _PREFIX else None


def credential(id: str, secret: str) -> Credential | None:
    """Return the credential; None if its checksum is wrong, as of a typing error or a guess."""
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
