"""Time spans that callers ask lists for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName

_USUAL = timedelta(days=1)
_LONGEST = timedelta(days=31)
_CLOCKS_DIFFER = timedelta(minutes=1)
_YEARS = range(1970, 9999)


@dataclass(frozen=True)
class Span:
    """The time from `since` up to, not including, `until`; None has no limit.

    Raise Invalid when the end is before the start.
    """

    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise Invalid(FieldProblem(FieldName.SINCE, "must not be later than the end"))

    def bounded(self, now: datetime) -> tuple[datetime, datetime]:
        """Return start and end: by default now and a day before; raise Invalid for over 31 days."""
        until = self.until or now + _CLOCKS_DIFFER
        since = self.since or (self.until or now) - _USUAL
        if until - since > _LONGEST + _CLOCKS_DIFFER:
            message = f"must be at most {_LONGEST.days} days before the end, or before now"
            raise Invalid(FieldProblem(FieldName.SINCE, message))
        return since, until


def end_of(written: Any) -> datetime:
    """Read a start or end of a span; it is in UTC unless it has an offset.

    Raise ValueError, whose text continues the field's name. A number is refused: it might be
    seconds or milliseconds.
    """
    try:
        time = datetime.fromisoformat(written)
        time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        message = "must be a time of ISO 8601, such as 2026-03-07T15:00:00Z; '+' is %2B"
        raise ValueError(message) from None
    if time.year not in _YEARS:
        raise ValueError("must be a time from 1970 on")
    return time


NEVER_ENDING = Span()
