"""Two callers who write at the same time get what they would get one after the other.

Every call that writes is raced against itself and against each switch that it meets: the other call
happens before or after each write of the first. Both are answered as in one of the two orders, with
that order's state; or one of them is turned away, and has left nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from carillon.domain.audience.subscribers import Registration
from carillon.domain.audience.topics import Topic
from carillon.domain.catalogue.applications import Application
from carillon.domain.integrations import senders
from carillon.domain.integrations.senders import Sender
from carillon.domain.subscriptions.subscriptions import EndpointKind
from carillon.domain.tenancy.quotas import Quotas
from carillon.usecases.audience import updates
from carillon.usecases.subscriptions import endpoints
from carillon.usecases.subscriptions.endpoints import EndpointDraft
from tests import builders as a
from tests import fakes, gateway
from tests.simulation import turns
from tests.simulation.turns import Moment, Turns
from tests.unit import examples
from tests.unit.writers import state, table
from tests.unit.writers.table import SWITCHES, Row

TURNED_AWAY = {409, 503}
ROWS = table.rows()
# What every call reads, whoever makes it.
EVERYBODYS = {"tenants", "api_keys", "guards", "operator", "record"}
ASKING = "test:request-response"
MAIL = "ana@example.com"


class Outcome(NamedTuple):
    """What the two were answered, None for a call that was not made, and what is stored then."""

    first: int | None
    second: int | None
    state: Any


def draft(event: str, n: int = 0) -> EndpointDraft:
    settings = {"endpoint": f"https://example.com/{n}"}
    defaults = {"callback": "https://api.example.com"}
    return EndpointDraft(
        event=event,
        name=f"hook {n}",
        endpoint=EndpointKind.HTTP,
        settings=settings,
        defaults=defaults,
    )


def world() -> tuple[fakes.World, str]:
    """The examples' shop, with something to remove, and the id of a subscription's endpoint."""
    ports = examples.world()
    own, times = ports.of(a.TENANT), {"created_at": a.NOW, "updated_at": a.NOW}
    ports.applications.put(a.TENANT, Application(path=table.EMPTY, name="Empty", **times))
    for name, id in (("free", table.FREE), ("free-too", table.FREE_TOO)):
        ports.integrations.put(a.TENANT, a.webhook(id, identifier=name))
    ports.topics.put(a.TENANT, Topic(key="empty", name="Empty", **times))
    registered = Registration(application=table.SHOP)
    updates.change(MAIL, lambda one: replace(one, registrations=(registered,)), ports=own)
    made = endpoints.create(draft(examples.EVENT), application="default/default", ports=own)
    ports.senders.add(a.TENANT, table.SENDER)
    return ports, made.subscription.id


def as_it_is(ports: fakes.World) -> fakes.World:
    return ports


_ALONE: dict[Row, Turns] = {}


class Race:
    """Two calls in as many worlds as there are moments at which the second can happen."""

    def __init__(
        self,
        patched: pytest.MonkeyPatch,
        first: Row,
        second: Row,
        prepared: Callable[[fakes.World], fakes.World] | None = None,
    ) -> None:
        self.first, self.second, self._prepared = first, second, prepared or as_it_is
        self._callers = state.Callers()
        self._callers.patch(patched)
        self.alone, self.other = self._alone(first), self._alone(second)

    @property
    def meets(self) -> bool:
        """Whether one of them writes what the other reads or writes."""
        one, other = self.alone, self.other
        read = (one.written & other.touched) | (other.written & one.touched)
        return bool((one.written & other.written) | (read - EVERYBODYS))

    def outcomes(self) -> list[tuple[Moment, Outcome]]:
        moments = [
            Moment(number, after=after)
            for number in range(1, len(self.alone.writes) + 1)
            for after in (False, True)
        ]
        return [(moment, self._run(Turns(moment), self.first)[1]) for moment in moments]

    def orders(self) -> list[Outcome]:
        """The outcomes of one after the other, and of one alone whose rival was turned away."""
        first_second, second_first = self._in_order(False), self._in_order(True)
        alone = self._in_order(False, only=True), self._in_order(True, only=True)
        return [first_second, second_first, *alone]

    def is_in_order(self, found: Outcome, orders: list[Outcome]) -> bool:
        *both, first, second = orders
        if found in both:
            return True
        if found.second in TURNED_AWAY and found == first._replace(second=found.second):
            return True
        if found.first in TURNED_AWAY and found == second._replace(first=found.first):
            return True
        # What two have removed at the same time each may say that it has removed.
        removed = self.first.method == self.second.method == "DELETE"
        return removed and found[:2] in {(200, 200), (204, 204)} and found.state == both[0].state

    def _alone(self, row: Row) -> Turns:
        """Return what a call does without another; looked at once, where the world is the same."""
        if self._prepared is not as_it_is:
            return self._run(Turns(), row)[0]
        if row not in _ALONE:
            _ALONE[row] = self._run(Turns(), row)[0]
        return _ALONE[row]

    def _run(self, watch: Turns, first: Row) -> tuple[Turns, Outcome]:
        ports, endpoint = self._world()
        answers: dict[str, int] = {}

        def call(caller: str, row: Row) -> None:
            with self._callers.at_work(caller):
                answers[caller] = row.call(endpoint)

        watch.meanwhile = lambda: call("B", self.second)
        with gateway.using(turns.over(ports, watch)):
            call("A", first)
        return watch, Outcome(answers["A"], answers.get("B"), state.of(ports))

    def _world(self) -> tuple[fakes.World, str]:
        with self._callers.preparing():
            ports, endpoint = world()
            return self._prepared(ports), endpoint

    def _in_order(self, turned: bool, *, only: bool = False) -> Outcome:
        ports, endpoint = self._world()
        order = [("A", self.first), ("B", self.second)]
        answers: dict[str, int] = {}
        with gateway.using(ports):
            for caller, row in list(reversed(order) if turned else order)[: 1 if only else 2]:
                with self._callers.at_work(caller):
                    answers[caller] = row.call(endpoint)
        return Outcome(answers.get("A"), answers.get("B"), state.of(ports))


def assert_in_some_order(race: Race) -> None:
    found = race.outcomes()
    orders = race.orders() if found else []
    for moment, outcome in found:
        both = orders[:2]
        # Where the write is refused there is no moment after it.
        assert outcome.second is None or race.is_in_order(outcome, orders), (
            f"{race.first} | {race.second} at {moment}: "
            f"{outcome[:2]}, in order {[one[:2] for one in both]}\n"
            + difference(outcome.state, [one.state for one in both])
        )


def difference(found: Any, others: list[Any]) -> str:
    return "\n".join(
        f"{name}: {found[name]!r}\n  in order {[other[name] for other in others]!r}"
        for name in found
        if all(found[name] != other[name] for other in others)
    )


def test_every_call_that_writes_is_raced():
    known = {(row.function, row.method) for row in ROWS}

    assert known == table.served(), "add a row to tests/unit/writers/table.py"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_call_in_the_table_succeeds(row, monkeypatch):
    race = Race(monkeypatch, row, row)

    assert race.orders()[2].first in {200, 201, 202, 204}
    assert race.alone.writes


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_two_who_make_the_same_call(row, monkeypatch):
    assert_in_some_order(Race(monkeypatch, row, row))


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_call_beside_each_switch(row, monkeypatch):
    for switch in SWITCHES:
        race = Race(monkeypatch, row, switch)
        if race.meets:
            assert_in_some_order(race)
            assert_in_some_order(Race(monkeypatch, switch, row))


def few_integrations(ports):
    most = len(ports.integrations.all(a.TENANT)) + 1
    return replace(ports, quotas=Quotas(integrations=most))


def few_endpoints(ports):
    return replace(ports, quotas=Quotas(endpoints=2))


def many_endpoints(ports):
    for n in range(endpoints.MOST - 2):
        made = draft(examples.EVENT, n)
        endpoints.create(made, application="default/default", ports=ports.of(a.TENANT))
    return ports


def many_senders(ports):
    for n in range(senders.MOST - 1 - len(ports.senders.of_tenant(a.TENANT))):
        ports.senders.add(a.TENANT, Sender(email=f"s{n}@example.com", created_at=a.NOW))
    return ports


def hook(name: str, **fields: Any) -> Row:
    settings = {"url": f"https://example.com/{name}"}
    body = {"provider": "webhook", "identifier": name, "settings": settings, **fields}
    return Row("admin/integrations", "POST", body)


def listener(name: str, event: str) -> Row:
    target = {"url": f"https://example.com/{name}", "httpDispatchMode": "SYNC"}
    body = {"name": name, "triggerId": event, "type": "HTTP", "httpConfig": target}
    return Row("sailpoint/subscriptions", "POST", body)


def sender(name: str) -> Row:
    return Row("sailpoint/verified_from_addresses", "POST", {"email": f"{name}@example.com"})


def renamed(id: str) -> Row:
    return Row("novu/integration", "PUT", {"identifier": "same"}, path={"integration": id})


def preferred(id: str) -> Row:
    return Row("admin/integration", "PATCH", {"primary": True}, path={"integration": id})


@pytest.mark.parametrize(
    ("prepared", "first", "second"),
    [
        (few_integrations, hook("a"), hook("b")),
        (as_it_is, hook("a"), hook("a", primary=True)),
        (as_it_is, hook("a", primary=True), hook("b", primary=True)),
        (as_it_is, hook("a", primary=True), preferred(table.FREE)),
        (as_it_is, preferred(table.FREE_TOO), preferred(table.FREE)),
        (as_it_is, preferred(table.FREE), Row("admin/integration", "DELETE")),
        (as_it_is, renamed(table.FREE), renamed(examples.MAIL)),
        (as_it_is, hook("same"), renamed(table.FREE)),
        (as_it_is, listener("a", ASKING), listener("b", ASKING)),
        (few_endpoints, listener("a", ASKING), listener("b", examples.EVENT)),
        (many_endpoints, listener("a", examples.EVENT), listener("b", examples.EVENT)),
        (many_senders, sender("a"), sender("b")),
    ],
    ids=lambda each: getattr(each, "__name__", str(each)),
)
def test_what_is_unique_or_limited_is_so_for_two_at_once(prepared, first, second, monkeypatch):
    for pair in ((first, second), (second, first)):
        race = Race(monkeypatch, *pair, prepared)

        assert race.alone.writes
        assert_in_some_order(race)
