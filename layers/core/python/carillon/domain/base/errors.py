"""What can go wrong for a caller. Each dialect gives these its own words and status."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_SHOWN = 200  # characters of a path


class CarillonError(Exception):
    """Base of all errors that a caller is told about."""


class Unauthenticated(CarillonError):
    """No credential, or none that we know."""


class TokenExpired(Unauthenticated):
    """A token of ours, past its time."""


class Forbidden(CarillonError):
    """A known credential that may not do this."""


class MissingScope(Forbidden):
    """The scope is not the credential's."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"The API key does not have the scope {scope}")
        self.scope = scope


class MethodNotAllowed(CarillonError):
    """The path exists, the method on it does not."""

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        super().__init__(f"Method {method} is not allowed")
        self.method = method
        self.allowed = tuple(allowed)


class QuotaExceeded(Forbidden):
    """The tenant has as many of these as it may have."""


class NotFound(CarillonError):
    """Absent, or another tenant's, which must look the same."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"{kind} {id!r} not found")
        self.kind = kind
        self.id = id


class UnknownPath(NotFound):
    """Nothing answers at this path, whatever the method."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__("path", path)
        self.args = (f"Cannot {method} {path[:_SHOWN]}",)


class Conflict(CarillonError):
    """It exists already, or changed since it was read; `existing` is its id if it has one."""

    def __init__(self, message: str, *, existing: str = "") -> None:
        super().__init__(message)
        self.existing = existing


class Needed(Conflict):
    """It cannot go as long as something else needs it."""


class TooLarge(CarillonError):
    """The request, or one event of it, is over a size limit."""


class Malformed(CarillonError):
    """The body is not JSON that we read."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a request: a dotted path to it, why, and what was found there.

    `kind` is for a dialect that has codes for the sorts of wrong: "missing", "choice" (not one of
    the values that there are), "limit", "reference" (to what does not exist) or "" for any other.
    """

    path: str
    message: str  # continues the path: "must be a boolean"
    value: Any = None
    kind: str = ""

    def __str__(self) -> str:
        named = self.message.startswith(f"{self.path} ")
        return self.message if named else f"{self.path} {self.message}".strip()


# What the checks of models say, and what we do: a caller knows JSON, and no Python.
_OURS = (
    (re.compile(r"^(?:Value error|Assertion failed), "), ""),
    (re.compile(r"^Field required$"), "is required"),
    (re.compile(r"^Extra inputs are not permitted$"), "is not known"),
    (re.compile(r"^(?:Dictionary|Input|List|Set|String|Tuple|Value) should "), "must "),
    (re.compile(r"\bvalid dictionary(?: or instance of \w+)?"), "valid object"),
    (re.compile(r"\bvalid (?:frozenset|set|tuple)"), "valid list"),
    (re.compile(r" after validation, not \d+$"), ""),
)


def continuing(sentence: str) -> str:
    """What a model's check says, so that it continues the name of the field."""
    for theirs, ours in _OURS:
        sentence = theirs.sub(ours, sentence)
    return sentence


class Invalid(CarillonError):
    """The request is understood and wrong."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class QueryInvalid(Invalid):
    """A parameter of the query string is wrong."""


class Undelivered(Invalid):
    """The test of a target that did not take it."""


class PayloadInvalid(Invalid):
    """The payload does not satisfy the event type's input schema."""


class BadHeader(Invalid):
    """A header's value is not what the header is for."""


class NoIntegration(Invalid):
    """An address with a provider of which the tenant has no active integration."""

    def __init__(self, tenant: str, provider: str, integration: str | None = None) -> None:
        named = f"integration {integration!r}" if integration else "integration"
        super().__init__(
            Problem("address", f"needs an active {named} of {provider!r}", provider, "reference")
        )
        self.tenant = tenant
        self.provider = provider


class RecipientWithoutId(CarillonError):
    """A recipient given as an object, without the id that makes it a subscriber."""


class Inactive(CarillonError):
    """The event type is switched off."""


class Locked(CarillonError):
    """The event type is locked by its owners."""


class NoTemplates(CarillonError):
    """The event names recipients, and its type has no template to reach them with."""


class NoActiveTemplates(CarillonError):
    """The event names recipients, and every template of its type is switched off."""


class ContextNotFound(NotFound):
    """The caller's own sub-tenant named in a trigger does not exist."""

    def __init__(self, id: str) -> None:
        super().__init__("context", id)


class Unavailable(CarillonError):
    """We could not store it. Nothing was accepted; the same call may succeed later."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimited(CarillonError):
    """More than a key may ask in so short a time; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("API rate limit exceeded")
        self.retry_after = retry_after


class Failure(CarillonError):
    """Our own fault: said without details, which are in the log under the request's id."""


class Unfinished(Exception):
    """Part of a message's work is done and recorded: the rest needs the message again."""
