"""The overrides that a provider takes: a model of each, whose names are read in any spelling.

Clients write names as the service's API has them (`thread-id`, `icon_emoji`) or as its SDK does
(`threadId`, `iconEmoji`).
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field

from carillon.domain.audience.addresses import DEVICES_LIMIT, TOKEN_LIMIT
from carillon.domain.base.problems import FieldProblem, joined
from carillon.domain.base.terms import FieldName
from carillon.providers.settings import Strict, problems

_BETWEEN_WORDS = re.compile(r"[-_]")

type Json = dict[str, Any]
type Items = list[Any]


class Overrides(Strict):
    """The overrides of one provider: none, unless a subclass has fields.

    `synonyms` are further names of fields.
    """

    synonyms: ClassVar[Mapping[str, str]] = {}


type Token = Annotated[str, Field(min_length=1, max_length=TOKEN_LIMIT)]
type Tokens = Annotated[tuple[Token, ...], Field(min_length=1, max_length=DEVICES_LIMIT)]


class PushOverrides(Overrides):
    """The device tokens take the place of the recipients' own, before a message is built."""

    device_tokens: Tokens | None = Field(default=None, alias="device_tokens")


class AnyPushOverrides(PushOverrides):
    """Device tokens, and any JSON, which the tenant's own service reads."""

    model_config = ConfigDict(extra="allow")


def read(model: type[Overrides], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the overrides by the provider's own names; raise ValidationError for a bad value."""
    found = model.model_validate(_named(model, given))
    return found.model_dump(by_alias=True, exclude_unset=True)


def check(model: type[Overrides], given: Mapping[str, Any]) -> list[FieldProblem]:
    """List the overrides that the provider does not take, or not so, by the names given."""
    names = {_own(model, name): name for name in given}
    found = []
    for problem in problems(model, _named(model, given), FieldName.OVERRIDES):
        name, _, deeper = problem.within.partition(".")
        place = joined(names.get(name, name), deeper)
        found.append(FieldProblem(FieldName.OVERRIDES, problem.message, within=place))
    return found


def known(model: type[Overrides], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the overrides whose names the provider knows."""
    if model.model_config.get("extra") == "allow":
        return given
    names = set(_names(model).values())
    return {name: value for name, value in given.items() if _own(model, name) in names}


def taken(model: type[Overrides], names: Iterable[str]) -> frozenset[str]:
    """Return those of the names that the provider takes for all messages of its channel."""
    if model.model_config.get("extra") == "allow":
        return frozenset(names)
    known = set(_names(model).values()) - {"device_tokens"}  # of one provider, never of all
    return frozenset(name for name in names if _own(model, name) in known)


def _named(model: type[Overrides], given: Mapping[str, Any]) -> dict[str, Any]:
    return {_own(model, name): value for name, value in given.items()}


def _own(model: type[Overrides], name: str) -> str:
    return _names(model).get(_plain(name), name)


@cache
def _names(model: type[Overrides]) -> Mapping[str, str]:
    """Return the provider's own names by their letters alone."""
    own = (field.alias or name for name, field in model.model_fields.items())
    spelled = {**{name: name for name in own}, **model.synonyms}
    return {_plain(name): own_name for name, own_name in spelled.items()}


def _plain(name: str) -> str:
    return _BETWEEN_WORDS.sub("", name).casefold()
