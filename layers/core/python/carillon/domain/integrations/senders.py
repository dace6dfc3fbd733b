"""Senders: a tenant's addresses to send mail from, verified or in verification."""

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
    """A sender address, in lower case; no two tenants have the same."""

    email: str
    created_at: datetime

    @property
    def id(self) -> str:
        return ids.derived("sender", self.email)
