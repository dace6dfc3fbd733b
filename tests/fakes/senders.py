"""In memory: senders, and the mail service's identities."""

from collections.abc import Sequence

from carillon.domain.base.errors import Conflict, NotFound
from carillon.domain.base.guards import Seen
from carillon.domain.base.terms import Noun
from carillon.domain.integrations.senders import MailFrom, Sender, Signing, Verification
from tests.fakes.guards import Guards


class Senders:
    def __init__(self, guards: Guards | None = None) -> None:
        self.by_owner: dict[tuple[str, str], Sender] = {}
        self.guards = guards or Guards()

    def of_tenant(self, tenant: str) -> Sequence[Sender]:
        return [self.by_owner[key] for key in sorted(self.by_owner) if key[0] == tenant]

    def add(self, tenant: str, sender: Sender, *, seen: Seen | None = None) -> None:
        if any(email == sender.email for _, email in self.by_owner):
            raise Conflict(f"{sender.email} is taken")
        self.guards.check(tenant, seen)
        self.by_owner[tenant, sender.email] = sender
        self.guards.move(tenant, seen)

    def remove(self, tenant: str, sender: Sender) -> None:
        if self.by_owner.pop((tenant, sender.email), None) is None:
            raise NotFound(Noun.SENDER, sender.email)


class Identities:
    """A mail service in which a test answers the mails with links, and sets up the DNS."""

    def __init__(self) -> None:
        self.known: dict[str, Verification] = {}
        self.bounces: dict[str, str] = {}

    def region(self) -> str:
        return "us-east-1"

    def find(self, email: str) -> Verification | None:
        return self.known.get(email)

    def signing(self, identity: str) -> Signing | None:
        if identity not in self.known:
            return None
        tokens = () if "@" in identity else ("token1", "token2", "token3")
        return Signing(enabled=True, tokens=tokens, verification=self.known[identity])

    def mail_from(self, identity: str) -> MailFrom | None:
        if identity not in self.known:
            return None
        if identity not in self.bounces:
            return MailFrom()
        return MailFrom(domain=self.bounces[identity], verification=Verification.PENDING)

    def set_mail_from(self, identity: str, domain: str) -> None:
        if identity not in self.known:
            raise NotFound(Noun.SENDER, identity)
        if domain:
            self.bounces[identity] = domain
        else:
            self.bounces.pop(identity, None)

    def add(self, email: str) -> None:
        if email in self.known:
            raise Conflict(f"{email} exists already in SES")
        self.known[email] = Verification.PENDING

    def remove(self, email: str) -> None:
        self.known.pop(email, None)
