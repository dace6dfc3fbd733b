"""Translate replays between domain and wire."""

from carillon.dialects.admin.schemas.replays import ReplayResponse
from carillon.domain.activity.replays import Replay, ReplayRange


def replay(asked: Replay | ReplayRange) -> ReplayResponse:
    if isinstance(asked, ReplayRange):
        return ReplayResponse(id=asked.id, invocation=None, replay_of=None)
    return ReplayResponse(id=asked.id, invocation=asked.target, replay_of=asked.invocation)
