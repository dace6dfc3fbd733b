"""The integrations that the work at hand speaks of, made within the last minute or before."""

from collections.abc import Iterable

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import NotFound
from carillon.domain.integrations.integrations import IN_APP, Integration
from carillon.ports import TenantPorts


def shared(*, ports: TenantPorts) -> list[Integration]:
    """Those that anything may go by: without the endpoints that are their subscriptions' own."""
    return [one for one in ports.integrations.all() if not one.owner]


def sender(*, ports: TenantPorts) -> str:
    """Whom the tenant's mails come from, or nothing without an email integration."""
    found = [i for i in ports.integrations.all() if i.channel is Channel.EMAIL and i.usable]
    first = min(found, key=lambda i: (not i.primary, i.id), default=None)
    return str(first.settings.get("from", "")) if first else ""


def all_with(wanted: Iterable[str], *, ports: TenantPorts) -> list[Integration]:
    """All of the tenant's, as they may be remembered for a minute; of the wanted, new ones too.

    Else an event of its first minute would pass a new integration by. The feeds are among them.
    """
    found = [*ports.integrations.all(), IN_APP]
    known = {integration.id for integration in found}
    for id in sorted(set(wanted) - known):
        try:
            found.append(ports.integrations.get(id))
        except NotFound:
            continue  # removed: whoever wants it is told so
    return found
