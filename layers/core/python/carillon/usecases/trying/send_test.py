"""Send a test by the provider of real messages, at once; it is answered and never repeated."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery import excerpts
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import NoAnswer
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts
from carillon.usecases.setup import sending_as
from carillon.usecases.setup.spending import spend

DEADLINE = 8.0  # seconds: somebody waits for it
_LONGEST = 500  # characters of a detail


@dataclass(frozen=True, kw_only=True)
class Tested:
    """A target's response: `latency` in seconds, `excerpt` the beginning of its body.

    The excerpt has no secret of ours, but is for who owns the target, never for a log.
    """

    result: Result
    latency: float
    excerpt: str = ""

    @property
    def sent(self) -> bool:
        return self.result.outcome is Outcome.SENT


def send_test(
    integration: Integration,
    message: Message,
    *,
    address: Mapping[str, str] = MappingProxyType({}),
    within: float = DEADLINE,
    ports: TenantPorts,
) -> Tested:
    """Send a message by an integration, saved or not. Never raises for a target's failure."""
    provider = ports.providers.get(integration.provider)
    if sending_as.AllowedSenders(ports).refused(integration):
        return Tested(result=Result(outcome=Outcome.CONFIG, code="sender_not_granted"), latency=0.0)
    began = time.monotonic()
    try:
        request = provider.build(message, address, integration.settings)
        spend(provider, message, ports=ports)
        response = ports.egress.send(request, within=within)
    except NoAnswer as none:
        return Tested(result=none.result, latency=time.monotonic() - began)
    except Invalid as error:
        refused = Result(outcome=Outcome.BAD, code="invalid_message", detail=str(error)[:_LONGEST])
        return Tested(result=refused, latency=0.0)
    secrets = excerpts.secrets_of(integration.settings, provider.visible, address, request=request)
    return Tested(
        result=provider.classify(response.status, response.headers, response.body),
        latency=time.monotonic() - began,
        excerpt=excerpts.excerpt(response.body, secrets),
    )
