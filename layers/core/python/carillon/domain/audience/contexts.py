"""Contexts: a tenant's own customers or sites, which a trigger may name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Context:
    identifier: str
    created_at: datetime
    updated_at: datetime
    name: str = ""
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class ContextChanges:
    """Changes to a context; None keeps the stored value."""

    identifier: str
    name: str | None = None
    data: Mapping[str, Any] | None = None


def merge(context: Context, changes: ContextChanges, now: datetime) -> Context:
    """Return the changed context, or the same object when nothing changes."""
    after = replace(
        context,
        name=context.name if changes.name is None else changes.name,
        data=context.data if changes.data is None else changes.data,
    )
    return context if after == context else replace(after, updated_at=now)
