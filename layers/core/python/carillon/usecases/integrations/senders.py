"""Manage sender addresses: each is verified by the mail service and belongs to one tenant."""

from collections.abc import Sequence
from dataclasses import dataclass

from carillon.domain.base.errors import CarillonError, Conflict, Invalid, NotFound
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.integrations.senders import MOST, Sender, Verification
from carillon.ports import TenantPorts


@dataclass(frozen=True, kw_only=True)
class CheckedSender:
    """A sender with its current verification by the mail service."""

    sender: Sender
    verification: Verification
    region: str


def all_of(*, ports: TenantPorts) -> Sequence[Sender]:
    return ports.senders.of_tenant()


def checked(senders: Sequence[Sender], *, ports: TenantPorts) -> Sequence[CheckedSender]:
    """Return senders with their verification; one call to the mail service for each."""
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
    """Claim the address for the tenant, and send it a mail with a link.

    Raise Conflict when it is somebody's: another tenant's, or the installation's own.
    """
    if len(ports.senders.of_tenant()) >= MOST:
        raise Invalid(
            FieldProblem(
                FieldName.EMAIL,
                f"cannot be added: a tenant has at most {MOST} senders",
                kind="limit",
            )
        )
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
    """Remove a sender, first from the mail service, so that it can be repeated after a crash."""
    found = next((s for s in ports.senders.of_tenant() if s.id == id), None)
    if found is None:
        raise NotFound(Noun.SENDER, id)
    ports.identities.remove(found.email)
    ports.senders.remove(found)
