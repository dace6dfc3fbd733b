"""Requests made from a model: a good one, with something else in one place.

What the model's JSON Schema forbids has to be refused, and what it allows is never our fault: so
what callers read of an API is held to what it does.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jsonschema_rs
from pydantic import TypeAdapter

from local.openapi import SchemaGenerator

type Json = dict[str, Any]
type Place = tuple[str | int, ...]

LONG = "x" * 5_000  # more than a field has
TOO_LONG = "x" * 70_000  # more than any text may have
# Of every kind that JSON has, and what is easily taken for another kind.
OTHERS = (None, True, 1, 7, 1.5, "text", "true", "1", LONG, TOO_LONG, [], ["x"], {}, {"x": 1})
_OF_A_KIND = frozenset({"$ref", "anyOf", "enum", "oneOf", "type"})
_BRANCHES = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True)
class Model:
    """What a caller can read of it: its JSON Schema."""

    type: Any

    @cached_property
    def schema(self) -> Json:
        return TypeAdapter(self.type).json_schema(schema_generator=SchemaGenerator)

    def allows(self, body: Any) -> bool:
        return self._validator.is_valid(body)

    @cached_property
    def _validator(self) -> jsonschema_rs.Validator:
        return jsonschema_rs.validator_for(self.schema, validate_formats=True)

    def forbidden(self, body: Any) -> Iterator[Any]:
        """Variants of this body that must be refused."""
        return (variant for variant in self._variants(body) if not self.allows(variant))

    def allowed(self, body: Any) -> Iterator[Any]:
        """Variants of this body that it has nothing against."""
        return filter(self.allows, self._variants(body))

    def _variants(self, body: Any) -> Iterator[Any]:
        """This body without one of the fields that are known, or with another value in it."""
        yield from OTHERS
        for place in dict(self._places(self.schema, body)):
            if _is_in(body, place):
                yield without(body, place)
            for other in OTHERS:
                yield instead(body, place, other)

    def may_be(self, parameter: str, text: str) -> bool:
        """Whether a parameter of a query may be this, or have this among others."""
        part = self.schema["properties"][parameter]
        return self._holds(part, text) or self._holds(part, [text])

    def unlimited(self, body: Any) -> list[Place]:
        """Where a text may be of any length, though not every kind of value is allowed."""
        return [
            place
            for place, part in self._places(self.schema, body)
            if part.keys() & _OF_A_KIND
            and "const" not in part
            and self.allows(instead(body, place, TOO_LONG))
        ]

    def _places(self, schema: Json, value: Any, at: Place = ()) -> Iterator[tuple[Place, Json]]:
        """What the schema knows within a value, there or not, and what it says of it."""
        schema = self._resolved(schema)
        for branch in (one for kind in _BRANCHES for one in schema.get(kind, ())):
            if self._holds(branch, value):
                yield from self._places(branch, value, at)
        for name, part in _parts(schema, value):
            yield (*at, name), part
            if _is_in(value, (name,)):
                yield from self._places(part, value[name], (*at, name))

    def _resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            named = self.schema["$defs"][schema["$ref"].rpartition("/")[2]]
            schema = named | {name: said for name, said in schema.items() if name != "$ref"}
        return schema

    def _holds(self, schema: Json, value: Any) -> bool:
        definitions = self.schema.get("$defs", {})
        return jsonschema_rs.is_valid(
            {**schema, "$defs": definitions}, value, validate_formats=True
        )


def _parts(schema: Json, value: Any) -> Iterator[tuple[str | int, Json]]:
    if isinstance(value, Mapping):
        known = schema.get("properties", {})
        yield from known.items()
        if isinstance(others := schema.get("additionalProperties"), dict):
            yield from ((name, others) for name in value if name not in known)
    if isinstance(value, list) and schema.get("items"):
        yield from ((index, schema["items"]) for index in range(len(value)))


def at(body: Any, place: Place) -> Any:
    for step in place:
        body = body[step]
    return body


def without(body: Any, place: Place) -> Any:
    changed = copy.deepcopy(body)
    del at(changed, place[:-1])[place[-1]]
    return changed


def instead(body: Any, place: Place, value: Any) -> Any:
    changed = copy.deepcopy(body)
    at(changed, place[:-1])[place[-1]] = value
    return changed


def _is_in(body: Any, place: Place) -> bool:
    try:
        at(body, place)
    except LookupError:
        return False
    return True
