"""Delete a tenant: switch it off at once, then remove its data step by step.

Once every process knows of it nobody writes anything for it any more, so that what has been removed
stays so. A step may be repeated by the queue. The tenant's own record goes last, and leaves that
its id is taken: messages that are late find no other tenant under it.
"""

from dataclasses import replace

from carillon.domain.activity.replays import Replay
from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.base.errors import NotFound, Unfinished
from carillon.domain.base.turns import in_turn
from carillon.domain.delivery.invocations import InvocationSummary, Job, JobSummary
from carillon.domain.tenancy.access import Deletion, Tenant
from carillon.ports import Ports, TenantPorts


def begin(id: str, *, ports: Ports) -> Tenant:
    """Switch the tenant off and queue its deletion. Repeating this queues it again.

    Raise NotFound when there is none, Unavailable when the queue did not take the deletion.
    """

    def attempt() -> Tenant:
        tenant = ports.tenants.get(id)
        if tenant.deleting_since:
            return tenant
        since, version = ports.clock.now(), tenant.version + 1
        ended = replace(tenant, active=False, deleting_since=since, version=version)
        ports.tenants.save(ended)
        return ended

    tenant = in_turn(attempt, ports.clock.pause)
    ports.queues.send_deletion(Deletion(tenant=id))
    return tenant


def delete_some(step: Deletion, *, ports: Ports) -> None:
    """Remove one batch of the tenant's data, and queue the next step."""
    try:
        tenant = ports.tenants.get(step.tenant)
    except NotFound:
        return  # another series of steps removed it
    if not tenant.deleting_since:
        return
    data = ports.of(tenant.id).data
    place = data.remove_some(tenant.deleting_since, step.place or 0)
    if place is None:
        ports.tenants.bury(tenant.id)
    else:
        ports.queues.send_deletion(replace(step, place=place))


def forget(job: Job, *, ports: TenantPorts) -> None:
    """Remove data of an earlier run of the job, which an unlisted job would leave behind.

    Raise Unfinished, so that the queue gives the job again, when there was too much of it.
    """
    if keys := [key for invocation in job.invocations for key in invocation.stored]:
        ports.attachments.remove(keys)
    heads = tuple(InvocationSummary(i.id, i.application, i.event) for i in job.invocations)
    _forget(
        JobSummary(id=job.id, accepted_at=job.accepted_at, invocations=heads, ranges=SHARDS), ports
    )


def forget_replay(page: Replay, *, ports: TenantPorts) -> None:
    """Remove data of an earlier run of a replay, which is a job of its own."""
    found = ports.invocations.get_many([page.target]).get(page.target)
    accepted_at = found.accepted_at if found else page.accepted_at
    head = InvocationSummary(page.target, "", "")
    _forget(
        JobSummary(id=page.target, accepted_at=accepted_at, invocations=(head,), ranges=SHARDS),
        ports,
    )


def _forget(job: JobSummary, ports: TenantPorts) -> None:
    if not ports.data.remove_job(job):
        raise Unfinished("some of a deleted tenant's job is left")
