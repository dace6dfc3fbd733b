"""Spans of time that a list is asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from carillon.domain.errors import Invalid, Problem

_USUAL = timedelta(days=1)
_LONGEST = timedelta(days=31)
_CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True)
class Span:
    """From a time on, and before another; None is without end. Raise Invalid for none at all."""

    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise Invalid(Problem("from", "must not be later than `to`"))

    def bounded(self, now: datetime) -> tuple[datetime, datetime]:
        """Up to now, and of a day, unless it says otherwise; raise Invalid for over 31 days."""
        until = self.until or now + _CLOCKS_DIFFER
        since = self.since or (self.until or now) - _USUAL
        if until - since > _LONGEST + _CLOCKS_DIFFER:
            message = f"must not be more than {_LONGEST.days} days before `to`, or before now"
            raise Invalid(Problem("from", message))
        return since, until


NEVER_ENDING = Span()
