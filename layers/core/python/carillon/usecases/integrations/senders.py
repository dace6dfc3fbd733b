"""Manage sender addresses: each is verified by the mail service and belongs to one tenant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import takewhile

from carillon.domain.base.errors import CarillonError, Conflict, Invalid, NotFound
from carillon.domain.base.guards import Guarded
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.base.turns import in_turn
from carillon.domain.integrations.senders import MOST, Sender, Verification, domains_of
from carillon.ports import TenantPorts
from carillon.usecases.setup import sending_as


@dataclass(frozen=True, kw_only=True)
class CheckedSender:
    """A sender with its current verification by the mail service."""

    sender: Sender
    verification: Verification
    region: str
    by_domain: bool = False


def all_of(*, ports: TenantPorts) -> Sequence[Sender]:
    """Return the tenant's addresses; its domains are in `domains`."""
    return [one for one in ports.senders.of_tenant() if not one.is_domain]


def checked(senders: Sequence[Sender], *, ports: TenantPorts) -> Sequence[CheckedSender]:
    """Return senders with their verification; one call to the mail service for each.

    An address without an identity of its own is verified with its domain.
    """
    region = ports.identities.region()
    present = ports.senders.of_tenant()
    found = []
    for sender in senders:
        verification = ports.identities.find(sender.email)
        by_domain = verification is None and sending_as.is_vouched_for(
            sender.email, present, ports=ports
        )
        if by_domain:
            verification = Verification.SUCCESS
        found.append(
            CheckedSender(
                sender=sender,
                verification=verification or Verification.NONE,
                region=region,
                by_domain=by_domain,
            )
        )
    return found


def add(email: str, *, ports: TenantPorts) -> Sender:
    """Claim the address for the tenant, and send it a mail with a link.

    One in a verified domain of the tenant's own needs no mail. Raise Conflict when it is
    somebody's: another tenant's, or the installation's own.
    """

    def attempt() -> tuple[Sender, bool]:
        seen = ports.guards.see(Guarded.SENDERS)
        present = ports.senders.of_tenant()
        check_room(present)
        sender = Sender(email=email.lower(), created_at=ports.clock.now())
        own = {one.identity for one in present if one.is_domain}
        check_free(sender.identity, own, ports=ports)
        ports.senders.add(sender, seen=seen)
        return sender, sending_as.is_vouched_for(sender.email, present, ports=ports)

    sender, vouched = in_turn(attempt, ports.clock.pause)
    return sender if vouched else with_identity(sender, ports=ports)


def check_room(present: Sequence[Sender]) -> None:
    if len(present) >= MOST:
        message = f"cannot be added: a tenant has at most {MOST} senders"
        raise Invalid(FieldProblem(FieldName.EMAIL, message, kind="limit"))


def check_free(identity: str, own: Collection[str], *, ports: TenantPorts) -> None:
    """Raise Conflict for an identity that the mail service knows, or a part of one.

    What is under a domain that it has verified could be sent from at once.
    """
    if any(ports.identities.find(one) is not None for one in _above(identity, own)):
        raise Conflict(f"{identity} is taken")


def with_identity(sender: Sender, *, ports: TenantPorts) -> Sender:
    """Have the mail service verify a stored sender; without that, it is not stored."""
    try:
        ports.identities.add(sender.identity)
    except CarillonError:
        ports.senders.remove(sender)
        raise
    return sender


def _above(identity: str, own: Collection[str]) -> list[str]:
    """Return the identity and the domains that it is in, up to the first of the tenant's own."""
    found = list(dict.fromkeys([identity, *domains_of(identity)]))
    return list(takewhile(lambda one: one not in own, found))


def remove(id: str, *, ports: TenantPorts) -> None:
    """Remove a sender, first from the mail service, so that it can be repeated after a crash."""
    found = next((s for s in all_of(ports=ports) if s.id == id), None)
    if found is None:
        raise NotFound(Noun.SENDER, id)
    ports.identities.remove(found.email)
    ports.senders.remove(found)
