"""Integrations between wire and domain."""

from collections.abc import Mapping
from typing import Any

from carillon.dialects.admin.schemas.integrations import (
    CreateIntegrationRequest,
    IntegrationResponse,
)
from carillon.domain.integrations import Integration
from carillon.usecases.manage_integrations import Configured, Draft


def to_draft(body: CreateIntegrationRequest) -> Draft:
    return Draft(
        provider=body.provider,
        settings=body.settings,
        identifier=body.identifier,
        name=body.name,
        active=body.active,
        primary=body.primary,
    )


def configured(configured: Configured) -> IntegrationResponse:
    return integration(configured.integration, configured.shown)


def integration(integration: Integration, shown: Mapping[str, Any]) -> IntegrationResponse:
    return IntegrationResponse(
        id=integration.id,
        identifier=integration.identifier,
        name=integration.name,
        provider=integration.provider,
        channel=integration.channel,
        settings=dict(shown),
        active=integration.active,
        primary=integration.primary,
        created_at=integration.created_at,
        updated_at=integration.updated_at,
    )
