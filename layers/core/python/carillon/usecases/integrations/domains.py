"""Domains that a tenant sends mail from: verified by DKIM, each one tenant's alone.

Where the bounces of a domain or an address go is set here, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from carillon.domain.base.errors import Conflict, Invalid, NotFound
from carillon.domain.base.guards import Guarded
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.base.turns import in_turn
from carillon.domain.integrations.senders import MailFrom, Sender, Signing, domains_of
from carillon.ports import TenantPorts
from carillon.usecases.integrations import senders


@dataclass(frozen=True, kw_only=True)
class CheckedDomain:
    """A domain, and how the mail service has verified it by now."""

    sender: Sender
    signing: Signing
    region: str


@dataclass(frozen=True, kw_only=True)
class Bounces:
    """Where the bounces of a sender's mails go."""

    identity: str
    mail_from: MailFrom
    region: str


def all_of(*, ports: TenantPorts) -> Sequence[Sender]:
    return [one for one in ports.senders.of_tenant() if one.is_domain]


def checked(found: Sequence[Sender], *, ports: TenantPorts) -> Sequence[CheckedDomain]:
    """Return domains with their verification; one call to the mail service for each."""
    region = ports.identities.region()
    return [
        CheckedDomain(
            sender=one,
            signing=ports.identities.signing(one.identity) or Signing(),
            region=region,
        )
        for one in found
    ]


def add(domain: str, *, ports: TenantPorts) -> Sender:
    """Claim the domain for the tenant, and have the mail service make its tokens.

    The tenant's own again is answered as it is. Raise Conflict when it is somebody's: another
    tenant's, or the installation's own.
    """
    wanted = Sender(email=f"@{domain.lower()}", created_at=ports.clock.now())

    def attempt() -> Sender:
        seen = ports.guards.see(Guarded.SENDERS)
        present = ports.senders.of_tenant()
        if known := _called(wanted.email, present):
            return known
        senders.check_room(present)
        own = {one.identity for one in present if one.is_domain}
        try:
            senders.check_free(wanted.identity, own, ports=ports)
            ports.senders.add(wanted, seen=seen)
        except Conflict:
            if known := _called(wanted.email, ports.senders.of_tenant()):
                return known  # taken by a call at the same time
            raise
        return wanted

    added = in_turn(attempt, ports.clock.pause)
    return senders.with_identity(added, ports=ports) if added is wanted else added


def _called(email: str, present: Sequence[Sender]) -> Sender | None:
    return next((one for one in present if one.email == email), None)


def bounces(identity: str, *, ports: TenantPorts) -> Bounces:
    """Raise NotFound for what is no sender of the tenant's with an identity of its own."""
    sender = _own(identity, ports)
    found = ports.identities.mail_from(sender.identity)
    if found is None:
        raise NotFound(Noun.SENDER, identity)
    return Bounces(identity=sender.identity, mail_from=found, region=ports.identities.region())


def set_bounces(identity: str, domain: str, *, ports: TenantPorts) -> Bounces:
    """Have bounces go to a domain below the sender's own; an empty one undoes that."""
    sender = _own(identity, ports)
    above = domains_of(sender.identity)[:1]
    if domain and not set(domains_of(domain)[1:]) & set(above):
        message = f"must be a subdomain of {above[0]}"
        raise Invalid(FieldProblem(FieldName.ADDRESS, message))
    ports.identities.set_mail_from(sender.identity, domain.lower())
    return bounces(identity, ports=ports)


def _own(identity: str, ports: TenantPorts) -> Sender:
    wanted = identity.lower()
    found = next((one for one in ports.senders.of_tenant() if one.identity == wanted), None)
    if found is None:
        raise NotFound(Noun.SENDER, identity)
    return found
