"""Errors that callers are told about. Each dialect gives them its own words and status.

    CarillonError
    ├── Unauthenticated             no credential, or an unknown one
    │   └── TokenExpired
    ├── Forbidden                   a known credential that does not allow the call
    │   ├── MissingScope
    │   └── QuotaExceeded
    ├── UnknownPath                 no route
    ├── MethodNotAllowed            a route, and another method
    ├── NotFound                    a route, and nothing of that id
    │   └── ContextNotFound
    ├── Malformed                   not JSON that we read
    ├── TooLarge
    ├── Invalid                     understood, and wrong in the places that it lists
    │   ├── QueryInvalid
    │   ├── BadHeader
    │   ├── PayloadInvalid
    │   ├── NoIntegration
    │   └── Undelivered
    ├── RecipientWithoutId
    ├── Inactive                    the event type is switched off,
    ├── Locked                      or locked,
    ├── NoTemplates                 or has no template,
    ├── NoActiveTemplates           or none that is active
    ├── MustBeHeard                 subscribers cannot switch the event types off
    ├── Conflict                    it exists already
    │   └── Needed
    ├── RateLimited
    ├── Unavailable                 a store or queue failed; the same call may succeed later
    │   └── Changed                 others keep changing what the call changes
    └── Failure                     a bug of ours
    Unfinished                      not for callers: the queue gives the message again

A dialect may add classes of its own below these, never beside them.
"""

from collections.abc import Sequence

from carillon.domain.base.problems import FieldProblem, Problem
from carillon.domain.base.terms import FieldName, Noun

_SHOWN = 200  # characters of a path
_MOST_PROBLEMS = 100


class CarillonError(Exception):
    """Base of all errors that a caller is told about."""


class Unauthenticated(CarillonError):
    """There is no credential, or an unknown one."""


class TokenExpired(Unauthenticated):
    """One of our tokens is past its time."""


class Forbidden(CarillonError):
    """The credential is known and does not allow the call."""


class MissingScope(Forbidden):
    """The credential lacks the scope."""

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
    """The thing is absent, or another tenant's: the two must look the same."""

    def __init__(self, noun: Noun, id: str) -> None:
        super().__init__(f"{noun} {id!r} not found")
        self.noun = noun
        self.id = id


class UnknownPath(CarillonError):
    """No route has this path, whatever the method."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"Cannot {method} {path[:_SHOWN]}")


class Conflict(CarillonError):
    """It exists already; `existing` is its id if it has one."""

    def __init__(self, message: str, *, existing: str = "") -> None:
        super().__init__(message)
        self.existing = existing


class Needed(Conflict):
    """It cannot be removed while something else needs it."""


class TooLarge(CarillonError):
    """The request, or one event of it, is over a size limit."""


class Malformed(CarillonError):
    """The body is not JSON that we read."""


class Invalid(CarillonError):
    """The request is understood, and wrong in these places.

    Only the first hundred are kept: a request of 6 MB can have 400,000, and their answer would be
    larger than Lambda's. `count` is the number of all.
    """

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems[:_MOST_PROBLEMS]
        self.count = len(problems)
        super().__init__("; ".join(map(str, self.problems)))


class QueryInvalid(Invalid):
    """A parameter of the query string is wrong."""


class Undelivered(Invalid):
    """A target did not take the test that was sent to it."""


class PayloadInvalid(Invalid):
    """The payload does not satisfy the event type's input schema."""

    problems: tuple[FieldProblem, ...]

    def __init__(self, *problems: FieldProblem) -> None:
        super().__init__(*problems)


class BadHeader(Invalid):
    """A header's value does not suit the header."""


class NoIntegration(Invalid):
    """An address with a provider of which the tenant has no active integration."""

    def __init__(self, tenant: str, provider: str, integration: str | None = None) -> None:
        named = f"integration {integration!r}" if integration else "integration"
        super().__init__(
            FieldProblem(
                FieldName.ADDRESS,
                f"needs an active {named} of {provider!r}",
                provider,
                "reference",
            )
        )
        self.tenant = tenant
        self.provider = provider


class RecipientWithoutId(CarillonError):
    """A recipient is given as an object without an id."""


class Inactive(CarillonError):
    """The event type is switched off."""


class Locked(CarillonError):
    """The event type is locked by its owners."""


class NoTemplates(CarillonError):
    """The event names recipients, and its type has no template to reach them with."""


class NoActiveTemplates(CarillonError):
    """The event names recipients, and every template of its type is switched off."""


class MustBeHeard(CarillonError):
    """A preference would switch off event types that subscribers cannot switch off."""

    def __init__(self, slugs: Sequence[str]) -> None:
        super().__init__(f"Required event types cannot have preferences: {', '.join(slugs)}")
        self.slugs = tuple(slugs)


class ContextNotFound(NotFound):
    """The context that a trigger names does not exist."""

    def __init__(self, id: str) -> None:
        super().__init__(Noun.CONTEXT, id)


class Unavailable(CarillonError):
    """A store or queue failed, and nothing was accepted; the same call may succeed later."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds


class Changed(Unavailable):
    """It was changed, or another was made beside it, since it was read: read and decide again."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is being changed by others; try again")


class RateLimited(CarillonError):
    """The key has asked for more than it may in so short a time."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("API rate limit exceeded")
        self.retry_after = retry_after  # seconds


class Failure(CarillonError):
    """Our own fault: answered without details, which are in the log under the request's id."""


class Unfinished(Exception):
    """Part of a message's work is done and recorded; the rest needs the message again."""
