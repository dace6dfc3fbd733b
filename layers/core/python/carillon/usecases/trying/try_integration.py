"""Try an integration before it is saved."""

from carillon.domain.base import ids
from carillon.domain.catalogue.templates import Message
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts
from carillon.usecases.integrations.integrations import (
    IntegrationDraft,
    changed_settings,
    known_provider,
)
from carillon.usecases.trying.send_test import Tested, send_test

_TITLE = "Test notification"
_TEXT = "{name} is set up: this is where its notifications will arrive."


def try_integration(draft: IntegrationDraft, *, id: str = "", ports: TenantPorts) -> Tested:
    """Send a test to the target of a draft, as the saved integration would.

    With the `id` of a stored one it is that one, changed: it signs as the stored one does. Raise
    NotFound for an unknown id, Invalid for what could not be saved.
    """
    provider = known_provider(draft.provider, ports)
    stored = ports.integrations.get(id) if id else None
    before = stored.settings if stored and stored.provider == draft.provider else {}
    now = ports.clock.now()
    integration = Integration(
        id=id or ids.new(),
        identifier=draft.provider,
        name=draft.name,
        provider=draft.provider,
        channel=provider.channel,
        settings=changed_settings(provider, before, {**before, **draft.settings}, draft.settings),
        created_at=now,
        updated_at=now,
    )
    name = provider.markups_at({}, integration.settings).text.escaped(draft.name or draft.provider)
    message = Message(
        id=ids.new(),
        tenant=ports.tenant,
        event="test",
        occurred_at=now,
        attempted_at=now,
        subject=_TITLE,
        text=_TEXT.format(name=name),
        data={"test": True, "name": draft.name},
    )
    return send_test(integration, message, ports=ports)
