"""The order in which a standard queue with message groups delivers messages (fair queues).

SQS documents that quiet groups go before groups with many messages in flight. Here the group with
the fewest messages in flight goes first; among equals, the oldest message.
"""

import heapq
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any

type StoredMessage = dict[str, Any]


def pick(messages: Sequence[StoredMessage], limit: int, now: float) -> list[StoredMessage]:
    """Return up to `limit` visible messages: quietest group first, in order within a group."""
    in_flight: Counter[str] = Counter()
    waiting: dict[str, deque[tuple[int, StoredMessage]]] = {}
    for position, message in enumerate(messages):
        # A message without a group is a group of its own.
        group = message.get("group_id") or message["id"]
        if message["visible_at"] <= now:
            waiting.setdefault(group, deque()).append((position, message))
        elif message["receive_count"] > 0:
            in_flight[group] += 1
    # A delayed message is neither visible nor in flight.

    quietest = [(in_flight[group], queue[0][0], group) for group, queue in waiting.items()]
    heapq.heapify(quietest)
    picked: list[StoredMessage] = []
    while quietest and len(picked) < limit:
        busy, _, group = heapq.heappop(quietest)
        picked.append(waiting[group].popleft()[1])
        if waiting[group]:
            heapq.heappush(quietest, (busy + 1, waiting[group][0][0], group))
    return picked
