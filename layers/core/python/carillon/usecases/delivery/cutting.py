"""Cut deliveries into chunks and send these to their channels' queues."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from carillon.domain.delivery import chunking
from carillon.domain.delivery.chunking import RecipientDeliveries
from carillon.domain.delivery.invocations import Invocation, Job, TopicPage, event_details
from carillon.ports import TenantPorts


def send(
    invocations: Iterable[Invocation],
    recipients: Sequence[RecipientDeliveries],
    source: Job | TopicPage,
    *,
    step: str = "",
    ports: TenantPorts,
) -> Mapping[str, int]:
    """Send the recipients' deliveries in chunks; return how many each invocation has.

    `step` tells apart the steps of a job that is sent in several; a page is a step by itself.
    Raise Unavailable unless every chunk was stored.
    """
    invocations = list(invocations)
    details = {i.id: event_details(i, source.accepted_at) for i in invocations}
    sizes = {i.id: len(json.dumps(i.payload)) + len(json.dumps(i.overrides)) for i in invocations}
    job, range_ = (source.id, 0) if isinstance(source, Job) else (source.job, source.shard)
    if isinstance(source, TopicPage):
        step = f"{source.invocation}/{source.position}/{source.after}"
    chunks = list(
        chunking.cut(
            recipients, details, sizes, tenant=source.tenant, job=job, range=range_, step=step
        )
    )
    if chunks:
        ports.queues.send_chunks(chunks)
    return Counter(delivery.invocation for chunk in chunks for delivery in chunk.deliveries)
