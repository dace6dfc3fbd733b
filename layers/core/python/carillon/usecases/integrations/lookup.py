"""Look up a tenant's integrations while sending."""

from collections.abc import Iterable

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import NotFound
from carillon.domain.integrations.integrations import IN_APP, Integration
from carillon.ports import TenantPorts


def shared(*, ports: TenantPorts) -> list[Integration]:
    """Return all integrations except endpoints owned by a subscription."""
    return [one for one in ports.integrations.all() if not one.owner]


def channel_of(provider: str, *, ports: TenantPorts) -> Channel | None:
    """Return the channel of a provider; None for an unknown one."""
    return ports.providers.get(provider).channel if provider in ports.providers.ids() else None


def sender(*, ports: TenantPorts) -> str:
    """Return the sender of the tenant's mails; empty without an email integration."""
    return sender_of(ports.integrations.all())


def sender_of(integrations: Iterable[Integration]) -> str:
    found = [i for i in integrations if i.channel is Channel.EMAIL and i.usable]
    first = min(found, key=lambda i: (not i.primary, i.id), default=None)
    return str(first.settings.get("from", "")) if first else ""


def all_with(wanted: Iterable[str], *, ports: TenantPorts) -> list[Integration]:
    """Return all integrations and the in-app feed; read wanted ones that the cache lacks.

    The cache may lack an integration that another process created since it was filled.
    """
    found = [*ports.integrations.all(), IN_APP]
    known = {integration.id for integration in found}
    for id in sorted(set(wanted) - known):
        try:
            found.append(ports.integrations.get(id))
        except NotFound:
            continue  # removed; its deliveries fail with `integration_missing`
    return found
