"""Fan out: from accepted events to chunks of deliveries.

A step reads the set-up (setup.py) and the people (recipients.py), decides who is reached
(audience.py), and cuts and sends the deliveries (cutting.py). Every step may be repeated by the
queue and then comes out the same: invocations are inserted once, a topic's pages are frozen once,
and the same deliveries make the same chunk.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice

from carillon.domain.audience.subscribers import SHARDS, Subscriber
from carillon.domain.delivery.invocations import Invocation, Job, TopicPage
from carillon.domain.delivery.skips import NO_SKIPS, SkipReason, Skips, Unheard
from carillon.ports import TenantPorts
from carillon.telemetry import log_context
from carillon.usecases.delivery import cutting, recipients
from carillon.usecases.delivery.audience import Audience
from carillon.usecases.delivery.cutting import NOTHING, Plan
from carillon.usecases.delivery.recipients import Stored
from carillon.usecases.delivery.setup import load_audience
from carillon.usecases.tenancy import deletion, tenants

PAGE_SIZE = 500  # members of a topic's shard that one message fans out to
_MOST_UNHEARD = 2_000  # subscriptions that a job's item names, of 64 bytes each


def fan_out(job: Job, *, ports: TenantPorts) -> None:
    """Record a job's invocations and send everything that follows from them."""
    ports.record.refresh(since=job.accepted_at)
    if tenants.is_gone(ports=ports):
        deletion.forget(job, ports=ports)
        return
    audience = load_audience(job.invocations, ports=ports)
    withheld = {i.id for i in job.invocations if audience.withheld(i)}
    gone = recipients.deleted(job, ports=ports)
    stored = recipients.Stored.load(job.invocations, ports=ports)
    filled = recipients.with_facts(job.invocations, stored, gone, now=ports.clock.now())
    job = replace(job, invocations=tuple(filled))
    topics = {i.id: audience.topics(i) for i in job.invocations if i.id not in withheld}
    ours = recipients.record(job, topics, gone, ports=ports)
    owned = [i for i in job.invocations if i.id in ours]
    # Events of a type together, so that their chunks fill up; the order never changes.
    invocations = sorted((i for i in owned if i.id not in withheld), key=lambda i: i.event_key)
    plan = _send_direct(invocations, job, audience, stored, ports) if invocations else NOTHING
    pages = [page for i in owned for page in _first_pages(i, job, tuple(ours[i.id]))]
    log_context.count(events=len(ours), deliveries=plan.to_send, pages=len(pages))
    if pages:
        ports.queues.send_pages(pages)
    skipped = {i.id: _skipped(i, ours, plan, audience) for i in job.invocations}
    ports.invocations.enlist(
        job,
        plan.deliveries,
        skipped=skipped,
        unheard=_unheard(owned, audience),
        ranges=SHARDS if pages else 1,
    )


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
        ports.invocations.plan_page(page, 0, _missing(page, ports))
        return
    audience = load_audience([invocation], ports=ports)
    passed_over = recipients.passed_over(page, members, invocation, audience, ports=ports)
    wanted = [id for id in members if id not in passed_over]
    people = recipients.complete(wanted, found, accepted_at=page.accepted_at, ports=ports)
    unknown = dict.fromkeys(wanted, SkipReason.UNKNOWN_SUBSCRIBER)
    known = {**unknown, **people, **passed_over}
    reached = audience.reach(invocation, [known[id] for id in members])
    plan = cutting.send([invocation], reached, page, ports=ports)
    planned = plan.deliveries.get(invocation.id, 0)
    ports.invocations.plan_page(page, planned, plan.skipped.get(invocation.id, NO_SKIPS))
    log_context.count(deliveries=plan.to_send)
    # Last: a page that has to be repeated would otherwise have the ones behind it repeated too.
    if len(members) == PAGE_SIZE:
        ports.queues.send_pages([replace(page, after=members[-1])])


def _send_direct(
    invocations: Sequence[Invocation],
    job: Job,
    audience: Audience,
    stored: Stored,
    ports: TenantPorts,
) -> Plan:
    """Send to direct recipients and to integrations; return each invocation's deliveries."""
    # In the order of acceptance: what is said of a context or a subscriber holds from then on.
    order = {each.id: place for place, each in enumerate(job.invocations)}
    accepted = sorted(invocations, key=lambda i: order[i.id])
    recipients.update_contexts(accepted, stored, ports=ports)
    people = recipients.upsert_direct(accepted, audience, accepted_at=job.accepted_at, ports=ports)
    reached = chain(
        *(audience.reach(i, _found(i, people[i.id], audience)) for i in invocations),
        (audience.reach_integrations(i) for i in invocations),
    )
    return cutting.send(invocations, reached, job, ports=ports)


def _found(
    invocation: Invocation, people: Mapping[str, Subscriber | SkipReason], audience: Audience
) -> Iterator[Subscriber | SkipReason]:
    """Yield the event's direct recipients in order, or the reasons why they are none."""
    for place, id in enumerate(audience.direct(invocation)):
        beyond = place >= audience.quotas.recipients
        yield SkipReason.OVER_LIMIT if beyond else people.get(id, SkipReason.UNKNOWN_SUBSCRIBER)


def _skipped(
    invocation: Invocation,
    ours: Mapping[str, Sequence[str]],
    plan: Plan,
    audience: Audience,
) -> Skips:
    """Count what of the invocation is skipped without a delivery."""
    if invocation.id not in ours:
        return {SkipReason.DUPLICATE: 1}
    if reason := audience.withheld(invocation):
        return {reason: 1}
    of_recipients = plan.skipped.get(invocation.id, NO_SKIPS)
    counts = audience.skips(invocation) + Counter(of_recipients)
    if counts or plan.deliveries.get(invocation.id) or ours[invocation.id]:
        return counts
    return {audience.nobody(invocation): 1}


def _unheard(invocations: Sequence[Invocation], audience: Audience) -> Mapping[str, Unheard]:
    """Return the subscriptions that do not hear them, as many as a job's item has room for."""
    room = _MOST_UNHEARD
    found: dict[str, Unheard] = {}
    for invocation in invocations:
        found[invocation.id] = dict(islice(audience.unheard(invocation).items(), room))
        room -= len(found[invocation.id])
    return found


def _missing(page: TopicPage, ports: TenantPorts) -> Skips:
    """Count the topic of an empty page if there is none such, once for all its shards."""
    if page.shard or page.after or recipients.topic_exists(page.topic, ports=ports):
        return NO_SKIPS
    return {SkipReason.UNKNOWN_TOPIC: 1}


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
