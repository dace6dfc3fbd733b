"""List the variables of a template.

Source: https://developer.sailpoint.com/docs/api/v2026/get-notification-template-variables
"""

from collections.abc import Iterable, Mapping
from typing import Any

from carillon.dialects.common import plain
from carillon.dialects.sailpoint import filters
from carillon.dialects.sailpoint.schemas.variables import (
    Branding,
    BrandingConfigs,
    ContextAttributes,
    ContextResponse,
    VariableResponse,
    VariablesResponse,
    VariableType,
)
from carillon.dialects.sailpoint.translate.common import CHANNELS, medium
from carillon.domain.base.errors import NotFound
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.tenancy.access import Tenant

# By the type in the JSON Schema.
_TYPES: Mapping[str, VariableType] = {
    "array": "array",
    "boolean": "boolean",
    "integer": "number",
    "null": "string",
    "number": "number",
    "object": "object",
    "string": "string",
}
_SORTABLE = frozenset({"key", "type", "description"})
# References for every template, besides the tenant's globals.
_GLOBALS: tuple[tuple[str, VariableType, str, Any], ...] = (
    ("__recipient.name", "string", "First and last name of the recipient", "Ana Li"),
    ("__recipient.firstName", "string", "First name of the recipient", "Ana"),
    ("__recipient.lastName", "string", "Last name of the recipient", "Li"),
    ("__recipient.email", "string", "Email address of the recipient", "ana@example.com"),
    ("__recipient.id", "string", "Subscriber id of the recipient", "ana"),
    ("__esc.html", "function", "A value escaped for HTML", "$__esc.html($value)"),
    ("__esc.url", "function", "A value escaped for a URL", "$__esc.url($value)"),
    ("__dateTool.format", "function", "A date by a pattern", "$__dateTool.format('d MMM', $at)"),
    ("__numberTool.format", "function", "A number", "$__numberTool.format('#,##0.00', $sum)"),
    (
        "__util.getObjectByJsonPath",
        "function",
        "What a path selects",
        "$__util.getObjectByJsonPath($__contentJson, '$.items[*].name')",
    ),
    ("__util.getUser", "function", "Whom the event names by an id", "$__util.getUser($id).name"),
    ("spTools.formatDate", "function", "A date in styles", "$spTools.formatDate($at, 3, 0)"),
    ("PRODUCT_NAME", "string", "The tenant's name", None),
    ("nowDate", "object", "When the event was accepted", None),
    ("user", "object", "The recipient", {"name": "Ana Li", "firstname": "Ana", "uid": "ana"}),
)


def context(tenant: Tenant, sender: str) -> ContextResponse:
    """Show the tenant's globals; its branding is its name and its sender."""
    branding = _branding(tenant, sender)
    return ContextResponse(
        attributes=ContextAttributes(
            **dict(branding), branding_configs=BrandingConfigs(default=branding)
        ),
        created=tenant.created_at,
        modified=tenant.created_at,
    )


def variables(
    event: EventType, name: str, sorters: str, *, tenant: Tenant, sender: str
) -> VariablesResponse:
    """Show the variables; raise NotFound for a medium without a template."""
    known = medium(name)
    if known is None or CHANNELS[known][0] not in event.media:
        raise NotFound(Noun.TEMPLATE, f"{event.slug}/{name[:20]}")
    own = [
        _variable(f"__global.{name}", "string", "The same for the whole tenant", value)
        for name, value in plain(_branding(tenant, sender)).items()
    ]
    everywhere = own + [_variable(*known) for known in _GLOBALS]
    return VariablesResponse(
        key=event.slug,
        medium=known,
        global_variables=_sorted(everywhere, sorters),
        template_variables=_sorted(_of_payload(event), sorters),
    )


def _branding(tenant: Tenant, sender: str) -> Branding:
    return Branding(product_name=tenant.name, email_from_address=sender)


def _of_payload(event: EventType) -> list[VariableResponse]:
    """List the variables of the payload, by its schema and by the sample."""
    sample = event.sample or {}
    properties = (event.input_schema or {}).get("properties")
    schemas = properties if isinstance(properties, Mapping) else {}
    names = dict.fromkeys([*schemas, *sample])
    return [_of_schema(name, schemas.get(name), sample.get(name)) for name in names]


def _of_schema(name: str, schema: Any, example: Any) -> VariableResponse:
    about = schema if isinstance(schema, Mapping) else {}
    kind = about.get("type")
    type = _TYPES.get(kind, "string") if isinstance(kind, str) else _type_of(example)
    return _variable(name, type, str(about.get("description", "")), example)


def _type_of(value: Any) -> VariableType:
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


def _variable(key: str, type: VariableType, description: str, example: Any) -> VariableResponse:
    return VariableResponse(key=key, type=type, description=description, example=example)


def _sorted(found: Iterable[VariableResponse], sorters: str) -> list[VariableResponse]:
    return filters.ordered(found, sorters or "key", _SORTABLE, plain)
