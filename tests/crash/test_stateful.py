"""Whatever is done, in whichever order: what must hold after every step, and at the end."""

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from carillon.domain.audience.preferences import Preference, Preferences
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import NotFound
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.invocations import Progress
from carillon.usecases.activity import progress
from carillon.usecases.operations.cancel import cancel
from carillon.usecases.operations.replay import replay
from carillon.usecases.tenancy import deletion
from tests import builders as a
from tests.crash.kills import KillAt
from tests.crash.planning import Model
from tests.crash.scenario import (
    EARS,
    NEIGHBOUR,
    TENANT,
    add_neighbour,
    check_deleted,
    events,
    sent_to_neighbour,
    simulation,
    to_everybody,
)
from tests.simulation import NoFaults

EXAMPLES = int(os.environ.get("CRASH_EXAMPLES", "100"))
STEPS = 40

kinds = st.integers(0, 10)
numbers = st.integers(0, 10**6)


class Carillon(RuleBasedStateMachine):
    """A tenant, its callers, its admins, and processes that die."""

    def __init__(self):
        super().__init__()
        self.sim = simulation()
        self.asked = {}  # every event that a caller named, accepted or not
        self.final = {}  # the statuses that must never change again
        self.replays = 0
        self.deleted_at = None  # or when its deletion began
        add_neighbour(self.sim.fakes)
        self.examples = [*events(10), to_everybody("everybody")]
        self.model = Model()

    # -- what callers do

    @rule(kind=kinds)
    def accept(self, kind):
        id = f"tx{len(self.asked)}"
        self._accept(replace(self.examples[kind], transaction_id=id))

    @rule(number=numbers)
    @precondition(lambda self: any(id.startswith("tx") for id in self.asked))
    def accept_again(self, number):
        ids = sorted(id for id in self.asked if not id.startswith(NEIGHBOUR))
        self._accept(self.asked[ids[number % len(ids)]])

    def _accept(self, trigger):
        self.asked[trigger.transaction_id] = trigger
        self.model.ask(trigger.transaction_id, trigger)
        self.sim.trigger(trigger)

    @rule()
    def the_neighbour_accepts(self):
        id = f"{NEIGHBOUR}{len(self.asked)}"
        self.asked[id] = a.trigger("order", transaction_id=id)
        self.sim.trigger(self.asked[id], tenant=NEIGHBOUR)

    # -- what admins do

    @rule(really=st.sampled_from([False, False, True]))
    @precondition(lambda self: len(self.asked) > 2)
    def deletion(self, really):
        if really and TENANT in self.sim.fakes.tenants.by_id:
            self._delete()

    def _delete(self):
        self.sim.operate("delete", lambda ports: deletion.begin(TENANT, ports=ports))
        self.deleted_at = self.sim.fakes.tenants.get(TENANT).deleting_since

    @rule(number=numbers)
    @precondition(lambda self: self._events() and not self.deleted_at)
    def cancel(self, number):
        with_no_faults(self.sim, cancel, self._one_of(number))

    @rule(number=numbers)
    @precondition(lambda self: self._events() and not self.deleted_at)
    def replay(self, number):
        self.replays += 1

        def ask(invocation, *, ports):
            statuses = [Status.SENT, Status.FAILED, Status.CANCELLED]
            replay(f"r{self.replays}", invocation=invocation, statuses=statuses, ports=ports)

        with_no_faults(self.sim, ask, self._one_of(number))

    def _one_of(self, number):
        ids = self._events()
        return ids[number % len(ids)]

    def _events(self):
        return sorted(id for id in self.sim.acknowledged if not id.startswith(NEIGHBOUR))

    @precondition(lambda self: not self.deleted_at)
    @rule(id=st.sampled_from(["int_slack", "int_webhook", "int_ses"]), active=st.booleans())
    def switch_integration(self, id, active):
        stored = self.sim.fakes.integrations.get(TENANT, id)
        changed = replace(stored, active=active, version=stored.version + 1)
        self.sim.fakes.integrations.put(TENANT, changed)

    @precondition(lambda self: not self.deleted_at)
    @rule(channel=st.sampled_from([None, Channel.EMAIL, Channel.CHAT, "slack"]))
    def mute(self, channel):
        event = self.sim.fakes.event_types.get(TENANT, "default/default", "welcome")
        muted = frozenset({channel} if channel else ())
        changed = replace(event, muted=muted, version=event.version + 1)
        self.sim.fakes.event_types.save(TENANT, changed, expected=event.version)

    @precondition(lambda self: not self.deleted_at)
    @rule(number=st.integers(0, 29), enabled=st.booleans())
    def prefer(self, number, enabled):
        people = self.sim.fakes.subscribers.get_many(TENANT, [f"m{number}"])
        overall = Preferences(overall=Preference(enabled=enabled))
        changed = [
            replace(one, preferences=overall, version=one.version + 1) for one in people.values()
        ]
        self.sim.fakes.subscribers.save(TENANT, changed)
        if changed:
            self.model.note("wants", f"m{number}", holds=enabled)

    @precondition(lambda self: not self.deleted_at)
    @rule(ear=st.sampled_from(EARS), active=st.booleans())
    def switch_subscription(self, ear, active):
        event, _, integration = ear
        stored = self.sim.fakes.subscriptions.get(TENANT, f"{event}.{integration}")
        self.sim.fakes.subscriptions.put(TENANT, replace(stored, active=active))
        self.model.note("hears", stored.id, holds=active)

    @precondition(lambda self: not self.deleted_at)
    @rule(number=st.integers(0, 29), joins=st.booleans())
    def move_member(self, number, joins):
        topics = self.sim.fakes.topics
        (topics.add_members if joins else topics.remove_members)(TENANT, "t", [f"m{number}"])
        self.model.note("member", f"m{number}", holds=joins)

    @precondition(lambda self: not self.deleted_at)
    @rule(active=st.booleans())
    def switch_tenant(self, active):
        tenant = self.sim.fakes.tenants.get(TENANT)
        self.sim.fakes.tenants.put(replace(tenant, active=active))

    @rule(number=st.integers(0, 29))
    def remove_subscriber(self, number):
        try:
            self.sim.fakes.subscribers.remove(TENANT, f"m{number}")
        except NotFound:
            return
        for fact in ("member", "exists"):
            self.model.note(fact, f"m{number}", holds=False)
        self.model.note("wants", f"m{number}", holds=True)  # whoever has the id next

    # -- what happens

    @rule(seconds=st.sampled_from([1, 5, 30, 120, 600, 3_600, 40_000]))
    def time_passes(self, seconds):
        self.sim.run(timedelta(seconds=seconds))

    @rule(share=st.sampled_from([0.0, 0.5, 1.0]))
    def messages_come_twice(self, share):
        self.sim.queues.twice = share

    @rule(share=st.sampled_from([0.0, 0.5, 1.0]))
    def queues_refuse(self, share):
        self.sim.queues.refused = share

    @rule(steps=st.lists(st.integers(1, 60), min_size=1, max_size=3))
    def processes_die(self, steps):
        self.sim.faults = KillAt(*steps)

    @rule()
    def letters_are_redriven(self):
        self.sim.queues.redrive()

    # -- what holds

    @invariant()
    def a_final_state_is_final(self):
        records = self.sim.records()
        for id, status in self.final.items():
            if id not in records:
                assert self.deleted_at, "only what a deleted tenant had goes"
                continue
            assert records[id].status is status, (status, records[id])
        self.final = {id: one.status for id, one in records.items() if one.status.final}

    @invariant()
    def nothing_is_delivered_that_nobody_asked_for(self):
        for one in self.sim.records().values():
            assert one.invocation in self.asked or one.invocation.startswith("rpl_"), one

    @invariant()
    def nothing_is_sent_twice_but_what_a_dead_process_left_unrecorded(self):
        taken = Counter(sent.delivery for sent in self.sim.sent if sent.accepted)
        assert all(count <= 1 + self.sim.forgiven[id] for id, count in taken.items())

    @invariant()
    def nothing_is_sent_of_a_tenant_that_is_deleted(self):
        if self.deleted_at:
            own = (sent for sent in self.sim.sent if not sent_to_neighbour(sent))
            assert all(sent.at <= self.deleted_at for sent in own)

    @invariant()
    def histories_are_whole_and_in_order(self):
        for one in self.sim.records().values():
            times = [attempt.at for attempt in one.history]
            assert len(times) == one.attempts
            assert times == sorted(times)

    def teardown(self):
        """All comes to an end, and the counts say so."""
        self.sim.faults = NoFaults()
        self.sim.queues.refused = 0.0
        self.sim.settle()
        if self.deleted_at and TENANT in self.sim.fakes.tenants.by_id:
            self._delete()  # whoever got no answer asks again
            self.sim.settle()
        self.a_final_state_is_final()
        self.nothing_is_sent_of_a_tenant_that_is_deleted()
        self.nothing_is_sent_twice_but_what_a_dead_process_left_unrecorded()
        grouped = self.sim.by_invocation()
        for id in self.sim.acknowledged:
            tenant = NEIGHBOUR if id.startswith(NEIGHBOUR) else TENANT
            if tenant == NEIGHBOUR:
                assert [one.status for one in grouped[id] if not one.skip] == [Status.SENT]
            elif self.deleted_at:
                assert id not in grouped
                continue
            followed = progress.follow(id, ports=self.sim.ports.of(tenant))
            recount = Counter(one.status for one in grouped.get(id, ()))
            recount[Status.SKIPPED] += sum(followed.reach.skipped.values())
            assert followed.counts == +recount
            assert sum(followed.counts.values()) == followed.planned
            assert followed.progress not in {Progress.ACCEPTED, Progress.PROCESSING}
            assert all(status.final for status in recount), recount
            if tenant == TENANT:
                self.model.check(id, grouped.get(id, ()), followed.reach.skipped)
        assert self.sim.fakes.waiting.first_sweep() is None
        if self.deleted_at:
            check_deleted(self.sim)


def with_no_faults(sim, act, invocation):
    """An admin's call, which says so when there is nothing to act on yet."""
    faults, sim.faults = sim.faults, NoFaults()
    refused, sim.queues.refused = sim.queues.refused, 0.0
    try:
        act(invocation, ports=sim.ports.of(a.TENANT))
    except NotFound:
        return
    finally:
        sim.faults, sim.queues.refused = faults, refused


TestCarillon = Carillon.TestCase
TestCarillon.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
