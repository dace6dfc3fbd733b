"""Replays: new deliveries of an earlier invocation."""

from dataclasses import dataclass, replace
from datetime import datetime

from carillon.domain.base import ids
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.invocations import Invocation, InvocationSummary, JobPosition

# Statuses that are replayed by default.
UNSUCCESSFUL = (Status.FAILED, Status.EXHAUSTED, Status.EXPIRED, Status.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Replay:
    """One step of replaying an invocation: a page of its deliveries, from the cursor on.

    Of these, the ones at one of the statuses, and among the named ones if any are.
    """

    id: str
    tenant: str
    accepted_at: datetime
    invocation: str
    statuses: tuple[Status, ...]
    deliveries: tuple[str, ...] = ()
    cursor: str | None = None
    planned: int = 0  # deliveries on earlier pages
    quiet: bool = False  # one of many: create no invocation when nothing matches
    repeat: bool = False  # also deliveries that another replay has made anew

    @property
    def target(self) -> str:
        """The id of the new invocation, and of its job."""
        return f"rpl_{ids.derived(self.id, self.invocation)}"

    def made_anew(self, original: Invocation) -> Invocation:
        return replace(original, id=self.target, replay_of=original.id)


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """By which replay a delivery was made anew, in which invocation, and as which deliveries."""

    replay: str
    invocation: str
    at: datetime
    deliveries: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReplayRange:
    """One step of replaying a span of time: some jobs, newest first."""

    id: str
    tenant: str
    accepted_at: datetime
    since: datetime
    upto: JobPosition
    statuses: tuple[Status, ...]
    event: str | None = None
    repeat: bool = False

    def replay_of(self, head: InvocationSummary) -> Replay:
        return Replay(
            id=self.id,
            tenant=self.tenant,
            accepted_at=self.accepted_at,
            invocation=head.id,
            statuses=self.statuses,
            quiet=True,
            repeat=self.repeat,
        )
