"""What templates can say, told in SailPoint's words.

Source: https://developer.sailpoint.com/docs/api/v2026/get-notification-template-variables
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from carillon.dialects.sailpoint import filters
from carillon.dialects.sailpoint.translate.common import CHANNELS, medium
from carillon.domain.base.errors import NotFound
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.tenancy.access import Tenant

type Row = dict[str, Any]

_TYPES = {"integer": "number", "null": "string"}
_SORTABLE = frozenset({"key", "type", "description"})
# References that every template may make, beside the tenant's own globals.
_GLOBALS = (
    ("__recipient.name", "string", "First and last name of who gets the message", "Ana Li"),
    ("__recipient.firstName", "string", "Their first name", "Ana"),
    ("__recipient.lastName", "string", "Their last name", "Li"),
    ("__recipient.email", "string", "Their email address", "ana@example.com"),
    ("__recipient.id", "string", "Their subscriber id", "ana"),
    ("__esc.html", "function", "A value escaped for HTML", "$__esc.html($value)"),
    ("__esc.url", "function", "A value escaped for a URL", "$__esc.url($value)"),
)


class VariablesQuery(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    sorters: str = "key"


def context(tenant: Tenant, sender: str) -> Row:
    """The tenant's globals; its branding is its name and its sender, for that is all it has."""
    branding = _branding(tenant, sender)
    at = tenant.created_at.isoformat().replace("+00:00", "Z")
    return {
        "attributes": {**branding, "productUrl": None, "brandingConfigs": {"default": branding}},
        "created": at,
        "modified": at,
    }


def variables(event: EventType, name: str, sorters: str, *, tenant: Tenant, sender: str) -> Row:
    """Raise NotFound for a medium that the event type has no template for."""
    known = medium(name)
    if known is None or CHANNELS[known][0] not in event.media:
        raise NotFound("notification template", f"{event.slug}/{name[:20]}")
    own = [
        _variable(f"__global.{name}", "string", "Of the whole tenant", value)
        for name, value in _branding(tenant, sender).items()
    ]
    everywhere = own + [_variable(*known) for known in _GLOBALS]
    return {
        "key": event.slug,
        "medium": known,
        "globalVariables": _sorted(everywhere, sorters),
        "templateVariables": _sorted(_of_payload(event), sorters),
    }


def _branding(tenant: Tenant, sender: str) -> dict[str, str]:
    return {"productName": tenant.name, "emailFromAddress": sender}


def _of_payload(event: EventType) -> list[Row]:
    """By the event type's input schema, with examples from its sample; else by the sample alone."""
    sample = event.sample or {}
    properties = (event.input_schema or {}).get("properties")
    schemas = properties if isinstance(properties, Mapping) else {}
    names = dict.fromkeys([*schemas, *sample])
    return [_of_schema(name, schemas.get(name), sample.get(name)) for name in names]


def _of_schema(name: str, schema: Any, example: Any) -> Row:
    about = schema if isinstance(schema, Mapping) else {}
    kind = about.get("type")
    if not isinstance(kind, str):
        kind = _type_of(example)
    return _variable(name, _TYPES.get(kind, kind), str(about.get("description", "")), example)


def _type_of(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return "string"


def _variable(key: str, kind: str, description: str, example: Any) -> Row:
    return {"key": key, "type": kind, "description": description, "example": example}


def _sorted(rows: Iterable[Row], sorters: str) -> list[Row]:
    found = list(rows)
    return [dict(row) for row in filters.ordered(found, sorters or "key", _SORTABLE)]
