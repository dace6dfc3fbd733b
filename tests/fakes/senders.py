"""In memory: senders, and the mail service's identities."""

from collections.abc import Sequence

from carillon.domain.base.errors import Conflict, NotFound
from carillon.domain.base.terms import Noun
from carillon.domain.integrations.senders import Sender, Verification


class Senders:
    def __init__(self) -> None:
        self.by_owner: dict[tuple[str, str], Sender] = {}

    def of_tenant(self, tenant: str) -> Sequence[Sender]:
        return [self.by_owner[key] for key in sorted(self.by_owner) if key[0] == tenant]

    def add(self, tenant: str, sender: Sender) -> None:
        if any(email == sender.email for _, email in self.by_owner):
            raise Conflict(f"{sender.email} is taken")
        self.by_owner[tenant, sender.email] = sender

    def remove(self, tenant: str, sender: Sender) -> None:
        if self.by_owner.pop((tenant, sender.email), None) is None:
            raise NotFound(Noun.SENDER, sender.email)


class Identities:
    """A mail service in which a test answers the mails with links."""

    def __init__(self) -> None:
        self.known: dict[str, Verification] = {}

    def region(self) -> str:
        return "us-east-1"

    def find(self, email: str) -> Verification | None:
        return self.known.get(email)

    def add(self, email: str) -> None:
        if email in self.known:
            raise Conflict(f"{email} exists already in SES")
        self.known[email] = Verification.PENDING

    def remove(self, email: str) -> None:
        self.known.pop(email, None)
