"""Which messages a standard queue hands out next, when it is fair.

SQS documents that among messages with a MessageGroupId those of a quiet group come before those
of a group that already has many messages in flight. Here: the group with the fewest in flight
comes first, the oldest message among equals.
"""

import heapq
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any

type StoredMessage = dict[str, Any]


def pick(messages: Sequence[StoredMessage], limit: int, now: float) -> list[StoredMessage]:
    """At most `limit` visible messages, the quietest groups first, each group in order."""
    in_flight: Counter[str] = Counter()
    waiting: dict[str, deque[tuple[int, StoredMessage]]] = {}
    for position, message in enumerate(messages):
        # A message without a group is a group of its own.
        group = message.get("group_id") or message["id"]
        if message["visible_at"] <= now:
            waiting.setdefault(group, deque()).append((position, message))
        elif message["receive_count"] > 0:
            in_flight[group] += 1
    # A message that is merely delayed is neither visible nor in flight.

    quietest = [(in_flight[group], queue[0][0], group) for group, queue in waiting.items()]
    heapq.heapify(quietest)
    picked: list[StoredMessage] = []
    while quietest and len(picked) < limit:
        busy, _, group = heapq.heappop(quietest)
        picked.append(waiting[group].popleft()[1])
        if waiting[group]:
            heapq.heappush(quietest, (busy + 1, waiting[group][0][0], group))
    return picked
