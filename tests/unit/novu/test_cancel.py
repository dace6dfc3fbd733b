"""Novu's cancelling of a triggered event."""

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.transport import Response
from carillon.domain.tenancy.access import Scope
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from functions.novu.cancel_trigger.app import handler
from tests import builders as a
from tests import fakes, gateway


@pytest.fixture
def ports():
    egress = fakes.Egress(lambda _: Response(status=503))
    with gateway.using(a.world(egress=egress)) as ports:
        yield ports


def cancelled(ports, id, *scopes, method="DELETE", tenant=a.TENANT):
    key = gateway.issue_key(ports, tenant, *(scopes or (Scope.EVENT_TRIGGER,)))
    return gateway.call(
        handler,
        method,
        f"/v1/events/trigger/{id}",
        path_parameters={"proxy": id},
        authorization=f"ApiKey {key}",
    )


def waiting(ports, id="t/1"):
    """An event of which one delivery waits for a retry."""
    ana = a.person("ana", channels=(a.slack_address("ana"),))
    fan_out(a.job(a.invocation(id, ana)), ports=ports.of(a.TENANT))
    [chunk] = [c for c in ports.queues.chunks if c.channel is Channel.CHAT]
    deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: 60)


def test_what_waits_is_cancelled_once(ports):
    waiting(ports)

    first, second = cancelled(ports, "t/1"), cancelled(ports, "t/1")

    assert (first.status, first.json) == (200, {"data": True})
    assert second.json == {"data": False}
    assert ports.invocations.cancelled(a.TENANT, ["t/1"]) == {"t/1"}


def test_an_unknown_event_is_nothing_to_cancel(ports):
    answer = cancelled(ports, "never")

    assert (answer.status, answer.json) == (200, {"data": False})


@pytest.mark.parametrize("id", ["x" * 300, "\ud800", "a" * 5000])
def test_an_id_that_could_never_be_is_nothing_to_cancel_or_refused(ports, id):
    answer = cancelled(ports, id)

    assert answer.status in {200, 422}
    assert ports.invocations.marked == set()


def test_another_tenants_event_is_nothing_to_cancel(ports):
    waiting(ports)

    assert cancelled(ports, "t/1", tenant="globex").json == {"data": False}
    assert ports.invocations.marked == set()


def test_a_key_that_may_not_trigger_may_not_cancel(ports):
    waiting(ports)

    assert cancelled(ports, "t/1", Scope.EVENT_LIST).status == 403
    assert ports.invocations.marked == set()


def test_other_methods_are_not_allowed(ports):
    assert cancelled(ports, "t/1", method="GET").status == 405
