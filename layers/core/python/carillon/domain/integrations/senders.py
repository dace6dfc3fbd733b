"""Senders: addresses and domains that a tenant sends mail from, verified or in verification."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from carillon.domain.base import ids

MOST = 50  # senders of a tenant


class Verification(StrEnum):
    PENDING = "pending"  # the mail with the link was sent, and not answered
    SUCCESS = "success"
    FAILED = "failed"
    NONE = "none"  # not asked for, or expired


@dataclass(frozen=True, kw_only=True)
class Sender:
    """A sender address, or a domain as `@example.com`, in lower case; no two tenants have one."""

    email: str
    created_at: datetime

    @property
    def is_domain(self) -> bool:
        return self.email.startswith("@")

    @property
    def identity(self) -> str:
        """What the mail service knows it as."""
        return self.email.removeprefix("@")

    @property
    def id(self) -> str:
        return ids.derived("sender", self.email)


@dataclass(frozen=True, kw_only=True)
class Signing:
    """How mails of an identity are signed by DKIM: `tokens` are for the domain's DNS."""

    enabled: bool = False
    tokens: tuple[str, ...] = ()
    verification: Verification = Verification.PENDING


@dataclass(frozen=True, kw_only=True)
class MailFrom:
    """The domain that bounces of an identity's mails go to; empty for the mail service's own."""

    domain: str = ""
    verification: Verification = Verification.NONE


def domains_of(address: str) -> list[str]:
    """Return the domain of an address or a domain, and those above it, without top-level ones."""
    labels = address.rpartition("@")[2].lower().split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]
