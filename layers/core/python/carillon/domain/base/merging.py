"""Ways to bring new fields into those that are there, at any depth of objects."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Merging(StrEnum):
    MERGE = "merge"  # objects within objects are merged too
    OVERRIDE = "override"  # a field takes the place of the one of its name, whole
    REMOVE = "remove"  # the fields that are named go
    REWRITE = "rewrite"  # the new fields, and nothing else
    IGNORE = "ignore"  # nothing changes


def merged(old: Mapping[str, Any], new: Mapping[str, Any], how: Merging) -> dict[str, Any]:
    match how:
        case Merging.MERGE:
            return _merge(old, new)
        case Merging.OVERRIDE:
            return {**old, **new}
        case Merging.REMOVE:
            return _remove(old, new)
        case Merging.REWRITE:
            return dict(new)
        case Merging.IGNORE:
            return dict(old)


def _merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        name: _merge(old[name], new[name])
        for name in old.keys() & new.keys()
        if isinstance(old[name], Mapping) and isinstance(new[name], Mapping)
    }
    return {**old, **new, **both}


def _remove(old: Mapping[str, Any], gone: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is named; an object loses only what is named in it, and goes when empty."""
    inner = {
        name: _remove(old[name], gone[name])
        for name in old.keys() & gone.keys()
        if isinstance(old[name], Mapping) and isinstance(gone[name], Mapping)
    }
    left = {name: inner.get(name, value) for name, value in old.items()}
    return {name: value for name, value in left.items() if name not in gone or inner.get(name)}
