"""Whom a tenant may send as, where a caller chooses the sender of one event's messages."""

from email.utils import parseaddr

from carillon.domain.base.channels import Channel
from carillon.domain.integrations.integrations import Integration
from carillon.domain.integrations.senders import Verification
from carillon.ports import TenantPorts

NOT_ALLOWED = "must be a sender of the integration's own, or a verified sender of the tenant"


class AllowedSenders:
    """Answers for the messages of one chunk: each sender is looked up once."""

    def __init__(self, ports: TenantPorts) -> None:
        self._ports = ports
        self._known: dict[tuple[str, str], bool] = {}

    def allow(self, sender: str, integration: Integration) -> bool:
        """Whether the tenant may send by the integration as the sender, by our own records."""
        asked = (sender, integration.id)
        if asked not in self._known:
            self._known[asked] = may_send_as(sender, integration, ports=self._ports)
        return self._known[asked]


def may_send_as(
    sender: str, integration: Integration, *, ports: TenantPorts, verify: bool = False
) -> bool:
    """Whether the tenant may send by the integration as the sender, a mailbox or a number.

    The integration's settings may be enough; if not, a mail may come from the tenant's senders.
    With `verify` the mail service is asked whether it has verified that one.
    """
    email = parseaddr(sender)[1] if integration.channel is Channel.EMAIL else sender
    if ports.providers.get(integration.provider).may_send_as(integration.settings, email):
        return True
    if integration.channel is not Channel.EMAIL:
        return False
    known = next((one for one in ports.senders.of_tenant() if one.email == email.lower()), None)
    if known is None:
        return False
    return not verify or ports.identities.find(known.email) is Verification.SUCCESS
