"""Compose messages from an event type's templates and an event's details.

Deliveries and tests use the same code, so that a test shows the message that people will get.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.markups import NO_MARKUP, Markup, Markups
from carillon.domain.catalogue.templates import (
    NO_COPIES,
    Copies,
    Message,
    Rendered,
    RenderedTexts,
    Template,
    choose,
)
from carillon.domain.delivery import vocabulary
from carillon.domain.delivery.deliveries import Delivery, EventDetails
from carillon.domain.intake.overrides import NO_OVERRIDES
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts
from carillon.usecases.integrations import lookup
from carillon.usecases.setup.overrides import for_provider

_NO_TEXTS = RenderedTexts(subject="", body="", html="")
_NOTHING = Rendered[Mapping[str, Any]]({}, ())
_LONGEST = 2_000  # characters of a message without a template: what every chat service takes


def compose(
    delivery: Delivery,
    event_details: EventDetails,
    templates: Iterable[Template],
    *,
    integration: Integration,
    event: EventType | None,
    ports: TenantPorts,
    copies: Copies = NO_COPIES,
    plainly: bool = False,
    sender: str | None = None,
) -> Message:
    """Return the message of a delivery; raise Invalid if it needs a template and none fits.

    `event` is the event's type, None if that is gone by now. A webhook needs no template: it gets
    the payload. Nor does a chat message that says it `plainly`. `sender` is that of the tenant's
    mails, looked up where it is None.
    """
    channel, provider = integration.channel, integration.provider
    said: Mapping[str, Any] = {}
    if event_details.overrides != NO_OVERRIDES and channel is not Channel.IN_APP:
        said = for_provider(event_details.overrides, ports.providers.get(provider))
    template = choose(templates, channel, delivery.locale, provider)
    markups = _markups(delivery, integration, ports)
    texts, native = _NO_TEXTS, _NOTHING
    if template is not None:
        known = variables(delivery, event_details, integration, event, ports=ports, sender=sender)
        texts = ports.renderer.render(template, known, markups)
        if template.native:
            native = ports.renderer.fill(template, known, markups)
    elif plainly and channel is Channel.CHAT:
        lines = _payload_lines(event_details, markups.text)
        title = markups.text.escaped(event_details.event)
        texts = replace(_NO_TEXTS, subject=event_details.event, title=title, body=lines)
    elif channel is not Channel.WEBHOOK:  # machines read the payload
        raise Invalid(FieldProblem(FieldName.TEMPLATE, f"is missing for {channel}"))
    return Message(
        id=delivery.id,
        tenant=ports.tenant,
        event=event_details.event,
        occurred_at=event_details.accepted_at,
        attempted_at=ports.clock.now(),
        subject=texts.subject,
        title=texts.title,
        text=texts.body,
        html=texts.html,
        data=event_details.payload,
        overrides={**native.value, **said},
        copies=copies,
        answer_mode=delivery.listener.mode if delivery.listener else None,
        warnings=(*texts.warnings, *native.warnings),
    )


def variables(
    delivery: Delivery,
    event_details: EventDetails,
    integration: Integration,
    event: EventType | None,
    *,
    ports: TenantPorts,
    sender: str | None = None,
) -> dict[str, Any]:
    """Return the variables of templates: the payload's by their names, all others by theirs."""
    if integration.channel is Channel.EMAIL:
        sender = str(integration.settings.get("from", ""))
    elif sender is None:
        sender = lookup.sender(ports=ports)
    return vocabulary.of_message(
        event_details,
        delivery.recipient,
        event=event,
        tenant_name=ports.record.get().name,
        sender=sender,
    )


def _markups(delivery: Delivery, integration: Integration, ports: TenantPorts) -> Markups:
    if integration.channel is Channel.IN_APP:  # a feed is text, for any client
        return NO_MARKUP
    provider = ports.providers.get(integration.provider)
    return provider.markups_at(delivery.address, integration.settings)


def _payload_lines(event_details: EventDetails, markup: Markup) -> str:
    """Return the payload as text for people, where there is no template."""
    lines = (f"{name}: {_plain(value)}" for name, value in event_details.payload.items())
    text = "\n".join(lines) or event_details.event
    return markup.escaped(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
