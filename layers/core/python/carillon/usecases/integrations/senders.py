"""Have addresses verified to send mails from; each belongs to one tenant."""

from collections.abc import Sequence

from carillon.domain.base.errors import CarillonError, Conflict, Invalid, NotFound, Problem
from carillon.domain.integrations.senders import MOST, Sender
from carillon.ports import TenantPorts


def all_of(*, ports: TenantPorts) -> Sequence[Sender]:
    return ports.senders.of_tenant()


def add(email: str, *, ports: TenantPorts) -> Sender:
    """Take the address for the tenant, and have a mail with a link sent to it.

    Raise Conflict when it is somebody's: another tenant's, or the installation's own.
    """
    if len(ports.senders.of_tenant()) >= MOST:
        raise Invalid(Problem("email", f"a tenant has {MOST} senders at most", kind="limit"))
    sender = Sender(email=email.lower(), created_at=ports.clock.now())
    if ports.identities.find(sender.email) is not None:
        raise Conflict(f"{sender.email} is somebody's already")
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
