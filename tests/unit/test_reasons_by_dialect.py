"""Each reason not to be reached, caused and read by each API that can: nothing ends in silence."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from novu_py.models import ActivitiesResponseDto

from carillon.domain.audience.subscribers import SubscriberChanges
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.skips import SENTENCES, SkipReason
from carillon.domain.intake.triggers import TopicRecipient, Trigger
from carillon.domain.subscriptions.subscriptions import EndpointKind, Target
from carillon.domain.tenancy.access import Scope
from tests import builders as a
from tests import gateway
from tests.simulation import Simulation
from tests.skipping import CASES, ask, change, happen, simulation
from tests.unit.admin.conftest import Api as AdminApi
from tests.unit.bitcaster.conftest import Api as BitcasterApi
from tests.unit.novu.conftest import Api as NovuApi
from tests.unit.sailpoint.conftest import Api as SailpointApi

PATH = "/api/o/acme/p/default/a/default/e/welcome"


@dataclass
class Caller:
    """One API's way to trigger an event and to read what became of it."""

    sim: Simulation
    key: str
    ids: list[str] = field(default_factory=list)

    def trigger(self, trigger: Trigger) -> None:
        self.sim.trigger(trigger)

    def told(self) -> dict[str, str]:
        """Return each reason that the API tells, with its sentence."""
        raise NotImplementedError


class Admin(Caller):
    def told(self) -> dict[str, str]:
        api = AdminApi(self.key)
        counted = api.ok("GET", "/invocations/t1")
        assert counted["status"] not in {"accepted", "processing"}
        rows = api.ok("GET", "/invocations/t1/deliveries", status="skipped")["items"]
        own = {row["reason"]: row["explanation"] for row in rows}
        return {reason: SENTENCES[SkipReason(reason)] for reason in counted["skipped"]} | own


class Novu(Caller):
    def trigger(self, trigger: Trigger) -> None:
        body: dict[str, Any] = {"name": trigger.event, "transactionId": trigger.transaction_id}
        body |= {"to": [_novu(one) for one in trigger.recipients], "payload": trigger.payload}
        if trigger.actor:
            body["actor"] = trigger.actor.id
        if trigger.context:
            body["tenant"] = trigger.context.identifier
        answer = NovuApi(self.key).ok("POST", "/v1/events/trigger", body)
        assert answer["status"] == "processed"

    def told(self) -> dict[str, str]:
        api = NovuApi(self.key)
        page = api.ok("GET", "/v1/notifications")
        ActivitiesResponseDto.model_validate(page)  # as novu-py reads it
        listed = page["data"]
        assert listed == api.ok("GET", "/v1/notifications", transactionId="t1")["data"]
        for one in listed:
            assert api.ok("GET", f"/v1/notifications/{one['_id']}") == one
            details = api.ok("GET", "/v1/execution-details", notificationId=one["_id"])
            jobs = [detail for job in one["jobs"] for detail in job["executionDetails"]]
            assert [detail["_id"] for detail in details] == [detail["_id"] for detail in jobs]
        return {
            json.loads(detail["raw"])["code"]: detail["detail"]
            for one in listed
            for job in one["jobs"]
            if job["status"] == "skipped"
            for detail in job["executionDetails"]
        }


def _novu(one: Any) -> Any:
    if isinstance(one, TopicRecipient):
        return {"type": "Topic", "topicKey": one.topic, "exclude": list(one.exclude)}
    email = {"email": one.email} if isinstance(one.email, str) else {}
    return {"subscriberId": one.id, **email}


class Bitcaster(Caller):
    """Its events go to subscriptions: whom the trigger names, subscribes."""

    def trigger(self, trigger: Trigger) -> None:
        fakes = self.sim.fakes
        for number, one in enumerate(trigger.recipients):
            if isinstance(one, SubscriberChanges):
                target, id = Target.SUBSCRIBER, one.id
                if not fakes.subscribers.get_many(a.TENANT, [id]):
                    fakes.subscribers.save(a.TENANT, [a.subscriber(id)])
            else:
                assert isinstance(one, TopicRecipient)
                target, id = Target.TOPIC, one.topic
            fakes.subscriptions.put(
                a.TENANT, replace(a.subscription(target, id), id=f"sub_{number}")
            )
        options = {}
        if trigger.narrowing:
            options = {"limit_to": list(trigger.narrowing.addresses)}
        answer = BitcasterApi(fakes, self.key)(
            "POST", f"{PATH}/trigger/", {"context": trigger.payload, "options": options}
        )
        assert answer.status == 201
        self.ids.append(answer.json["occurrence"])

    def told(self) -> dict[str, str]:
        api = BitcasterApi(self.sim.fakes, self.key)
        found = api.ok("GET", f"{PATH}/o/{self.ids[0]}/")
        assert found["status"] in {"COMPLETED", "FAILED"}
        return {one["reason"]: one["explanation"] for one in found["skipped"]}


class Sailpoint(Caller):
    """Its subscription has an endpoint; whoever triggers the event."""

    def told(self) -> dict[str, str]:
        rows = SailpointApi(self.key).ok("GET", "/trigger-invocations/status")
        told = {}
        for row in rows:
            assert (row["triggerId"], row["subscriptionId"]) == ("welcome", "sub_hook")
            assert row["completed"] is not None
            message = row["completeInvocationInput"]["localizedError"]["message"]
            reason, _, sentence = message.removeprefix("Skipped (").partition("): ")
            told[reason] = sentence
        return told


def hooked(sim: Simulation, **fields: Any) -> None:
    """Subscribe an endpoint to the event, as SailPoint's API does."""
    hook = a.integration("http-endpoint", Channel.WEBHOOK, id="int_hook", owner="sub_hook")
    sim.fakes.integrations.put(a.TENANT, hook)
    known = {"id": "sub_hook", "endpoint": EndpointKind.HTTP}
    subscription = replace(a.subscription(Target.ENDPOINT, "int_hook"), **(known | fields))
    sim.fakes.subscriptions.put(a.TENANT, subscription)


def filtered(sim: Simulation) -> None:
    hooked(sim, filter="$[?(@.city == 'Rome')]")


MANY = [{"b": number} for number in range(1_500)]


def too_costly(sim: Simulation) -> None:
    hooked(sim, filter="$.many[?($..b == $..b)]")


def inactive(sim: Simulation) -> None:
    hook = sim.fakes.integrations.get(a.TENANT, "int_hook")
    off = replace(hook, active=False, version=hook.version + 1)
    sim.fakes.integrations.put(a.TENANT, off)


ENDPOINT_CASES: dict[SkipReason, Callable[[Simulation], None]] = {
    SkipReason.FILTERED: filtered,
    SkipReason.FILTER_FAILED: too_costly,
    SkipReason.INTEGRATION_INACTIVE: inactive,
    SkipReason.NO_INTEGRATION: lambda sim: sim.fakes.integrations.remove(a.TENANT, "int_hook"),
    SkipReason.MUTED: lambda sim: change(sim, muted=frozenset({Channel.WEBHOOK})),
    SkipReason.EVENT_TYPE_INACTIVE: lambda sim: change(sim, active=False),
    SkipReason.EVENT_TYPE_LOCKED: lambda sim: change(sim, locked=True),
    SkipReason.PAUSED: lambda sim: change(sim, paused=True),
}


@pytest.mark.parametrize("reason", ENDPOINT_CASES)
def test_sailpoint_tells_why_a_subscription_did_not_hear_an_event(reason: SkipReason):
    sim = simulation()
    hooked(sim)
    with gateway.using(sim.ports):
        caller = Sailpoint(sim, gateway.issue_key(sim.fakes, a.TENANT, *Scope))
        ask(sim, recipients=(), payload={"city": "Oslo", "many": MANY})
        ENDPOINT_CASES[reason](sim)
        sim.run()

        assert caller.told() == {reason: SENTENCES[reason]}


def test_novu_and_the_admin_api_tell_of_an_event_whose_transaction_id_came_before():
    sim = simulation()
    happen(sim)
    sim.clock.advance(1)
    happen(sim)
    with gateway.using(sim.ports):
        key = gateway.issue_key(sim.fakes, a.TENANT, *Scope)
        newest, first = NovuApi(key).ok("GET", "/v1/notifications")["data"]
        listed = AdminApi(key).ok("GET", "/invocations")["items"]

    [job] = newest["jobs"]
    assert (job["type"], job["status"]) == ("trigger", "skipped")
    assert job["executionDetails"][0]["detail"] == SENTENCES[SkipReason.DUPLICATE]
    assert [job["status"] for job in first["jobs"]] == ["completed"]
    assert [one["skipped"] for one in listed] == [{"duplicate_transaction": 1}, {}]
    ActivitiesResponseDto.model_validate(
        {"data": [newest, first], "page": 0, "pageSize": 10, "hasMore": False}
    )


def to_an_integration(sim: Simulation) -> None:
    """Subscribe a Slack channel to the event, as Confluent's API does."""
    slack = a.integration("slack", Channel.CHAT, id="int_ops", identifier="ops", owner="sub_ops")
    sim.fakes.integrations.put(a.TENANT, slack)
    subscription = replace(a.subscription(Target.INTEGRATION, "int_ops"), id="sub_ops")
    sim.fakes.subscriptions.put(a.TENANT, subscription)


def switched_off(sim: Simulation) -> None:
    slack = sim.fakes.integrations.get(a.TENANT, "int_ops")
    sim.fakes.integrations.put(a.TENANT, replace(slack, active=False, version=slack.version + 1))


def never(sim: Simulation) -> None:
    subscription = sim.fakes.subscriptions.get(a.TENANT, "sub_ops")
    sim.fakes.subscriptions.put(a.TENANT, replace(subscription, filter="$[?(@.city == 'Rome')]"))


SUBSCRIBED_CASES: dict[SkipReason, Callable[[Simulation], None]] = {
    SkipReason.INTEGRATION_INACTIVE: switched_off,
    SkipReason.MUTED: lambda sim: change(sim, muted=frozenset({Channel.CHAT})),
    SkipReason.FILTERED: never,
    SkipReason.NO_INTEGRATION: lambda sim: sim.fakes.integrations.remove(a.TENANT, "int_ops"),
    SkipReason.NOBODY: lambda sim: sim.fakes.subscriptions.remove(a.TENANT, "sub_ops"),
    SkipReason.PAUSED: lambda sim: change(sim, paused=True),
}


@pytest.mark.parametrize("api", [Admin, Novu])
@pytest.mark.parametrize("reason", SUBSCRIBED_CASES)
def test_whoever_looks_is_told_why_an_integration_that_subscribes_did_not_hear_an_event(
    reason: SkipReason, api: type[Caller]
):
    sim = simulation()
    to_an_integration(sim)
    with gateway.using(sim.ports):
        caller = api(sim, gateway.issue_key(sim.fakes, a.TENANT, *Scope))
        sim.trigger(a.trigger("welcome", recipients=(), transaction_id="t1"))
        SUBSCRIBED_CASES[reason](sim)
        sim.run()

        assert caller.told() == {reason: SENTENCES[reason]}


def test_novu_lists_what_an_integration_heard_beside_what_people_did():
    sim = simulation()
    sim.fakes.integrations.put(a.TENANT, a.webhook())
    sim.fakes.subscriptions.put(a.TENANT, a.subscription(Target.INTEGRATION, "int_webhook"))
    with gateway.using(sim.ports):
        happen(sim)
        api = NovuApi(gateway.issue_key(sim.fakes, a.TENANT, *Scope))
        to_ana, to_hook = api.ok("GET", "/v1/notifications")["data"]
        by_chat = api.ok("GET", "/v1/notifications", channels="chat")["data"]

    assert (to_ana["_subscriberId"], to_ana["channels"]) == ("ana", ["email"])
    assert (to_hook["_subscriberId"], to_hook["channels"]) == ("", ["chat"])
    assert [job["status"] for job in to_hook["jobs"]] == ["completed"]
    assert by_chat == [to_hook]


# What an API cannot say, and so cannot cause.
UNSAYABLE = {
    Admin: set(),
    Novu: {SkipReason.NARROWED, SkipReason.NOBODY, SkipReason.FILTERED, SkipReason.FILTER_FAILED},
    Bitcaster: {SkipReason.INTEGRATION_CONDITIONS, SkipReason.ACTOR, SkipReason.EXCLUDED},
}
TABLE = [
    (reason, api)
    for api, unsayable in UNSAYABLE.items()
    for reason in CASES
    if reason not in unsayable
]


@pytest.mark.parametrize(("reason", "api"), TABLE, ids=str)
def test_an_api_tells_the_reasons_that_it_can_cause(reason: SkipReason, api: type[Caller]):
    sim = simulation()
    with gateway.using(sim.ports):
        caller = api(sim, gateway.issue_key(sim.fakes, a.TENANT, *Scope))
        sim.door = caller.trigger
        CASES[reason](sim)

        assert caller.told().get(reason) == SENTENCES[reason]
