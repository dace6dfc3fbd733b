"""A message to build requests from."""

from datetime import UTC, datetime
from typing import Any

from carillon.domain.catalogue.templates import Message


def message(**fields: Any) -> Message:
    known: dict[str, Any] = {
        "id": "dlv_1",
        "tenant": "acme",
        "event": "order-shipped",
        "occurred_at": datetime(2026, 11, 1, 9, 30, 0, 250_000, tzinfo=UTC),
        "attempted_at": datetime(2026, 11, 1, 9, 30, 5, tzinfo=UTC),
        "subject": "Shipped",
        "text": "It is on its way.",
        "data": {"order": 7},
    }
    return Message(**(known | fields))
