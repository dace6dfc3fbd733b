"""Fan out: from accepted events to chunks of deliveries.

A step reads the set-up (setup.py) and the people (recipients.py), decides who is reached
(audience.py), and cuts and sends the deliveries (cutting.py). Every step may be repeated by the
queue and then comes out the same: invocations are inserted once, a topic's pages are frozen once,
and the same deliveries make the same chunk.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.delivery.invocations import Invocation, Job, TopicPage
from carillon.ports import TenantPorts
from carillon.telemetry import log_context
from carillon.usecases.delivery import cutting, recipients
from carillon.usecases.delivery.audience import Audience
from carillon.usecases.delivery.setup import load_audience
from carillon.usecases.tenancy import deletion, tenants

PAGE_SIZE = 500  # members of a topic's shard that one message fans out to


def fan_out(job: Job, *, ports: TenantPorts) -> None:
    """Record a job's invocations and send everything that follows from them."""
    ports.record.refresh(since=job.accepted_at)
    if tenants.is_gone(ports=ports):
        deletion.forget(job, ports=ports)
        return
    unpaused = [i for i in job.invocations if not i.paused]
    audience = load_audience(unpaused, ports=ports)
    ours = ports.invocations.record(job, {i.id: audience.topics(i) for i in unpaused})
    # Events of a type together, so that their chunks fill up; the order never changes.
    invocations = sorted((i for i in unpaused if i.id in ours), key=lambda i: i.event_key)
    planned = _send_direct(invocations, job, audience, ports) if invocations else {}
    pages = [page for i in invocations for page in _first_pages(i, job, tuple(ours[i.id]))]
    log_context.count(events=len(ours), deliveries=sum(planned.values()), pages=len(pages))
    if pages:
        ports.queues.send_pages(pages)
    ports.invocations.enlist(job, planned, ranges=SHARDS if pages else 1)


def fan_out_page(page: TopicPage, *, ports: TenantPorts) -> None:
    """Send an invocation to one page of a topic's members, and the next page on its way."""
    ports.record.refresh(since=page.accepted_at)
    if tenants.is_gone(ports=ports):
        return
    invocation = ports.invocations.get(page.invocation).invocation
    found = recipients.members(page, PAGE_SIZE, ports=ports)
    # Frozen even if empty: an earlier run may have frozen members who have left since.
    members = ports.invocations.freeze_page(page, tuple(found))
    if not members:
        ports.invocations.plan_page(page, 0)
        return
    audience = load_audience([invocation], ports=ports)
    served = recipients.served_otherwise(page, members, invocation, audience, ports=ports)
    unserved = [id for id in members if id not in served]
    people = recipients.complete(unserved, found, ports=ports)
    reached = [audience.reach(invocation, people.get(id)) for id in members]
    planned = cutting.send([invocation], reached, page, ports=ports).get(invocation.id, 0)
    ports.invocations.plan_page(page, planned)
    log_context.count(deliveries=planned)
    # Last: a page that has to be repeated would otherwise have the ones behind it repeated too.
    if len(members) == PAGE_SIZE:
        ports.queues.send_pages([replace(page, after=members[-1])])


def _send_direct(
    invocations: Sequence[Invocation], job: Job, audience: Audience, ports: TenantPorts
) -> Mapping[str, int]:
    """Send to direct recipients and to integrations; return each invocation's deliveries."""
    # In the order of acceptance: what is said last of a context or a subscriber holds.
    order = {each.id: place for place, each in enumerate(job.invocations)}
    accepted = sorted(invocations, key=lambda i: order[i.id])
    recipients.update_contexts(accepted, ports=ports)
    people = recipients.upsert_direct(accepted, audience, ports=ports)
    # A subscriber who was removed may still be named by a subscription.
    reached = [audience.reach(i, people.get(id)) for i in invocations for id in audience.direct(i)]
    reached += [audience.reach_integrations(i) for i in invocations]
    return cutting.send(invocations, reached, job, ports=ports)


def _first_pages(invocation: Invocation, job: Job, topics: tuple[str, ...]) -> Iterator[TopicPage]:
    """Yield the first page of each shard of each topic."""
    for position in range(len(topics)):
        for shard in range(SHARDS):
            yield TopicPage(
                tenant=job.tenant,
                job=job.id,
                accepted_at=job.accepted_at,
                invocation=invocation.id,
                topics=topics,
                position=position,
                shard=shard,
            )
