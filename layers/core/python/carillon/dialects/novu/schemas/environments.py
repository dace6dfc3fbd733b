"""Environments on Novu's wire.

Source: https://docs.novu.co/api-reference/environments/environment-schema
"""

from datetime import datetime
from typing import Literal

from pydantic import Field

from carillon.dialects.novu.schemas.common import Wire


class EnvironmentResponse(Wire):
    """Without `apiKeys`: a key's secret is shown only when the key is created."""

    id: str = Field(alias="_id")
    organization_id: str = Field(alias="_organizationId")
    name: str
    identifier: str
    slug: str
    created_at: datetime


class NotificationGroupResponse(Wire):
    """A folder of Novu's dashboard: there is one, which every workflow is in."""

    id: str = Field(alias="_id")
    name: Literal["General"] = "General"
    environment_id: str = Field(alias="_environmentId")
    organization_id: str = Field(alias="_organizationId")
