"""Deliver: claim a chunk, render and send what is left of it, record every outcome at once."""

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carillon.domain import ids, retrying
from carillon.domain.channels import Channel
from carillon.domain.deliveries import (
    Attempted,
    Chunk,
    Delivery,
    Held,
    Occasion,
    Outcome,
    Result,
    Status,
)
from carillon.domain.errors import Invalid, Problem, Unfinished
from carillon.domain.integrations import Integration
from carillon.domain.subscribers import DeadAddress, mark
from carillon.domain.templates import Message, Template, choose
from carillon.domain.transport import NoAnswer
from carillon.ports import Ports
from carillon.usecases import subscribers
from carillon.usecases.circuits import Circuits

# Seconds that starting one more send must leave: a send takes 15 at most, recording 1 or 2.
TIME_TO_SEND = 20

_HELD = Result(outcome=Outcome.CONFIG, code="circuit_open")
_HINT = 6  # characters of a dead address that its people may recognize

_log = logging.getLogger(__name__)

# One pool a process, as its connections are kept between chunks.
_senders = ThreadPoolExecutor(max_workers=10, thread_name_prefix="send")


def deliver(chunk: Chunk, *, ports: Ports, time_left: Callable[[], float]) -> None:
    """Send what has no final state yet.

    Raise Unfinished, so that the queue gives the chunk again, when another worker holds it, when
    time ran out, when a provider said "not now", or when a circuit holds some of it back.
    `time_left` is in seconds.
    """
    if time_left() < TIME_TO_SEND:  # an earlier chunk of the batch was slow
        raise Unfinished("too little time is left to start")
    owner = ids.new()
    claim = ports.chunks.claim(chunk, owner, ports.clock.now())
    if isinstance(claim, Held):
        raise Unfinished("another worker holds the chunk")
    before = claim.attempted
    left = [d for d in chunk.deliveries if d.id not in before or not before[d.id].status.final]
    if not left:
        return
    desk = _Desk.of(chunk, ports)
    circuits = Circuits(chunk.tenant, desk.integrations, ports)

    def attempt(delivery: Delivery) -> Attempted | None:
        attempts = before[delivery.id].attempts if delivery.id in before else 0
        if delivery.dead:
            known = Result(outcome=Outcome.DEAD, code=delivery.dead)
            return _account(delivery, known, attempts, ports.clock.now(), Status.SUPPRESSED)
        if time_left() < TIME_TO_SEND:
            return None
        if not circuits.admit(delivery):
            return _account(delivery, _HELD, attempts, ports.clock.now(), Status.RETRYING)
        result = retrying.judged(desk.send(delivery), attempts + 1, delivery)
        circuits.saw(delivery, result)
        return _account(delivery, result, attempts + 1, ports.clock.now())

    probes, others = circuits.probes_first(left)
    tried = [*_senders.map(attempt, probes), *_senders.map(attempt, others)]
    attempted = {one.delivery: one for one in tried if one is not None}
    circuits.settle()
    _bury(chunk, attempted.values(), desk.integrations, ports)
    if not ports.chunks.record(chunk, owner, {**before, **attempted}):
        raise Unfinished("the lease was lost")
    again = [d for d in left if d.id not in attempted or not attempted[d.id].status.final]
    if again:
        raise Unfinished(f"{len(again)} of {len(chunk.deliveries)} need another attempt")


@dataclass(frozen=True)
class _Desk:
    """All that is needed to send a chunk's deliveries, read once."""

    chunk: Chunk
    integrations: Mapping[str, Integration]
    templates: Mapping[tuple[str, str], list[Template]]
    ports: Ports

    @classmethod
    def of(cls, chunk: Chunk, ports: Ports) -> "_Desk":
        integrations = {i.id: i for i in ports.integrations.all(chunk.tenant) if i.active}
        templates: dict[tuple[str, str], list[Template]] = {}
        kinds = {(o.application, o.event) for o in chunk.occasions.values()}
        for application in {application for application, _ in kinds}:
            slugs = sorted(event for name, event in kinds if name == application)
            found = ports.event_types.get_many(chunk.tenant, application, slugs)
            for slug, event in found.items():
                templates[application, slug] = list(ports.templates.for_event(chunk.tenant, event))
        return cls(chunk, integrations, templates, ports)

    def send(self, delivery: Delivery) -> Result:
        """What the provider said, or why it was not asked. Never raises."""
        integration = self.integrations.get(delivery.integration)
        if integration is None:
            return Result(outcome=Outcome.CONFIG, code="integration_missing")
        try:
            provider = self.ports.providers.get(integration.provider)
            message = self._message(delivery)
            request = provider.build(message, delivery.address, integration.settings)
            response = self.ports.egress.send(request)
            return provider.classify(response.status, response.headers, response.body)
        except NoAnswer as none:
            return none.result
        except Invalid as error:
            return Result(outcome=Outcome.BAD, code="invalid_message", detail=str(error)[:500])
        except Exception as error:  # noqa: BLE001 - our bug must not cost the chunk its record
            # Its kind alone: the text may quote an address or a credential.
            _log.error("send failed", extra={"kind": type(error).__name__, "delivery": delivery.id})
            return Result(outcome=Outcome.RETRY, code="internal_error")

    def _message(self, delivery: Delivery) -> Message:
        occasion = self.chunk.occasions[delivery.invocation]
        subject, text, html = self._words(delivery, occasion)
        return Message(
            id=delivery.id,
            event=occasion.event,
            occurred_at=occasion.accepted_at,
            attempted_at=self.ports.clock.now(),
            subject=subject,
            text=text,
            html=html,
            data=occasion.payload,
            overrides=_overrides(occasion.overrides, self.chunk.channel, delivery.provider),
        )

    def _words(self, delivery: Delivery, occasion: Occasion) -> tuple[str, str, str]:
        templates = self.templates.get((occasion.application, occasion.event), [])
        template = choose(templates, self.chunk.channel, delivery.locale)
        if template is not None:
            return self.ports.renderer.render(template, _variables(delivery, occasion))
        if self.chunk.channel is Channel.WEBHOOK:  # machines read the data
            return "", "", ""
        raise Invalid(Problem("template", f"is missing for {self.chunk.channel}"))


def _variables(delivery: Delivery, occasion: Occasion) -> dict[str, Any]:
    """What templates can say: the payload's names directly, and whatever else by its own name."""
    return {
        **occasion.payload,
        "payload": occasion.payload,
        "subscriber": delivery.recipient,
        "tenant": occasion.context or {},
        "event": {"name": occasion.event, "timestamp": occasion.accepted_at.isoformat()},
    }


def _overrides(overrides: Mapping[str, Any], channel: Channel, provider: str) -> dict[str, Any]:
    """What the caller set for the channel, then for the provider."""
    merged: dict[str, Any] = {}
    for name in (channel, provider):
        given = overrides.get(name)
        if isinstance(given, Mapping):
            merged.update(given)
    return merged


def _bury(
    chunk: Chunk,
    attempted: Iterable[Attempted],
    integrations: Mapping[str, Integration],
    ports: Ports,
) -> None:
    """Have the addresses that were called dead skipped from now on."""
    places = {delivery.id: delivery.address for delivery in chunk.deliveries}
    dead: dict[str, list[DeadAddress]] = {}
    for one in attempted:
        if one.outcome is Outcome.DEAD and one.status is Status.FAILED and one.subscriber:
            place = places[one.delivery]
            death = DeadAddress(
                mark=mark(integrations[one.integration], place),
                integration=one.integration,
                code=one.code,
                at=one.at,
                hint=next(iter(place.values()), "")[-_HINT:],
            )
            dead.setdefault(one.subscriber, []).append(death)
    if dead:
        subscribers.bury(dead, tenant=chunk.tenant, ports=ports)


def _account(
    delivery: Delivery, result: Result, attempts: int, at: datetime, status: Status | None = None
) -> Attempted:
    return Attempted(
        delivery=delivery.id,
        invocation=delivery.invocation,
        integration=delivery.integration,
        provider=delivery.provider,
        status=status or retrying.status_after(result, attempts),
        outcome=result.outcome,
        attempts=attempts,
        at=at,
        subscriber=delivery.subscriber,
        code=result.code,
        http_status=result.http_status,
        message_id=result.message_id,
        detail=result.detail,
    )
