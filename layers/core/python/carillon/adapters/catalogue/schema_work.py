"""Bound the checks that a JSON Schema can ask for, before any value is checked.

A validator follows every reference and alternative that applies to one value, and again for each
value within it, so 1,400 bytes of schema can ask for a million checks of one number. The validator
has no clock: what would take too long is found by counting, and refused.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

MOST = 10**12  # stands for more than anybody counts
_LONGEST_CHAIN = 100  # references and alternatives within one another
_UNKNOWN = object()  # the target of a reference that is not found here, though the validator may
MOST_OF_ONE = 1_000  # checks of one value; a schema that asks for more is not counted further

_SAME_VALUE = ("not", "if", "then", "else")
_SAME_VALUE_LISTS = ("allOf", "anyOf", "oneOf")
_SAME_VALUE_MAPS = ("dependentSchemas", "dependencies")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_EACH_PROPERTY = ("additionalProperties", "unevaluatedProperties", "propertyNames")
_EACH_ITEM = ("items", "additionalItems", "unevaluatedItems", "contains")

type Schema = Mapping[str, Any]


@dataclass
class SchemaWork:
    """Counts the checks of one value and of the values within it, by the depth that is left."""

    root: Any
    _names: Mapping[str, Any] = field(init=False)
    _counted: dict[tuple[int, int], int] = field(default_factory=dict)
    _same: dict[int, Counter[int]] = field(default_factory=dict)
    _by_id: dict[int, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = dict(_named(self.root))

    def checks(self, depth: int) -> int:
        """Return the most checks of any value in an instance this deep (0: a plain value)."""
        return self._checks(self.root, depth)

    def _checks(self, schema: Any, depth: int) -> int:
        key = (id(schema), depth)
        if key not in self._counted:
            self._counted[key] = min(MOST, self._count(schema, depth))
        return self._counted[key]

    def _count(self, schema: Any, depth: int) -> int:
        met = self._of_same_value(schema)
        here = sum(met.values())
        if here > MOST_OF_ONE:
            return MOST
        if not depth:
            return here
        below = sum(times * self._below(self._by_id[one], depth - 1) for one, times in met.items())
        return max(here, below)

    def _below(self, schema: Any, depth: int) -> int:
        """Return the most checks of one property or item, by this schema's own keywords."""
        if not isinstance(schema, Mapping):
            return 0
        each = [schema[name] for name in _EACH_PROPERTY if name in schema]
        each += _values(schema.get("patternProperties"))
        named = [self._checks(one, depth) for one in _values(schema.get("properties"))]
        properties = max(named, default=0) + sum(self._checks(one, depth) for one in each)
        tuples = [*_listed(schema.get("items")), *_listed(schema.get("prefixItems"))]
        all_items = [
            s
            for name in _EACH_ITEM
            if not isinstance(s := schema.get(name), list) and s is not None
        ]
        items = max((self._checks(one, depth) for one in tuples), default=0)
        items += sum(self._checks(one, depth) for one in all_items)
        return max(properties, items)

    def _of_same_value(self, schema: Any) -> Mapping[int, int]:
        """Return how often each schema is applied to a value, by its id, when this one is.

        A reference that leads back is followed once, as the validator does it.
        """
        if id(schema) not in self._same:
            counts: Counter[int] = Counter()
            self._walk(schema, frozenset(), counts)
            self._same[id(schema)] = counts
        return self._same[id(schema)]

    def _walk(self, schema: Any, path: frozenset[int], counts: Counter[int]) -> None:
        if id(schema) in path or counts.total() > MOST_OF_ONE:
            return
        if schema is _UNKNOWN or len(path) > _LONGEST_CHAIN:
            counts[id(_UNKNOWN)] += MOST
            return
        self._by_id[id(schema)] = schema
        counts[id(schema)] += 1
        for other in self._applied(schema):
            self._walk(other, path | {id(schema)}, counts)

    def _applied(self, schema: Any) -> Iterator[Any]:
        if not isinstance(schema, Mapping):
            return
        for name in _REFERENCES:
            if isinstance(schema.get(name), str):
                yield self._target(schema[name])
        for name in _SAME_VALUE:
            if name in schema:
                yield schema[name]
        for name in _SAME_VALUE_LISTS:
            yield from _listed(schema.get(name))
        for name in _SAME_VALUE_MAPS:
            yield from (one for one in _values(schema.get(name)) if not isinstance(one, list))

    def _target(self, reference: str) -> Any:
        """Return the schema that a reference names, by its pointer, anchor or `$id`."""
        if reference in self._names:
            return self._names[reference]
        base, _, place = reference.partition("#")
        found = self._names.get(base, _UNKNOWN) if base else self.root
        if place and not place.startswith("/"):
            return self._names.get(f"#{place}", _UNKNOWN)
        for step in place.split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            try:
                found = found[int(name)] if isinstance(found, list) else found[name]
            except (KeyError, ValueError, IndexError, TypeError):
                return _UNKNOWN
        return found


def size_and_depth(value: Any) -> tuple[int, int]:
    """Return the number of values in an instance, and how deep they are nested."""
    count, deepest, level = 0, 0, [value]
    while level:
        count += len(level)
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below += one.values()
            elif isinstance(one, list):
                below += one
        deepest += bool(below)
        level = below
    return count, deepest


def _named(schema: Any) -> Iterator[tuple[str, Any]]:
    """Yield each schema that has a name of its own, by the references that mean it."""
    stack = [schema]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            for name in ("$anchor", "$dynamicAnchor"):
                if isinstance(one.get(name), str):
                    yield f"#{one[name]}", one
            for name in ("$id", "id"):
                if isinstance(one.get(name), str):
                    yield one[name], one
            stack += one.values()
        elif isinstance(one, list):
            stack += one


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _values(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, Mapping) else []
