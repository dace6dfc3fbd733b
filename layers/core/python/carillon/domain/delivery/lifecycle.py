"""The lifecycle of a delivery: its states, and the events that move it from one to the next.

Only this module gives a `DeliveryRecord` its status. Each event is a function from an open delivery
to its next record; a delivery in a final state has no event, so that a message which arrives twice
or late cannot reopen it.

| state       | meaning                                 | set by                          | final |
|-------------|-----------------------------------------|---------------------------------|-------|
| (no record) | planned: no worker has had its chunk    | fan-out                         | no    |
| retrying    | due again at `next_attempt_at`          | attempt, hold, postpone         | no    |
| sent        | the provider took it                    | attempt                         | yes   |
| failed      | no attempt more can succeed or be heard | attempt, postpone               | yes   |
| exhausted   | 12 attempts, or 76 hours, did not do    | attempt, hold, postpone         | yes   |
| expired     | too late to be worth sending            | attempt, hold, postpone, expire | yes   |
| suppressed  | not sent: its address is known dead     | suppress                        | yes   |
| cancelled   | not sent: called off                    | cancel, drop, erase             | yes   |
| skipped     | not sent: no way to, or unwanted        | skip                            | yes   |

Who causes an event: `attempt`, a provider's answer; `hold`, an integration's open circuit;
`postpone`, a store of ours that failed before the provider was asked; `expire` and `suppress`, the
worker that is about to send; `skip`, fan-out, which found nothing to send it by or to, or that it
is unwanted; `cancel`, the tenant's call, or that the tenant or its invocation is gone; `drop`, the
operator, who ends the dead letter that carries the delivery; `erase`, that its subscriber was
deleted.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from carillon.domain.base.channels import Channel
from carillon.domain.delivery import retry_policy
from carillon.domain.delivery.deliveries import (
    STORE_UNAVAILABLE,
    Delivery,
    DeliveryRecord,
    Outcome,
    Result,
    Status,
)

_HELD = Result(outcome=Outcome.CONFIG, code="circuit_open")
_UNPREPARED = Result(outcome=Outcome.RETRY, code=STORE_UNAVAILABLE)
_LATE = Result(outcome=Outcome.RETRY, code="too_late")

_TWICE = "It may have been sent; the service does not tell a repetition apart."


class AlreadyFinal(Exception):
    """The delivery has a final status, which no event may change."""


@dataclass(frozen=True, kw_only=True)
class OpenDelivery:
    """A delivery that something can still happen to.

    `since` is when it was first due; `record` is None until a worker has had it. Raise AlreadyFinal
    for a record with a final status.
    """

    delivery: Delivery
    channel: Channel
    since: datetime
    record: DeliveryRecord | None = None

    def __post_init__(self) -> None:
        if self.record and self.record.status.final:
            raise AlreadyFinal(f"{self.record.delivery} is {self.record.status}")

    @property
    def attempts(self) -> int:
        return self.record.attempts if self.record else 0

    def by(self, integration: str, provider: str, after: DeliveryRecord | None) -> Self:
        """Return it as another integration takes it over, after the record of the one before.

        That record may say that the one before has given up: it is not stored, and is open again.
        """
        if after and after.status.final:
            after = replace(after, status=Status.RETRYING)
        delivery = replace(self.delivery, integration=integration, provider=provider)
        return replace(self, delivery=delivery, record=after)


def attempt(
    open_delivery: OpenDelivery,
    result: Result,
    *,
    accepted_at: datetime,
    at: datetime,
    drops_repeats: bool = True,
) -> DeliveryRecord:
    """Record a provider's answer: the end of the delivery, or a wait for the next attempt.

    Where the service does not drop repetitions (`drops_repeats`), a message that may have been
    sent is tried again twice at most.
    """
    delivery, number = open_delivery.delivery, open_delivery.attempts + 1
    result = retry_policy.judge(result, number)
    if retry_policy.is_final(result) or delivery.once:
        status = Status.SENT if result.outcome is Outcome.SENT else Status.FAILED
        return _ended(open_delivery, status, result, at=at, attempts=number)
    unsure = 0 if drops_repeats else _unsure(open_delivery, result)
    if unsure:
        result = replace(result, detail=f"{result.detail} {_TWICE}".strip())
    due = retry_policy.next_attempt(result, number, delivery, now=at, unsure=unsure)
    if due is None:
        return _ended(open_delivery, Status.EXHAUSTED, result, at=at, attempts=number)
    return _waiting(open_delivery, result, due, accepted_at=accepted_at, at=at, attempts=number)


def _unsure(open_delivery: OpenDelivery, result: Result) -> int:
    """Count the attempts after which the message may have been sent, with the latest."""
    earlier = open_delivery.record.history if open_delivery.record else ()
    return [*(one.outcome for one in earlier), result.outcome].count(Outcome.UNSURE)


def hold(open_delivery: OpenDelivery, *, accepted_at: datetime, at: datetime) -> DeliveryRecord:
    """Record a wait for the integration's circuit to close, without an attempt counted."""
    due = retry_policy.next_look(open_delivery.delivery, since=open_delivery.since, now=at)
    attempts = open_delivery.attempts
    return _waiting(open_delivery, _HELD, due, accepted_at=accepted_at, at=at, attempts=attempts)


def postpone(open_delivery: OpenDelivery, *, accepted_at: datetime, at: datetime) -> DeliveryRecord:
    """Record a wait for a store of ours, without an attempt counted.

    A delivery whose listener waits for the answer has failed: it would come too late.
    """
    if open_delivery.delivery.once:
        return _ended(open_delivery, Status.FAILED, _UNPREPARED, at=at)
    before, waited = open_delivery.record, timedelta(0)
    if before and before.code == STORE_UNAVAILABLE and before.next_attempt_at:
        waited = before.next_attempt_at - before.at
    due = retry_policy.next_try(open_delivery.delivery, waited=waited, now=at)
    attempts = open_delivery.attempts
    return _waiting(
        open_delivery, _UNPREPARED, due, accepted_at=accepted_at, at=at, attempts=attempts
    )


def expire(open_delivery: OpenDelivery, *, at: datetime) -> DeliveryRecord:
    """End a delivery that is worse late than never."""
    return _ended(open_delivery, Status.EXPIRED, _LATE, at=at)


def suppress(open_delivery: OpenDelivery, *, at: datetime) -> DeliveryRecord:
    """End a delivery to a dead address, with the provider's word for the death."""
    death = Result(outcome=Outcome.DEAD, code=open_delivery.delivery.dead)
    return _ended(open_delivery, Status.SUPPRESSED, death, at=at)


def skip(open_delivery: OpenDelivery, *, at: datetime) -> DeliveryRecord:
    """End a delivery that fan-out decided not to send; its code is the reason."""
    unsent = Result(outcome=Outcome.BAD, code=open_delivery.delivery.skip or "")
    return _ended(open_delivery, Status.SKIPPED, unsent, at=at)


def cancel(open_delivery: OpenDelivery, *, at: datetime, code: str = "cancelled") -> DeliveryRecord:
    """End a delivery that its tenant does not want any more; `code` says for which reason."""
    return _ended(open_delivery, Status.CANCELLED, Result(outcome=Outcome.BAD, code=code), at=at)


def erase(open_delivery: OpenDelivery, *, at: datetime) -> DeliveryRecord:
    """End a delivery whose subscriber was deleted; its record names nobody."""
    return cancel(open_delivery, at=at, code="subscriber_deleted").anonymous


def drop(open_delivery: OpenDelivery, *, at: datetime) -> DeliveryRecord:
    """End a delivery whose message the operator has given up."""
    return cancel(open_delivery, at=at, code="dropped")


def _waiting(
    open_delivery: OpenDelivery,
    result: Result,
    due: datetime,
    *,
    accepted_at: datetime,
    at: datetime,
    attempts: int,
) -> DeliveryRecord:
    """Return the record of a wait until `due`, or of its end if the delivery is given up before."""
    gives_up, status = retry_policy.gives_up(open_delivery.since), Status.EXHAUSTED
    expires = retry_policy.expires(open_delivery.channel, accepted_at)
    if expires and expires < gives_up:
        gives_up, status = expires, Status.EXPIRED
    if due >= gives_up:
        return _ended(open_delivery, status, result, at=at, attempts=attempts)
    return _record(open_delivery, Status.RETRYING, result, at=at, attempts=attempts, due=due)


def _ended(
    open_delivery: OpenDelivery,
    status: Status,
    result: Result,
    *,
    at: datetime,
    attempts: int | None = None,
) -> DeliveryRecord:
    counted = open_delivery.attempts if attempts is None else attempts
    return _record(open_delivery, status, result, at=at, attempts=counted, due=None)


def _record(
    open_delivery: OpenDelivery,
    status: Status,
    result: Result,
    *,
    at: datetime,
    attempts: int,
    due: datetime | None,
) -> DeliveryRecord:
    delivery, before = open_delivery.delivery, open_delivery.record
    return DeliveryRecord(
        delivery=delivery.id,
        invocation=delivery.invocation,
        integration=delivery.integration,
        provider=delivery.provider,
        status=status,
        outcome=result.outcome,
        attempts=attempts,
        at=at,
        subscriber=delivery.subscriber,
        code=result.code,
        http_status=result.http_status,
        message_id=result.message_id,
        detail=result.detail,
        replay_of=delivery.replay_of,
        next_attempt_at=due,
        earlier=before.history if before else (),
        channel=open_delivery.channel,
        warnings=result.warnings,
        address=delivery.address,
        excerpt=result.excerpt,
        latency=result.latency,
    )
