"""Ways to merge new fields of a JSON object into the stored ones."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Merging(StrEnum):
    MERGE = "merge"  # field by field, and nested objects likewise
    OVERRIDE = "override"  # field by field; nested objects are replaced whole
    REMOVE = "remove"  # remove the named fields
    REWRITE = "rewrite"  # replace the object
    IGNORE = "ignore"  # keep the stored fields


def merged(old: Mapping[str, Any], new: Mapping[str, Any], how: Merging) -> dict[str, Any]:
    """Return a new object; neither argument changes."""
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
    """Remove the named fields; a nested object loses those named in it, and goes once empty."""
    inner = {
        name: _remove(old[name], gone[name])
        for name in old.keys() & gone.keys()
        if isinstance(old[name], Mapping) and isinstance(gone[name], Mapping)
    }
    left = {name: inner.get(name, value) for name, value in old.items()}
    return {name: value for name, value in left.items() if name not in gone or inner.get(name)}
