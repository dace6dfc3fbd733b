"""Derive values from a JSON Schema: deterministic, small, and to be validated afterwards.

Keywords that only restrict (`not`, `if`, `dependentRequired`, `contains`) are left to that check.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import Any

from carillon.adapters.catalogue import schema_values
from carillon.adapters.catalogue.schema_values import Schema, Underivable

_MOST_STEPS = 2_000  # subschemas of one value
_MOST_TEXT = 50_000  # characters of one value
_MOST_ITEMS = 50
_TURNS = 3  # alternatives of `oneOf` and `anyOf` that are tried
_INFERRED = (
    ("object", {"properties", "required", "additionalProperties", "minProperties"}),
    ("array", {"items", "prefixItems", "minItems", "contains"}),
    ("string", {"pattern", "format", "minLength", "maxLength"}),
    ("number", {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
)


def candidates(schema: Schema) -> Iterator[Mapping[str, Any]]:
    """Yield objects that the schema may accept, those with the most fields first.

    First with the values that the schema itself names (`examples`, `default`), then without.
    """
    for named, full, turn in product((True, False), (True, False), range(_TURNS)):
        with suppress(Underivable, re.error, RecursionError):
            value = _Sampler(schema, named=named, full=full, turn=turn).of(schema, "text", ())
            if isinstance(value, Mapping):
                yield value


class _Sampler:
    def __init__(self, root: Schema, *, named: bool, full: bool, turn: int) -> None:
        self._root, self._named, self._full, self._turn = root, named, full, turn
        self._steps, self._room = _MOST_STEPS, _MOST_TEXT

    def of(self, schema: Schema | bool, name: str, refs: tuple[str, ...]) -> Any:
        """Return a value. `name` is where it is, `refs` the references that led here."""
        self._steps -= 1
        if self._steps < 0 or schema is False:
            raise Underivable
        flat, refs = self._flat({} if schema is True else schema, refs)
        for value in self._named_by(flat):
            return value
        return self._made(flat, name, refs)

    def _named_by(self, schema: Schema) -> Iterator[Any]:
        """Yield the values that a schema names itself."""
        if "const" in schema:
            yield schema["const"]
        yield from _listed(schema.get("enum"))
        if self._named:
            yield from _listed(schema.get("examples"))
            yield from (schema[key] for key in ("example", "default") if key in schema)

    def _made(self, schema: Schema, name: str, refs: tuple[str, ...]) -> Any:
        make: Mapping[str, Callable[[], Any]] = {
            "object": lambda: self._object(schema, refs),
            "array": lambda: self._array(schema, name, refs),
            "integer": lambda: schema_values.number(schema, whole=True),
            "number": lambda: schema_values.number(schema, whole=False),
            "boolean": lambda: True,
            "null": lambda: None,
            "string": lambda: self._string(schema, name),
        }
        return make[_type(schema)]()

    def _string(self, schema: Schema, name: str) -> str:
        text = schema_values.text(schema, name)
        self._room -= len(text)
        if self._room < 0:
            raise Underivable
        return text

    def _flat(self, schema: Schema, refs: tuple[str, ...]) -> tuple[Schema, tuple[str, ...]]:
        """Merge a schema with the parts that hold beside it, and one of its alternatives."""
        self._steps -= 1
        if self._steps < 0:
            raise Underivable
        parts: list[Schema | bool] = list(schema.get("allOf", ()))
        if "$ref" in schema:
            reference = schema["$ref"]
            if reference in refs:
                raise Underivable
            parts.append(self._target(reference))
            refs = (*refs, reference)
        alternatives = (schema.get(key) for key in ("anyOf", "oneOf"))
        parts += [options[self._turn % len(options)] for options in alternatives if options]
        apart = {"allOf", "anyOf", "oneOf", "$ref"}
        flat: Schema = {key: value for key, value in schema.items() if key not in apart}
        for part in parts:
            if part is False:
                raise Underivable
            if part is not True:
                inner, refs = self._flat(part, refs)
                flat = _merged(flat, inner)
        return flat, refs

    def _target(self, reference: str) -> Schema:
        """Follow a JSON Pointer within the schema."""
        if not reference.startswith("#"):
            raise Underivable
        found: Any = self._root
        for step in filter(None, reference[1:].split("/")):
            key = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, Mapping) or key not in found:
                raise Underivable
            found = found[key]
        if not isinstance(found, Mapping):
            raise Underivable
        return found

    def _object(self, schema: Schema, refs: tuple[str, ...]) -> dict[str, Any]:
        properties = schema.get("properties", {})
        required = schema.get("required", ())
        value = {}
        for name in dict.fromkeys([*properties, *required]):
            if not self._full and name not in required:
                continue
            inner = properties.get(name, schema.get("additionalProperties", True))
            try:
                value[name] = self.of(inner, name, refs)
            except Underivable:
                if name in required or self._steps < 0:
                    raise
        return value

    def _array(self, schema: Schema, name: str, refs: tuple[str, ...]) -> list[Any]:
        first = schema.get("prefixItems", ())
        others = schema.get("items", schema.get("contains", True))
        least = int(schema.get("minItems", 0))
        wanted = max(least, min(1, int(schema.get("maxItems", 1))) if self._full else 0, len(first))
        if wanted > _MOST_ITEMS:
            raise Underivable
        value: list[Any] = []
        for place in range(wanted):
            inner = first[place] if place < len(first) else others
            try:
                value.append(self.of(inner, f"{name} {place + 1}" if place else name, refs))
            except Underivable:
                if place < least or self._steps < 0:
                    raise
                break
        return value


def _type(schema: Schema) -> str:
    kinds = schema.get("type", ())
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind != "null" or kinds in ("null", ["null"]):
            return str(kind)
    for kind, keywords in _INFERRED:
        if keywords & schema.keys():
            return kind
    return "string"


def _merged(one: Schema, other: Schema) -> Schema:
    """Merge two schemas that both hold, the stricter bound winning."""
    merged = dict(one)
    for key, value in other.items():
        if key not in merged:
            merged[key] = value
            continue
        mine = merged[key]
        match key:
            case "properties":
                both = {n: {"allOf": [mine[n], value[n]]} for n in mine.keys() & value.keys()}
                merged[key] = {**mine, **value, **both}
            case "required":
                merged[key] = [*mine, *value]
            case "enum":
                merged[key] = [choice for choice in mine if choice in value]
            case "minimum" | "minLength" | "minItems" | "minProperties":
                merged[key] = max(mine, value)
            case "maximum" | "maxLength" | "maxItems" | "maxProperties":
                merged[key] = min(mine, value)
    return merged


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
