"""Whom a tenant may send as.

Amazon SES and SNS send for all tenants with one account, so the account vouches for nobody: the
operator grants a sender, or it is one of the tenant's own verified addresses.
"""

from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from typing import Any

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid, NotFound
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.integrations.integrations import Integration
from carillon.domain.integrations.senders import Sender, Verification, domains_of
from carillon.ports import TenantPorts
from carillon.ports.integrations import Provider

NOT_ALLOWED = "must be a sender of the integration's own, or a verified sender of the tenant"
NOT_GRANTED = "must be a verified sender of the tenant, or granted by the operator"


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

    def refused(self, integration: Integration) -> str:
        """Return a sender in the integration's settings that the tenant may not send as, or ""."""
        provider = self._ports.providers.get(integration.provider)
        senders = provider.senders_to_grant(integration.settings).values()
        return next((one for one in senders if not self.allow(one, integration)), "")


def may_send_as(
    sender: str, integration: Integration, *, ports: TenantPorts, verify: bool = False
) -> bool:
    """Whether the tenant may send by the integration as the sender, a mailbox or a number.

    The integration's settings may be enough; if not, the operator may have granted the sender, or a
    mail may come from the tenant's senders. With `verify` the mail service is asked whether it has
    verified that one.
    """
    name = parseaddr(sender)[1] if integration.channel is Channel.EMAIL else sender
    if ports.providers.get(integration.provider).may_send_as(integration.settings, name):
        return True
    return _is_tenants(name, integration.channel, ports=ports, verify=verify)


def check_senders(provider: Provider, settings: Mapping[str, Any], *, ports: TenantPorts) -> None:
    """Raise Invalid for settings to be saved that name a sender the tenant may not send as."""
    problems = [
        FieldProblem(FieldName.SETTINGS, NOT_GRANTED, within=name)
        for name, sender in provider.senders_to_grant(settings).items()
        if not _is_tenants(sender, provider.channel, ports=ports, verify=False)
    ]
    if problems:
        raise Invalid(*problems)


def _is_tenants(name: str, channel: Channel, *, ports: TenantPorts, verify: bool) -> bool:
    try:
        if ports.record.get().may_send_as(name):
            return True
    except NotFound:
        return False
    if channel is not Channel.EMAIL:
        return False
    present = ports.senders.of_tenant()
    known = next((one for one in present if one.email == name.lower()), None)
    if known is None or known.is_domain:
        return False
    return not verify or is_verified(known, present, ports=ports)


def is_verified(sender: Sender, present: Sequence[Sender], *, ports: TenantPorts) -> bool:
    """Whether the mail service has verified the address, or its domain if that is the tenant's."""
    found = ports.identities.find(sender.identity)
    if found is None:
        return is_vouched_for(sender.email, present, ports=ports)
    return found is Verification.SUCCESS


def is_vouched_for(email: str, present: Sequence[Sender], *, ports: TenantPorts) -> bool:
    """Whether the address is in a domain of the tenant's own that is verified."""
    own = {one.identity for one in present if one.is_domain}
    nearest = next((one for one in domains_of(email) if one in own), None)
    signing = ports.identities.signing(nearest) if nearest else None
    return signing is not None and signing.verification is Verification.SUCCESS
