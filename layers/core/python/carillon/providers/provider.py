"""A provider as a typed value: each provider module defines one and calls it `PROVIDER`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.markups import NO_MARKUP, Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Result
from carillon.domain.delivery.transport import Request
from carillon.providers import overriding
from carillon.providers.settings import parsed, prepared, problems

type Json = Mapping[str, Any]

_PATIENCE = {True: 15.0, False: 25.0}


class Builder[A: BaseModel, S: BaseModel](Protocol):
    """Build the request that sends a message; raise Invalid if it can never be sent."""

    def __call__(self, message: Message, address: A, settings: S, /) -> Request: ...


class Classifier(Protocol):
    """Say what a response of the service means for the delivery; never raise."""

    def __call__(self, status: int, headers: Mapping[str, str], body: bytes, /) -> Result: ...


def _unchanged(settings: Json) -> Json:
    return settings


def _no_default(_settings: Any) -> Json:
    return {}


def _no_senders(_settings: Any) -> Mapping[str, str]:
    return {}


def _no_parts(_message: Message) -> int:
    return 0


def _from_anybody(_settings: Any, _sender: str) -> bool:
    return True


@dataclass(frozen=True, kw_only=True, eq=False)  # each is one of a kind
class Provider[A: BaseModel, S: BaseModel]:
    """One outside service, as `ports.integrations.Provider` describes it.

    `settings` and `address` are models of the JSON that tenants and subscribers bring. `builder`
    gets both parsed. Settings not listed in `visible` are secrets and never shown again.
    `complete` adds generated values (a signing secret) to settings before they are validated.
    `credentials` names the credentials that are sent to the target in a setting, by its name: a new
    target gets none that was not given with it.
    `default_address` returns the address, taken from the settings, of messages without one; None
    values in it count as absent. `subscriber_field` names the subscriber's own field that is the
    address (`email`, `phone`), if there is one. `drops_repeats` says that a message which is sent
    again is shown once, by an id in it. `overrides` models the fields of a message that a caller
    may set; `sends_as` says whether the settings are enough to send as another sender.
    `shared_senders` returns the settings' senders if they belong to the installation's own account,
    by setting, which all tenants share, so that a tenant needs a grant for each. `parts` counts the
    parts of a message that the installation pays for. `markups` tells how the service reads texts;
    without it, nothing in them is markup.
    """

    id: str
    channel: Channel
    settings: type[S]
    address: type[A]
    builder: Builder[A, S]
    classify: Classifier
    visible: frozenset[str] = frozenset()
    subscriber_field: str | None = None
    drops_repeats: bool = False
    complete: Callable[[Json], Json] = _unchanged
    credentials: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    default_address: Callable[[S], Json] = _no_default
    overrides: type[overriding.Overrides] = overriding.Overrides
    sends_as: Callable[[S, str], bool] = _from_anybody
    shared_senders: Callable[[S], Mapping[str, str]] = _no_senders
    parts: Callable[[Message], int] = _no_parts
    markups: Markups = NO_MARKUP

    @property
    def patience(self) -> float:
        """Seconds to wait for a response: longer where people would see a repetition."""
        return _PATIENCE[self.drops_repeats]

    def check(self, settings: Json) -> Sequence[FieldProblem]:
        """List what is wrong with the settings, without repeating their values."""
        return problems(self.settings, self.complete(settings), FieldName.SETTINGS)

    def prepare(self, settings: Json) -> Json:
        """Return the settings to store: normalised, with defaults; raise Invalid."""
        return prepared(self.settings, self.complete(settings))

    def build(self, message: Message, address: Mapping[str, str], settings: Json) -> Request:
        """Build the request that sends the message; raise Invalid if it can never be sent."""
        own = parsed(self.settings, settings, FieldName.SETTINGS)
        message = replace(message, overrides=self.own_overrides(message.overrides))
        default = {n: v for n, v in self.default_address(own).items() if v is not None}
        to = parsed(self.address, address or default, FieldName.ADDRESS)
        return self.builder(message, to, own)

    def check_overrides(self, given: Json) -> Sequence[FieldProblem]:
        """List the overrides that it does not take, by the names given."""
        return overriding.check(self.overrides, given)

    def takes(self, overrides: Iterable[str]) -> frozenset[str]:
        """Return the names, in any spelling, of the overrides that all of its messages may have."""
        return overriding.taken(self.overrides, overrides)

    def own_overrides(self, given: Json) -> Json:
        """Return the overrides that it takes, by its own names; raise Invalid for a bad value."""
        known = overriding.known(self.overrides, given)
        try:
            return overriding.read(self.overrides, known)
        except ValidationError as error:
            raise Invalid(*overriding.check(self.overrides, known)) from error

    def may_send_as(self, settings: Json, sender: str) -> bool:
        """Whether the settings alone are enough to send as the sender."""
        return self.sends_as(parsed(self.settings, settings, FieldName.SETTINGS), sender)

    def senders_to_grant(self, settings: Json) -> Mapping[str, str]:
        """Return the senders, by setting, that the tenant needs a grant for."""
        return self.shared_senders(parsed(self.settings, settings, FieldName.SETTINGS))

    def markups_at(self, _address: Mapping[str, str], _settings: Json) -> Markups:
        """Return how what is sent to an address is read."""
        return self.markups
