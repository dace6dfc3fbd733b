"""Contexts: a tenant's own customers or sites, which a trigger may name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName

DATA_LIMIT = 32 * 1024  # bytes of JSON


@dataclass(frozen=True, kw_only=True)
class Context:
    identifier: str
    created_at: datetime
    updated_at: datetime
    name: str = ""
    data: Mapping[str, Any] | None = None
    version: int = 1


@dataclass(frozen=True, kw_only=True)
class ContextChanges:
    """Changes to a context; None keeps the stored value."""

    identifier: str
    name: str | None = None
    data: Mapping[str, Any] | None = None


def check_data(data: Mapping[str, Any] | None) -> None:
    """Raise Invalid when a context's data is too large to travel with each of its events."""
    if data and len(json.dumps(data)) > DATA_LIMIT:
        raise Invalid(FieldProblem(FieldName.DATA, f"must not be larger than {DATA_LIMIT} bytes"))


def merge(context: Context, changes: ContextChanges, now: datetime) -> Context:
    """Return the next version of a context, or the same object when nothing changes."""
    after = replace(
        context,
        name=context.name if changes.name is None else changes.name,
        data=context.data if changes.data is None else changes.data,
    )
    if after == context:
        return context
    return replace(after, updated_at=now, version=context.version + 1)
