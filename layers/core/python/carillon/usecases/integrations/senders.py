"""Have addresses verified to send mails from; each belongs to one tenant."""

from collections.abc import Sequence

from carillon.domain.base.errors import CarillonError, Conflict, Invalid, NotFound, Problem
from carillon.domain.integrations.senders import MOST, Sender
from carillon.ports import Ports


def all_of(tenant: str, *, ports: Ports) -> Sequence[Sender]:
    return ports.senders.of_tenant(tenant)


def add(email: str, *, tenant: str, ports: Ports) -> Sender:
    """Take the address for the tenant, and have a mail with a link sent to it.

    Raise Conflict when it is somebody's: another tenant's, or the installation's own.
    """
    if len(ports.senders.of_tenant(tenant)) >= MOST:
        raise Invalid(Problem("email", f"a tenant has {MOST} senders at most", kind="limit"))
    sender = Sender(email=email.lower(), created_at=ports.clock.now())
    if ports.identities.find(sender.email) is not None:
        raise Conflict(f"{sender.email} is somebody's already")
    ports.senders.add(tenant, sender)
    try:
        ports.identities.add(sender.email)
    except CarillonError:
        ports.senders.remove(tenant, sender)
        raise
    return sender


def remove(id: str, *, tenant: str, ports: Ports) -> None:
    """Raise NotFound. The mail service forgets it first, so that a crash can be repeated."""
    found = next((s for s in ports.senders.of_tenant(tenant) if s.id == id), None)
    if found is None:
        raise NotFound("sender", id)
    ports.identities.remove(found.email)
    ports.senders.remove(tenant, found)
