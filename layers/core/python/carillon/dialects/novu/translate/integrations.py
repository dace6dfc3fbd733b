"""Translate integrations between wire and domain."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from carillon.dialects.novu.schemas.integrations import (
    Channel,
    Comparison,
    CreateIntegrationRequest,
    IntegrationResponse,
    UpdateIntegrationRequest,
)
from carillon.dialects.novu.schemas.integrations import Condition as WireCondition
from carillon.dialects.novu.translate import credentials
from carillon.dialects.words import WireProblem
from carillon.domain.base import channels
from carillon.domain.base.errors import Invalid
from carillon.domain.integrations.integrations import IN_APP, Clause, Condition, Integration
from carillon.usecases.integrations.integrations import ConfiguredIntegration, IntegrationDraft

# Channels that use their primary integration only; the others use all that match.
_WITH_PRIMARY = frozenset({channels.Channel.EMAIL, channels.Channel.SMS})
_SHOWN: dict[channels.Channel, Channel] = {
    channels.Channel.IN_APP: "in_app",
    channels.Channel.EMAIL: "email",
    channels.Channel.SMS: "sms",
    channels.Channel.CHAT: "chat",
    channels.Channel.PUSH: "push",
}
# Novu has no channel for the others, whose integrations are made by other APIs.
_OTHERWISE: Channel = "chat"
NOVUS_FEED = "novu"
BUILT_IN = ConfiguredIntegration(integration=IN_APP, shown={})


def to_draft(body: CreateIntegrationRequest, made_by: str) -> IntegrationDraft:
    if body.provider_id == NOVUS_FEED or body.channel == "in_app":
        message = "exists in every environment and cannot be created"
        raise Invalid(WireProblem("providerId", message, body.provider_id))
    provider = credentials.known(body.provider_id)
    return IntegrationDraft(
        provider=provider.id,
        settings=credentials.to_settings(provider, body.credentials or {}),
        identifier=body.identifier,
        name=body.name or body.provider_id,
        active=body.active is not False,
        conditions=to_conditions(body.conditions or []),
        made_by=made_by,
    )


def check_environment(
    body: CreateIntegrationRequest | UpdateIntegrationRequest, tenant: str
) -> None:
    """Raise Invalid for an environment other than the key's own, which is its tenant."""
    if body.environment not in {None, tenant}:
        raise Invalid(WireProblem("_environmentId", "must be the key's own", body.environment))


def check_channel(body: CreateIntegrationRequest, channel: channels.Channel) -> None:
    """Raise Invalid for a channel other than the provider's."""
    own = _SHOWN.get(channel)
    if body.channel and own and body.channel != own:
        raise Invalid(
            WireProblem("channel", f"must be {own}, the provider's channel", body.channel)
        )


def to_changes(
    body: UpdateIntegrationRequest, integration: Integration
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the changed fields and settings; absent credentials are removed (null)."""
    changes: dict[str, Any] = body.model_dump(
        exclude_none=True, include={"name", "identifier", "active"}
    )
    if body.conditions is not None:
        changes["conditions"] = to_conditions(body.conditions)
    if body.credentials is None:
        return changes, {}
    provider = credentials.known(credentials.novus(integration.provider))
    settings = credentials.to_settings(provider, body.credentials)
    gone = (credentials.all_settings(provider) & integration.settings.keys()) - settings.keys()
    return changes, settings | dict.fromkeys(gone)


def to_conditions(conditions: Sequence[WireCondition]) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            clauses=tuple(_clause(child) for child in condition.children),
            every=condition.value == "AND",
            negated=condition.is_negated,
        )
        for condition in conditions
        if condition.children
    )


def _clause(child: Comparison) -> Clause:
    several = child.operator in {"IN", "ANY_IN", "NOT_IN"}
    values = child.value.split(",") if several else [child.value]
    return Clause(
        contexts=tuple(value.strip() for value in values),
        among=child.operator not in {"NOT_EQUAL", "NOT_IN"},
    )


def integration(configured: ConfiguredIntegration, tenant: str) -> IntegrationResponse:
    found = configured.integration
    return IntegrationResponse(
        id=found.id,
        environment_id=tenant,
        organization_id=tenant,
        name=found.name or found.identifier,
        identifier=found.identifier,
        provider_id=NOVUS_FEED if found is IN_APP else credentials.novus(found.provider),
        channel=_SHOWN.get(found.channel, _OTHERWISE),
        credentials=credentials.to_credentials(found.provider, configured.shown),
        active=found.active,
        primary=found.primary and found.channel in _WITH_PRIMARY,
        conditions=[_condition(condition) for condition in found.conditions],
    )


def _condition(condition: Condition) -> WireCondition:
    return WireCondition(
        is_negated=condition.negated,
        value="AND" if condition.every else "OR",
        children=[_child(clause) for clause in condition.clauses],
    )


def _child(clause: Clause) -> Comparison:
    several = len(clause.contexts) > 1
    if clause.among:
        operator = "IN" if several else "EQUAL"
    else:
        operator = "NOT_IN" if several else "NOT_EQUAL"
    return Comparison.model_validate(
        {
            "on": "tenant",
            "field": "identifier",
            "operator": operator,
            "value": ",".join(clause.contexts),
        }
    )


def check_primary(integration: Integration) -> None:
    """Raise Invalid for a channel without a primary integration."""
    if integration.channel not in _WITH_PRIMARY:
        message = f"has no primary integration: all active ones are used for {integration.channel}"
        raise Invalid(WireProblem("channel", message, integration.channel))


def integrations(found: Iterable[ConfiguredIntegration], tenant: str) -> list[IntegrationResponse]:
    """Show the integrations, and the built-in feed last."""
    return [integration(one, tenant) for one in (*found, BUILT_IN)]


@contextmanager
def in_novus_words(provider: str) -> Iterator[None]:
    """Word problems with settings by Novu's names."""
    try:
        yield
    except Invalid as error:
        novus = credentials.PROVIDERS.get(credentials.novus(provider))
        raise credentials.as_credentials(error, novus) if novus else error from None
