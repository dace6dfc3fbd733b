"""Summaries of invocations as a job's item lists them, and the counts of what they skip."""

import json
from collections.abc import Mapping

from carillon.domain.delivery.invocations import Invocation, InvocationSummary, Repetition
from carillon.domain.delivery.skips import ALL_HEARD, SkipReason, Skips, Unheard


def listed(
    invocation: Invocation | Repetition,
    planned: int,
    skipped: Skips,
    unheard: Unheard = ALL_HEARD,
) -> list[object]:
    """Return the summary as the job's item has it; with its skips only if there are any."""
    summary: list[object] = [invocation.id, invocation.application, invocation.event, planned]
    if unheard:
        return [*summary, dict(skipped), dict(unheard)]
    return [*summary, dict(skipped)] if skipped else summary


def invocations(text: str) -> tuple[InvocationSummary, ...]:
    """Return the summaries in a job's item."""
    return tuple(
        InvocationSummary(*head[:4], *map(skips, head[4:5]), *map(unheard, head[5:]))
        for head in json.loads(text)
    )


def unheard(reasons: Mapping[str, str]) -> Unheard:
    return {subscription: SkipReason(reason) for subscription, reason in reasons.items()}


def skips(counts: Mapping[str, int]) -> Skips:
    return {SkipReason(reason): count for reason, count in counts.items()}


def dumped(skipped: Skips) -> str:
    return json.dumps(dict(skipped), separators=(",", ":"))
