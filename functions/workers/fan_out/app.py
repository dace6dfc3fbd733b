"""Consumes FanOutQueue: jobs of accepted events, pages of topics, replays, deletions, erasures."""

from typing import Any

from carillon.domain.activity.replays import Replay, ReplayRange
from carillon.domain.audience.erasures import ErasureStep
from carillon.domain.base.errors import Malformed
from carillon.domain.delivery.invocations import Job, TopicPage
from carillon.domain.tenancy.access import Deletion
from carillon.runtime import wiring
from carillon.runtime.worker import read, worker
from carillon.usecases.delivery.fan_out import fan_out, fan_out_page
from carillon.usecases.operations.erase import erase_some
from carillon.usecases.operations.replay import replay_page, replay_some
from carillon.usecases.tenancy.deletion import delete_some


def run(body: str, _context: Any) -> None:
    match read(body):
        case Job() as job:
            fan_out(job, ports=wiring.ports().of(job.tenant))
        case TopicPage() as page:
            fan_out_page(page, ports=wiring.ports().of(page.tenant))
        case Replay() as replay:
            replay_page(replay, ports=wiring.ports().of(replay.tenant))
        case ReplayRange() as step:
            replay_some(step, ports=wiring.ports().of(step.tenant))
        case Deletion() as deletion:
            delete_some(deletion, ports=wiring.ports(fresh=True))
        case ErasureStep() as erasure:
            erase_some(erasure, ports=wiring.ports().of(erasure.tenant))
        case _:
            raise Malformed("This queue carries jobs, pages, replays, deletions and erasures")


handler = worker(run)
