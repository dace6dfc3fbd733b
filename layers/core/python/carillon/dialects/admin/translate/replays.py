"""Translate replays between domain and wire."""

from carillon.dialects.admin.schemas.replays import ReplayRequest, ReplayResponse
from carillon.domain.activity.replays import Replay, ReplayRange
from carillon.domain.base import ids


def replay_id(body: ReplayRequest, key: str | None) -> str:
    """Return an id that is the same for the same replay; a new one for a repeated one."""
    if body.repeat or not body.invocation:
        return ids.derived(key, body.model_dump_json()) if key else ids.new()
    return ids.derived(body.invocation, *sorted(body.deliveries), "", *sorted(body.statuses))


def replay(asked: Replay | ReplayRange) -> ReplayResponse:
    if isinstance(asked, ReplayRange):
        return ReplayResponse(id=asked.id, invocation=None, replay_of=None)
    return ReplayResponse(id=asked.id, invocation=asked.target, replay_of=asked.invocation)
