"""Have addresses verified to send mails from; each belongs to one tenant."""

from collections.abc import Sequence
from dataclasses import dataclass

from carillon.domain.base.errors import CarillonError, Conflict, Invalid, NotFound, Problem
from carillon.domain.integrations.senders import MOST, Sender, Verification
from carillon.ports import TenantPorts


@dataclass(frozen=True, kw_only=True)
class CheckedSender:
    """A sender with its verification, as the mail service of the region tells it now."""

    sender: Sender
    verification: Verification
    region: str


def all_of(*, ports: TenantPorts) -> Sequence[Sender]:
    return ports.senders.of_tenant()


def checked(senders: Sequence[Sender], *, ports: TenantPorts) -> Sequence[CheckedSender]:
    """Look up each sender's verification, with one call to the mail service a sender."""
    region = ports.identities.region()
    return [
        CheckedSender(
            sender=sender,
            verification=ports.identities.find(sender.email) or Verification.NONE,
            region=region,
        )
        for sender in senders
    ]


def add(email: str, *, ports: TenantPorts) -> Sender:
    """Take the address for the tenant, and have a mail with a link sent to it.

    Raise Conflict when it is somebody's: another tenant's, or the installation's own.
    """
    if len(ports.senders.of_tenant()) >= MOST:
        raise Invalid(Problem("email", f"a tenant has {MOST} senders at most", kind="limit"))
    sender = Sender(email=email.lower(), created_at=ports.clock.now())
    if ports.identities.find(sender.email) is not None:
        raise Conflict(f"{sender.email} is taken")
    ports.senders.add(sender)
    try:
        ports.identities.add(sender.email)
    except CarillonError:
        ports.senders.remove(sender)
        raise
    return sender


def remove(id: str, *, ports: TenantPorts) -> None:
    """Raise NotFound. The mail service forgets it first, so that a crash can be repeated."""
    found = next((s for s in ports.senders.of_tenant() if s.id == id), None)
    if found is None:
        raise NotFound("sender", id)
    ports.identities.remove(found.email)
    ports.senders.remove(found)
