"""Translate integrations between wire and domain.

This API shows only integrations with a target it can express: the URL of a webhook, Slack or
Teams. The URL is shown as it is stored, because clients compare it with the one they sent.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from carillon.dialects.common import path_id
from carillon.dialects.confluent.schemas import (
    KINDS,
    GivenTarget,
    Integration,
    IntegrationList,
    IntegrationRequest,
    IntegrationUpdate,
    ListQuery,
    Target,
)
from carillon.dialects.confluent.translate.common import Links, page, shortened
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid, NotFound, Undelivered
from carillon.domain.base.terms import Noun
from carillon.domain.delivery.deliveries import Result
from carillon.usecases.integrations.integrations import ConfiguredIntegration, IntegrationDraft
from carillon.usecases.trying.send_test import DEADLINE, Tested

_COLLECTION = "integrations"
_LONGEST_NAME, _LONGEST_DESCRIPTION = 64, 128
_EXCERPT = 200  # characters
# Webhooks made here receive notices, as Confluent's do; the other kinds have one format.
_MADE = {"Webhook": {"format": "notice"}}


def id_of(path: Mapping[str, str]) -> str:
    return path_id(path, Noun.INTEGRATION, "id")


def to_draft(body: IntegrationRequest) -> IntegrationDraft:
    provider, _ = KINDS[body.target.kind]
    return IntegrationDraft(
        provider=provider,
        settings=_settings(body.target) | _MADE.get(body.target.kind, {}),
        name=body.display_name,
        description=body.description,
        once=True,
    )


def to_changes(body: IntegrationUpdate) -> dict[str, Any]:
    given = {"name": body.display_name, "description": body.description}
    return {name: value for name, value in given.items() if value is not None}


def to_target(
    body: IntegrationUpdate, stored: ConfiguredIntegration
) -> tuple[str, Mapping[str, Any]]:
    """Return the provider, and the settings that change: all of them with another kind's."""
    if body.target is None:
        return stored.integration.provider, {}
    provider, _ = KINDS[body.target.kind]
    made = {} if body.target.kind == _kind(stored) else _MADE.get(body.target.kind, {})
    return provider, _settings(body.target) | made


def known(configured: ConfiguredIntegration) -> ConfiguredIntegration:
    """Return the integration; raise NotFound for one that this API cannot show."""
    if _kind(configured) is None:
        raise NotFound(Noun.INTEGRATION, configured.integration.id)
    return configured


def integration(configured: ConfiguredIntegration, links: Links) -> Integration:
    stored, target = known(configured).integration, _target(configured)
    return Integration(
        id=stored.id,
        metadata=links.metadata(_COLLECTION, stored.id, stored.created_at, stored.updated_at),
        display_name=shortened(stored.name or stored.identifier, _LONGEST_NAME),
        description=shortened(stored.description, _LONGEST_DESCRIPTION) or None,
        target=target,
    )


def listed(
    found: Iterable[ConfiguredIntegration], query: ListQuery, links: Links
) -> IntegrationList:
    shown = {each.integration.id: each for each in found if _kind(each)}
    data, metadata = page(shown, query, links.collection(_COLLECTION))
    return IntegrationList(metadata=metadata, data=[integration(each, links) for each in data])


def undelivered(target: GivenTarget, tested: Tested) -> Undelivered:
    _, field = KINDS[target.kind]
    return Undelivered(WireProblem(f"target.{field}", _reason(tested.result, tested.excerpt)))


def _reason(result: Result, excerpt: str) -> str:
    """Describe the target's response, or why there is none, for its owner."""
    words = " ".join(excerpt.split())[:_EXCERPT]
    match result:
        case Result(http_status=int(status)):
            wait = f"; it asks to wait {result.retry_after:g} s" if result.retry_after else ""
            return f"The target answered {status}{wait}" + (f": {words}" if words else "")
        case Result(code="no_answer"):
            return f"The target did not answer within {DEADLINE:g} seconds"
        case Result(code="address_not_allowed"):
            return "The target's address is not allowed"
        case _:
            detail = f": {result.detail}" if result.detail else ""
            return f"The target could not be reached ({result.code}){detail}"


def _settings(target: GivenTarget) -> dict[str, Any]:
    _, field = KINDS[target.kind]
    url = getattr(target, field)
    if not url:
        raise Invalid(WireProblem(f"target.{field}", "is required"))
    return {field: url}


def _kind(configured: ConfiguredIntegration) -> str | None:
    stored = configured.integration
    for kind, (provider, field) in KINDS.items():
        if stored.provider == provider and stored.settings.get(field):
            return kind
    return None


def _target(configured: ConfiguredIntegration) -> Target:
    kind = _kind(configured) or ""
    _, field = KINDS[kind]
    return Target.model_validate({"kind": kind, field: configured.integration.settings[field]})
