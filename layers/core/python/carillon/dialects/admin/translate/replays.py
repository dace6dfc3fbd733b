"""Replays between domain and wire."""

from carillon.dialects.admin.schemas.replays import ReplayResponse
from carillon.domain.replays import Replay


def replay(asked: Replay) -> ReplayResponse:
    return ReplayResponse(invocation=asked.target, replay_of=asked.invocation)
