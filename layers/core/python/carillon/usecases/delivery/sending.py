"""Send one delivery: write its message, and bring that to its provider or its subscriber's feed."""

import logging
import time
from dataclasses import replace

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid, Unavailable
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import NO_COPIES, InApp, Message, choose
from carillon.domain.delivery import excerpts
from carillon.domain.delivery.deliveries import INTERNAL_ERROR, Delivery, Outcome, Result
from carillon.domain.delivery.transport import NoAnswer
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts
from carillon.telemetry.failures import described
from carillon.usecases.delivery import composing, in_app, replies
from carillon.usecases.delivery.setup import SendingSetup
from carillon.usecases.setup import sending_as
from carillon.usecases.setup.spending import spend

_LONGEST_DETAIL = 500  # characters
_WITH_SENDER = frozenset({Channel.EMAIL, Channel.SMS})
_LOGIN_REFUSED = frozenset({401, 403, 530, 534, 535, 538})  # statuses of HTTP and SMTP
_MOST_WARNINGS = 10

_log = logging.getLogger(__name__)


def send(delivery: Delivery, setup: SendingSetup, *, ports: TenantPorts) -> Result:
    """Return the provider's answer, or why it was not asked.

    Raise nothing but Unavailable, when a store of ours failed before the provider was asked.
    """
    integration = setup.integrations.get(delivery.integration)
    if integration is None or not integration.usable:
        code = "integration_inactive" if integration else "integration_missing"
        return Result(outcome=Outcome.CONFIG, code=code)
    warnings: tuple[str, ...] = ()
    try:
        message = _message(delivery, integration, setup, ports)
        warnings = message.warnings
        if setup.channel is Channel.IN_APP:
            result = _into_feed(delivery, message, integration, setup, ports)
        else:
            result = _to_provider(delivery, message, integration, setup, ports)
        return replace(result, warnings=(result.warnings or warnings)[:_MOST_WARNINGS])
    except NoAnswer as none:
        return replace(none.result, warnings=warnings[:_MOST_WARNINGS])
    except Unavailable:
        raise
    except (Invalid, UnicodeError) as error:
        # UnicodeError quotes the text that cannot be encoded.
        told = str(error) if isinstance(error, Invalid) else "has characters without an encoding"
        detail = told[:_LONGEST_DETAIL]
        return Result(outcome=Outcome.BAD, code="invalid_message", detail=detail)
    except Exception as error:  # noqa: BLE001 - our bug must not cost the chunk its record
        errors = described(error)  # without its text, which may quote an address or a secret
        _log.error("send failed", extra={"errors": errors, "delivery": delivery.id})
        return Result(outcome=Outcome.RETRY, code=INTERNAL_ERROR)


def _message(
    delivery: Delivery, integration: Integration, setup: SendingSetup, ports: TenantPorts
) -> Message:
    event = setup.event_type(delivery.invocation)
    details = setup.details[delivery.invocation]
    message = composing.compose(
        delivery,
        details,
        setup.templates(delivery.invocation),
        integration=integration,
        event=event,
        ports=ports,
        copies=event.copies if event else NO_COPIES,
        plainly=delivery.subscriber is None,
        sender=setup.mail_sender,
    )
    if setup.channel is Channel.EMAIL and details.attachments:
        return replace(message, files=setup.files.of(details.attachments))
    return message


def _to_provider(
    delivery: Delivery,
    message: Message,
    integration: Integration,
    setup: SendingSetup,
    ports: TenantPorts,
) -> Result:
    provider = ports.providers.get(integration.provider)
    sender = _checked_sender(message, integration, setup)
    request = provider.build(message, delivery.address, integration.settings)
    spent = spend(provider, message, ports=ports)
    within = replies.TIME_TO_LISTEN if delivery.listener else provider.patience
    began = time.monotonic()
    try:
        response = ports.egress.send(request, within=within)
    except NoAnswer as none:
        spent.settle(none.result)
        return replace(none.result, latency=_since(began))
    latency = _since(began)
    result = provider.classify(response.status, response.headers, response.body)
    spent.settle(result)
    if sender and result.outcome is Outcome.CONFIG and result.http_status not in _LOGIN_REFUSED:
        # The caller chose the sender: what it is refused for must not hold up the others.
        result = replace(result, outcome=Outcome.BAD)
    secrets = excerpts.secrets_of(
        integration.settings, provider.visible, delivery.address, request=request
    )
    excerpt = excerpts.excerpt(response.body, secrets)
    return replace(result, excerpt=excerpt, latency=latency)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


def _checked_sender(message: Message, integration: Integration, setup: SendingSetup) -> str:
    """Return the sender that the caller chose, or ""; raise Invalid unless it may be used."""
    if integration.channel not in _WITH_SENDER:
        return ""
    sender = str(message.overrides.get("from") or "")
    if sender and not setup.senders.allow(sender, integration):
        raise Invalid(FieldProblem(FieldName.OVERRIDES, sending_as.NOT_ALLOWED, within="from"))
    if not sender and setup.senders.refused(integration):
        raise NoAnswer(Result(outcome=Outcome.CONFIG, code="sender_not_granted"))
    return sender


def _into_feed(
    delivery: Delivery,
    message: Message,
    integration: Integration,
    setup: SendingSetup,
    ports: TenantPorts,
) -> Result:
    event_details = setup.details[delivery.invocation]
    templates = setup.templates(delivery.invocation)
    template = choose(templates, setup.channel, delivery.locale, integration.provider)
    shown = (template.in_app if template else None) or InApp()
    event = setup.event_type(delivery.invocation)
    variables = composing.variables(
        delivery, event_details, integration, event, ports=ports, sender=setup.mail_sender
    )
    return in_app.add(delivery, event_details, message, shown, variables, ports=ports)
