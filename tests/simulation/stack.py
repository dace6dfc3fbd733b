"""A tenant's Carillon: what happens is accepted, fanned out, delivered, retried and swept."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest import mock

from carillon.adapters.delivery import messages
from carillon.domain.activity.replays import Replay, ReplayRange
from carillon.domain.audience.erasures import ErasureStep
from carillon.domain.base.errors import Unavailable, Unfinished
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Chunk, DeliveryRecord
from carillon.domain.delivery.invocations import Job, TopicPage
from carillon.domain.delivery.transport import Request, Response
from carillon.domain.delivery.waiting import Retry
from carillon.domain.intake.triggers import Acceptance, Accepted, Trigger
from carillon.domain.tenancy.access import Deletion
from carillon.ports import Ports, TenantPorts
from carillon.ports.integrations import Provider, Providers
from carillon.usecases.delivery import attempts
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out, fan_out_page
from carillon.usecases.delivery.retry import retry
from carillon.usecases.delivery.sweep import sweep
from carillon.usecases.intake.trigger import accept
from carillon.usecases.operations.erase import erase_some
from carillon.usecases.operations.replay import replay_page, replay_some
from carillon.usecases.tenancy.deletion import delete_some
from tests import builders as a
from tests import fakes
from tests.fakes import Answer
from tests.rights.enforcing import Watched, title
from tests.simulation.faults import Crash, Faults, NoFaults, faulty
from tests.simulation.queues import Letter, SimulatedSqs
from tests.simulation.rendering import RememberingRenderer

MINUTE = timedelta(minutes=1)
PLENTY = 60.0
_SWEEPS_TOLD_APART = 10
_NOTHING_LASTS_LONGER = timedelta(days=10)
OK = 200

type Outside = Callable[[Request, datetime], Answer]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a provider got, of which delivery, and whether it took it."""

    at: datetime
    delivery: str
    request: Request
    accepted: bool


# What a provider does beside building requests.
_ASIDE = (
    *("id", "channel", "classify", "prepare", "check", "visible", "markups_at"),
    *("check_overrides", "takes", "own_overrides", "may_send_as", "senders_to_grant", "parts"),
    *("drops_repeats", "patience"),
)


class _Noting:
    """The providers; it is noted which delivery each request was built for."""

    def __init__(self, providers: Providers, built: dict[int, str]) -> None:
        self._real, self._built = providers, built
        self.ids = providers.ids

    def get(self, id: str) -> Any:
        provider = self._real.get(id)
        if id not in self.__dict__:
            self.__dict__[id] = SimpleNamespace(
                **{name: getattr(provider, name) for name in _ASIDE},
                build=partial(self._build, provider),
            )
        return self.__dict__[id]

    def _build(self, provider: Provider, message: Message, *rest: Any) -> Request:
        request = provider.build(message, *rest)
        self._built[id(request)] = message.id
        return request


def fine(_request: Request, _now: datetime) -> Answer:
    return Response(status=200, body=b"ok")


class Simulation:
    """`outside` answers for the providers. Every process that dies leaves the rest as it was."""

    def __init__(
        self,
        *,
        seed: int | str = 0,
        outside: Outside = fine,
        twice: float = 0.0,
        refused: float = 0.0,
        world: Callable[..., fakes.World] = a.world,
    ) -> None:
        self.chance = random.Random(seed)  # a seed repeats the run
        self.sent: list[Sent] = []
        self.forgiven: Counter[str] = Counter()
        self._built: dict[int, str] = {}
        self.crashes = 0
        self._processes = count(1)
        self._running: list[int] = []
        self._sent_by: dict[int, list[Sent]] = defaultdict(list)  # by process
        self.time_left = PLENTY
        self._outside = outside
        self.fakes = world(egress=fakes.Egress(self._answer))
        self._renderer = RememberingRenderer(self.fakes.renderer)
        self.clock = self.fakes.clock
        self._providers = _Noting(self.fakes.providers, self._built)
        self.queues = SimulatedSqs(self.clock, self.chance, twice=twice, refused=refused)
        self.faults = NoFaults()
        self.acknowledged: dict[str, Trigger] = {}
        self._swept_at = self.clock.now()
        self._sweeps = 0

    @property
    def faults(self) -> Faults:
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._faults = faults
        inside: Any = {
            "queues": self.queues.port(),
            "providers": self._providers,
            "renderer": self._renderer,
        }
        self.ports: fakes.World = faulty(replace(self.fakes, **inside), faults)
        self._rights: dict[str, Watched] = {}
        self._workers: dict[str, Ports] = {}
        self._tenants: dict[tuple[str, str], TenantPorts] = {}

    # -- what a caller does

    def trigger(self, *triggers: Trigger, tenant: str = a.TENANT) -> list[Acceptance]:
        """Accept; a process that dies has told the caller nothing."""
        answers: list[Acceptance] = []
        process = self._process(("accept", triggers[0].transaction_id))
        with process, suppress(Unavailable), no_pauses():  # the caller is told to ask again
            answers = accept(triggers, ports=self.ports.of(tenant))
        for trigger, answer in zip(triggers, answers, strict=False):
            if isinstance(answer, Accepted):
                self.acknowledged[answer.id] = trigger
        return answers

    def insist(self, *triggers: Trigger, tenant: str = a.TENANT) -> None:
        """Accept, as for a caller who asks again until each event is acknowledged."""
        while missing := [t for t in triggers if t.transaction_id not in self.acknowledged]:
            self.trigger(*missing, tenant=tenant)

    # -- what the operator does

    def operate(self, name: str, act: Callable[[fakes.World], object]) -> bool:
        """Whether it was answered: who gets no answer asks again, by the same name."""
        answered = False
        with self._process(("operator", name)), suppress(Unavailable), no_pauses():
            act(self.ports)
            answered = True
        return answered

    # -- time

    def run(self, until: timedelta | None = None) -> None:
        """Let time pass until nothing more will happen, or for as long as given."""
        end = self.clock.now() + until if until else None
        latest = self.clock.now() + _NOTHING_LASTS_LONGER
        with inline_senders(), no_pauses():
            while (at := self._next()) is not None and (end is None or at <= end):
                assert at < latest, "it never comes to an end"
                self.clock.set(max(at, self.clock.now()))
                if at == self._sweep_due():
                    self._sweep()
                else:
                    self.work()
        if end:
            self.clock.set(max(end, self.clock.now()))

    def settle(self) -> None:
        """Run, with somebody who gives dead letters another chance until there are none."""
        self.run()
        while self.queues.dead:
            self.queues.redrive()
            self.run()

    def work(self) -> None:
        """Let another process have the next message that is visible now, if there is one."""
        if letter := self.queues.receive():
            self._work(letter)

    def _next(self) -> datetime | None:
        times = [at for at in (self.queues.next_at(), self._sweep_due()) if at is not None]
        return min(times, default=None)

    def _sweep_due(self) -> datetime | None:
        """When a sweep will next find something: those in between would find nothing."""
        first = self.fakes.waiting.first_sweep()
        if first is None:
            return None
        minutes = max(1, -(-(first - MINUTE - self._swept_at) // MINUTE))
        return self._swept_at + minutes * MINUTE

    def _sweep(self) -> None:
        self._swept_at = self.clock.now()
        self._sweeps += 1
        # A process that kills each sweep once would leave none to find anything.
        process = self._process(("sweep", min(self._sweeps, _SWEEPS_TOLD_APART)))
        worker = self._as("WorkersSweepFunction")
        with process, suppress(Unavailable), worker as ports:  # the next sweep finds the rest
            sweep(ports=ports, time_left=lambda: self.time_left)

    def _work(self, letter: Letter) -> None:
        done = False
        with self._process(("message", letter.id)):
            try:
                self._run(messages.decode(letter.body))
                done = True
            except Unfinished:
                pass
            except Exception:  # noqa: BLE001  # as the worker does: it comes again
                self._forgive()
        if done:
            self.queues.delete(letter)
        else:
            self.queues.give_back(letter)

    def _run(self, message: messages.Message) -> None:
        function = worker_of(message)
        with self._as(function) as ports:
            own = self._bound(ports, function, message.tenant)
            match message:
                case Job():
                    fan_out(message, ports=own)
                case TopicPage():
                    fan_out_page(message, ports=own)
                case Replay():
                    replay_page(message, ports=own)
                case ReplayRange():
                    replay_some(message, ports=own)
                case ErasureStep():
                    erase_some(message, ports=own)
                case Deletion():
                    delete_some(message, ports=ports)
                case Chunk():
                    deliver(message, ports=own, time_left=lambda: self.time_left)
                case Retry():
                    retry(message, ports=own, time_left=lambda: self.time_left)

    @contextmanager
    def _as(self, function: str) -> Iterator[Ports]:
        """The ports, with no more rights than this function has."""
        if function not in self._rights:
            self._rights[function] = Watched(function)
            self._workers[function] = self._rights[function].over(self.ports)
        yield self._workers[function]
        self._rights[function].check()

    def _bound(self, ports: Ports, function: str, tenant: str) -> TenantPorts:
        """The tenant's ports, made once: a run asks for them at each message."""
        if (function, tenant) not in self._tenants:
            self._tenants[function, tenant] = ports.of(tenant)
        return self._tenants[function, tenant]

    @contextmanager
    def _process(self, process: object) -> Iterator[None]:
        self.faults.begin(process)
        self._running.append(next(self._processes))
        try:
            yield
        except Crash:
            self.crashes += 1
            self._forgive()
        finally:
            self._running.pop()

    def _forgive(self) -> None:
        """What the process that dies now has sent and not recorded may be sent once more."""
        mine = self._sent_by[self._running[-1]]
        known = self.records() if mine else {}
        for sent in mine:
            record = known.get(sent.delivery)
            if record is None or record.at < sent.at:
                self.forgiven[sent.delivery] += 1

    def _answer(self, request: Request) -> Answer:
        answer = self._outside(request, self.clock.now())
        sent = Sent(
            at=self.clock.now(),
            delivery=self._built.get(id(request), ""),
            request=request,
            accepted=isinstance(answer, Response) and answer.status == OK,
        )
        self.sent.append(sent)
        if self._running:
            self._sent_by[self._running[-1]].append(sent)
        return answer

    # -- what came of it

    def records(self) -> Mapping[str, DeliveryRecord]:
        """Every delivery's record by its id, as a reader would see it."""
        found = {
            one.delivery: one
            for record in self.fakes.chunks.records.values()
            for one in record.values()
        }
        found.update(
            (waiting.delivery.id, waiting.record) for waiting in self.fakes.waiting.by_key.values()
        )
        return found

    def by_invocation(self) -> Mapping[str, Sequence[DeliveryRecord]]:
        grouped: dict[str, list[DeliveryRecord]] = defaultdict(list)
        for one in self.records().values():
            grouped[one.invocation].append(one)
        return grouped

    def sent_to(self) -> Counter[str]:
        """How often each URL was posted to."""
        return Counter(str(getattr(sent.request, "url", "")) for sent in self.sent)


def worker_of(message: messages.Message) -> str:
    """The logical id of the function that takes it from its queue."""
    match message:
        case Chunk(channel=channel) | Retry(channel=channel):
            return f"WorkersDeliver{title(channel)}Function"
        case _:
            return "WorkersFanOutFunction"


@contextmanager
def inline_senders() -> Iterator[None]:
    """Send one after the other, so that a run is the same each time."""
    before = attempts._senders
    attempts._senders = _Inline()
    try:
        yield
    finally:
        attempts._senders = before


@contextmanager
def no_pauses() -> Iterator[None]:
    """Try again at once where our adapters would wait: no time passes in a process here."""
    with mock.patch("carillon.adapters.aws.pauses.time.sleep"):
        yield


class _Inline(Executor):
    def submit(self, fn: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*arguments, **named))
        return future
