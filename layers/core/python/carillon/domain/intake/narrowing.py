"""Narrowing: a caller's filter on the recipients that an event would reach."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Self

from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Subscription

# Fields of a subscriber that rules may look at; `data` has fields of its own.
FIELDS = ("id", "email", "phone", "first_name", "last_name", "locale", "timezone", "locked", "data")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A condition on a subscriber; `field` is a path, such as ("data", "city")."""

    field: tuple[str, ...]
    operator: str
    value: Any

    def holds(self, subscriber: Subscriber) -> bool:
        found: Any = getattr(subscriber, self.field[0])
        for name in self.field[1:]:
            found = found.get(name) if isinstance(found, Mapping) else None
        if found is None and self.operator != "isnull":
            return False
        return OPERATORS[self.operator](found, self.value)


type Conditions = tuple[Rule, ...]  # all must hold
type RuleGroups = tuple[tuple[Conditions, ...], ...]  # one of each group must hold


@dataclass(frozen=True, kw_only=True)
class RecipientFilter:
    """A filter by all of its parts together; an empty part narrows nothing.

    `channels` are integrations, by id, identifier or name, or whole media, such as `email`. A
    subscription hears of the event only if it is in one of the `environments`.
    """

    addresses: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    include: RuleGroups = ()
    exclude: RuleGroups = ()

    def within(self, environments: Sequence[str]) -> Self:
        """Return the filter for a key that is for these environments alone, if any are named.

        Raise Invalid when the filter asks for others alone: nobody would hear of the event.
        """
        if not environments:
            return self
        allowed = tuple(e for e in self.environments or environments if e in environments)
        if not allowed:
            asked = ", ".join(self.environments)
            raise Invalid(FieldProblem(FieldName.ENVIRONMENTS, f"The API key is not for {asked}"))
        return replace(self, environments=allowed)

    def hears(self, subscription: Subscription) -> bool:
        wanted = self.environments
        return not wanted or not set(wanted).isdisjoint(subscription.environments)

    def takes(self, integration: Integration) -> bool:
        return not self.channels or not names_of(integration).isdisjoint(self.channels)

    def wants(self, address: Mapping[str, str]) -> bool:
        """Whether one of the address's values is asked for, however it is capitalized."""
        if not self.addresses:
            return True
        values = {value.casefold() for value in address.values()}
        return not values.isdisjoint(value.casefold() for value in self.addresses)

    def admits(self, subscriber: Subscriber) -> bool:
        included = not self.include or _matches(self.include, subscriber)
        return included and not (self.exclude and _matches(self.exclude, subscriber))


def names_of(integration: Integration) -> frozenset[str]:
    """Return the names by which a caller may mean an integration, its medium among them."""
    return frozenset(
        (integration.id, integration.identifier, integration.name, str(integration.channel))
    )


def _matches(filter: RuleGroups, subscriber: Subscriber) -> bool:
    return all(
        any(all(rule.holds(subscriber) for rule in conditions) for conditions in group)
        for group in filter
    )


def _folded(compare: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    return lambda found, value: compare(str(found).casefold(), str(value).casefold())


def _as_text(compare: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    return lambda found, value: compare(str(found), str(value))


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Compare numbers with numbers and text with text: other values have no order."""

    def compared(found: Any, value: Any) -> bool:
        alike = all(isinstance(v, str) for v in (found, value)) or all(
            isinstance(v, int | float) for v in (found, value)
        )
        return alike and compare(found, value)

    return compared


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "exact": lambda found, value: bool(found == value),
        "iexact": _folded(lambda found, value: found == value),
        "contains": _as_text(lambda found, value: value in found),
        "icontains": _folded(lambda found, value: value in found),
        "startswith": _as_text(str.startswith),
        "istartswith": _folded(str.startswith),
        "endswith": _as_text(str.endswith),
        "iendswith": _folded(str.endswith),
        "in": lambda found, value: isinstance(value, list | tuple) and found in value,
        "gt": _ordered(lambda found, value: found > value),
        "gte": _ordered(lambda found, value: found >= value),
        "lt": _ordered(lambda found, value: found < value),
        "lte": _ordered(lambda found, value: found <= value),
        "isnull": lambda found, value: (found is None) is bool(value),
    }
)
