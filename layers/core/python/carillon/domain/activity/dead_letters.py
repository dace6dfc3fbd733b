"""Dead letters: queue messages that their workers gave up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from carillon.domain.activity.replays import Replay, ReplayRange
from carillon.domain.audience.erasures import ErasureStep
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Chunk
from carillon.domain.delivery.invocations import Job, TopicPage
from carillon.domain.delivery.waiting import Retry
from carillon.domain.tenancy.access import Deletion

type Work = Job | TopicPage | Replay | ReplayRange | Deletion | ErasureStep | Chunk | Retry

FAN_OUT = "fan_out"
QUEUES: Sequence[str] = (FAN_OUT, *(channel.value for channel in Channel))

_SHOWN = 10  # invocations of a letter


class Kind(StrEnum):
    """The kind of work in a message."""

    JOB = "job"
    PAGE = "page"
    CHUNK = "chunk"
    RETRY = "retry"
    REPLAY = "replay"
    DELETION = "deletion"
    ERASURE = "erasure"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A message without its body, which holds a tenant's addresses and payloads."""

    id: str
    queue: str  # the source queue
    kind: Kind
    tenant: str | None
    invocations: tuple[str, ...]  # the first of them
    invocation_count: int
    deliveries: int  # 0 in a job, a page or a replay
    receives: int  # by workers, then by each reading of it
    sent_at: datetime
    problem: str | None = None  # why no worker can read it


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A dead letter taken by a caller; others do not see it for 30 seconds."""

    letter: DeadLetter
    work: Work | None = field(repr=False)  # None for a message that cannot be read
    body: str = field(repr=False)
    group: str | None
    receipt: str = field(repr=False)


def describe(
    work: Work | None,
    *,
    id: str,
    queue: str,
    group: str | None,
    receives: int,
    sent_at: datetime,
    problem: str | None,
) -> DeadLetter:
    kind, invocations, deliveries = _content(work)
    return DeadLetter(
        id=id,
        queue=queue,
        kind=kind,
        tenant=work.tenant if work else group,
        invocations=invocations[:_SHOWN],
        invocation_count=len(invocations),
        deliveries=deliveries,
        receives=receives,
        sent_at=sent_at,
        problem=problem or _misplaced(kind, queue),
    )


def _content(work: Work | None) -> tuple[Kind, tuple[str, ...], int]:
    match work:
        case Job():
            return Kind.JOB, tuple(invocation.id for invocation in work.invocations), 0
        case TopicPage():
            return Kind.PAGE, (work.invocation,), 0
        case Replay() | ReplayRange():
            return Kind.REPLAY, (work.invocation,) if isinstance(work, Replay) else (), 0
        case Deletion() | ErasureStep():
            return Kind.DELETION if isinstance(work, Deletion) else Kind.ERASURE, (), 0
        case Chunk() | Retry():
            kind = Kind.CHUNK if isinstance(work, Chunk) else Kind.RETRY
            named = dict.fromkeys(one.invocation for one in work.deliveries)
            return kind, tuple(named), len(work.deliveries)
        case None:
            return Kind.UNKNOWN, (), 0


def _misplaced(kind: Kind, queue: str) -> str | None:
    if kind in {Kind.CHUNK, Kind.RETRY} and queue == FAN_OUT:
        return "This queue carries jobs, pages, replays, deletions and erasures"
    of_fan_out = {Kind.JOB, Kind.PAGE, Kind.REPLAY, Kind.DELETION, Kind.ERASURE}
    if kind in of_fan_out and queue != FAN_OUT:
        return "This queue carries chunks and retries"
    return None
