"""What a template may do with a value: properties, items, and the methods of an allow-list.

Nothing of Python's own is reached: a name is looked up in a map of JSON or in these tables. A call
that Java would refuse, or that would throw there, is worth nothing.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from carillon.adapters.rendering.velocity import collections, texts, tools, values
from carillon.adapters.rendering.velocity.signatures import Method, Refused, Tool
from carillon.adapters.rendering.velocity.state import Rendering, check_items

_TABLES: Sequence[tuple[type | tuple[type, ...], Mapping[str, Method]]] = (
    (str, texts.METHODS),
    (list, collections.OF_LISTS),
    (dict, collections.OF_MAPS),
    (values.View, collections.OF_VIEWS),
    (values.Entry, collections.OF_ENTRIES),
    (values.Loop, collections.OF_LOOPS),
    (object, texts.OF_SCALARS),
)
_GETTER = re.compile(r"(?:get|is)([A-Z])")
KNOWN = frozenset(
    {*(name for _, table in _TABLES for name in table), *tools.NAMES, *texts.OF_ALL}
)  # all names of methods


def property_of(owner: Any, name: str, rendering: Rendering) -> Any:
    """Return a map's value, or what a method without arguments says: `size`, `empty`, `key`."""
    if isinstance(owner, dict):
        return owner.get(name)
    capital = name[:1].upper() + name[1:]
    for method in (f"get{capital}", f"is{capital}", name):
        found = called(owner, method, [], rendering)
        if found is not None:
            return found
    return None


def item_of(owner: Any, at: Any) -> Any:
    """Return `$list[0]`, `$list[-1]`, `$map['key']`."""
    if isinstance(owner, list):
        index = _index(owner, at)
        return owner[index] if index is not None and index < len(owner) else None
    return collections.value_of(owner, at) if isinstance(owner, dict) else None


def set_item(owner: list[Any] | dict[Any, Any], at: Any, value: Any) -> None:
    if isinstance(owner, dict):
        if isinstance(at, str | int | float):
            owner[at] = value
            check_items(len(owner))
        return
    index = _index(owner, at)
    if index is not None and index < len(owner):
        owner[index] = value


def called(owner: Any, name: str, arguments: list[Any], rendering: Rendering) -> Any:
    rendering.step()
    method = _method(owner, name)
    if method is None and isinstance(owner, dict) and not arguments and is_getter(name):
        return owner.get(_GETTER.sub(lambda found: found[1].lower(), name))
    if method is None or not method.takes(arguments):
        return None
    try:
        return method.function(rendering, owner, *arguments)
    except Refused:
        return None


def is_getter(name: str) -> bool:
    """Say whether a name is a Java object's way to say a property: `getName`, `isOpen`."""
    return _GETTER.match(name) is not None


def _method(owner: Any, name: str) -> Method | None:
    if isinstance(owner, Tool):
        return owner.methods.get(name)
    table = next(table for kind, table in _TABLES if isinstance(owner, kind))
    return table.get(name) or texts.OF_ALL.get(name)


def _index(items: list[Any], at: Any) -> int | None:
    """Return a number within a list; from its end if it is negative, and also if it is a text."""
    if isinstance(at, str) and at.isascii() and at.isdigit() and len(at) < len("10000000"):
        at = int(at)
    if not isinstance(at, int) or isinstance(at, bool):
        return None
    index = at + len(items) if at < 0 else at
    return index if index >= 0 else None
