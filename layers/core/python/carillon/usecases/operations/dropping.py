"""End the work of a dead letter that the operator gives up: else it would stay open for ever."""

from carillon.domain.activity import history
from carillon.domain.activity.dead_letters import Taken
from carillon.domain.base import ids
from carillon.domain.base.errors import Invalid
from carillon.domain.delivery import lifecycle
from carillon.domain.delivery.deliveries import Chunk, Held
from carillon.domain.delivery.lifecycle import OpenDelivery
from carillon.domain.delivery.waiting import DeliveryKey, Retry
from carillon.ports import Ports, TenantPorts
from carillon.usecases.audience.erasures import ErasedDeliveries
from carillon.usecases.operations.cancel import end_waiting
from carillon.usecases.tenancy import tenants


def end(taken: Taken, *, ports: Ports) -> bool:
    """Drop the letter's deliveries; return whether nothing depends on the letter any more.

    Nothing is stored under ids that no key can hold, as of a tenant without a name: such a letter
    must not keep those beside it.
    """
    try:
        return _end(taken, ports)
    except Invalid:
        return True


def _end(taken: Taken, ports: Ports) -> bool:
    if taken.work and tenants.is_gone(ports=ports.of(taken.work.tenant)):
        return True
    match taken.work:
        case Chunk() as chunk:
            return _drop(chunk, ports.of(chunk.tenant))
        case Retry() as retry:
            end_waiting(retry.deliveries, lifecycle.drop, ports=ports.of(retry.tenant))
    return True


def _drop(chunk: Chunk, ports: TenantPorts) -> bool:
    """Give each delivery a final state; return False if a worker holds the chunk.

    A delivery that is an item of its own by now is ended there, and its record in the chunk left as
    it is.
    """
    owner, now = ids.new(), ports.clock.now()
    claim = ports.chunks.claim(chunk, owner, now)
    if isinstance(claim, Held):
        return False
    before = claim.records
    keys = {one.id: DeliveryKey(one.invocation, one.id) for one in chunk.deliveries}
    unfinished = [keys[id] for id in keys if id in before and not before[id].status.final]
    elsewhere = end_waiting(unfinished, lifecycle.drop, ports=ports)
    erased = ErasedDeliveries(chunk.deliveries, chunk.details, ports=ports)
    records = dict(before)
    for delivery in chunk.deliveries:
        known = before.get(delivery.id)
        if known is None or not (known.status.final or keys[delivery.id] in elsewhere):
            open_delivery = OpenDelivery(
                delivery=delivery, channel=chunk.channel, since=now, record=known
            )
            end = lifecycle.erase if delivery in erased else lifecycle.drop
            records[delivery.id] = end(open_delivery, at=now)
    named = [delivery for delivery in chunk.deliveries if delivery not in erased]
    ports.history.add(history.entries(chunk, named))
    return ports.chunks.record(chunk, owner, records)
