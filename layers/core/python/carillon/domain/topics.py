"""Topics: named groups of subscribers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Topic:
    key: str
    name: str
    created_at: datetime
    updated_at: datetime
