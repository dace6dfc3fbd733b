"""Senders: the addresses that a tenant has had verified to send mails from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from carillon.domain.base import ids

MOST = 50  # that one tenant may have


class Verification(StrEnum):
    PENDING = "pending"  # a mail with a link waits to be answered
    SUCCESS = "success"
    FAILED = "failed"
    NONE = "none"  # nobody has asked for it, or not any more


@dataclass(frozen=True, kw_only=True)
class Sender:
    """An address belongs to one tenant alone; it is written in lower case."""

    email: str
    created_at: datetime

    @property
    def id(self) -> str:
        return ids.derived("sender", self.email)
