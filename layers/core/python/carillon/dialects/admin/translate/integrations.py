"""Translate integrations between wire and domain."""

from carillon.dialects.admin.schemas.integrations import (
    CircuitResponse,
    CreateIntegrationRequest,
    IntegrationResponse,
)
from carillon.domain.integrations.integrations import Circuit
from carillon.usecases.integrations.integrations import ConfiguredIntegration, IntegrationDraft


def to_draft(body: CreateIntegrationRequest) -> IntegrationDraft:
    return IntegrationDraft(
        provider=body.provider,
        settings=body.settings,
        identifier=body.identifier,
        name=body.name,
        description=body.description,
        active=body.active,
        primary=body.primary,
        fallback=body.fallback,
    )


def integration(configured: ConfiguredIntegration) -> IntegrationResponse:
    integration = configured.integration
    return IntegrationResponse(
        id=integration.id,
        identifier=integration.identifier,
        name=integration.name,
        description=integration.description,
        provider=integration.provider,
        channel=integration.channel,
        settings=dict(configured.shown),
        active=integration.active,
        primary=integration.primary,
        fallback=integration.fallback,
        circuit=_circuit(integration.circuit),
        created_at=integration.created_at,
        updated_at=integration.updated_at,
    )


def id(configured: ConfiguredIntegration) -> str:
    return configured.integration.id


def _circuit(circuit: Circuit | None) -> CircuitResponse | None:
    if circuit is None or not (circuit.failures or circuit.opened_at):
        return None
    return CircuitResponse(
        since=circuit.since,
        failures=circuit.failures,
        code=circuit.code,
        http_status=circuit.http_status,
        opened_at=circuit.opened_at,
        probe_at=circuit.probe_at,
        disabled_at=circuit.disabled_at,
    )
