"""The variables a template may refer to, on the wire.

Source: https://developer.sailpoint.com/docs/api/v2026/get-notification-template-variables
"""

from datetime import datetime
from typing import Any, Literal

from carillon.dialects.sailpoint.schemas.common import Medium, Wire


class VariablesQuery(Wire):
    sorters: str = "key"


class Branding(Wire):
    product_name: str
    email_from_address: str


class BrandingConfigs(Wire):
    default: Branding


class ContextAttributes(Branding):
    product_url: None = None
    branding_configs: BrandingConfigs


class ContextResponse(Wire):
    attributes: ContextAttributes
    created: datetime
    modified: datetime


type VariableType = Literal["string", "boolean", "number", "object", "array", "function"]


class VariableResponse(Wire):
    key: str
    type: VariableType
    description: str
    example: Any


class VariablesResponse(Wire):
    key: str
    medium: Medium
    global_variables: list[VariableResponse]
    template_variables: list[VariableResponse]
