"""Whom an event must be on record for, planned from what was done and not from what came of it.

A fact, such as a membership, may change between the call that accepts an event and the worker that
looks at it. So a plan says who must be on record, as the facts were so all the time, and who may
be, as they were so at one time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from carillon.domain.audience.subscribers import SubscriberChanges
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import DeliveryRecord
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.intake.triggers import Everybody, Trigger
from tests.crash.scenario import EARS, MEMBERS

MEDIA = {
    "welcome": {Channel.EMAIL, Channel.CHAT},
    "note": {Channel.IN_APP},
    "order": {Channel.EMAIL},
    "parcel": {Channel.EMAIL},
    "notice": {Channel.PUSH},
}
PEOPLE = tuple(f"m{number}" for number in range(MEMBERS))

# A subscriber on a channel, or an integration that subscribes.
type Place = tuple[str, Channel | None]


@dataclass(frozen=True)
class Plan:
    must: frozenset[Place]
    may: frozenset[Place]


class Model:
    """What callers and admins did, in their order."""

    def __init__(self) -> None:
        self._turn = 0
        self._facts: dict[tuple[str, str], list[tuple[int, bool]]] = defaultdict(
            lambda: [(0, True)]
        )
        self._asked: dict[str, tuple[int, Trigger]] = {}

    def ask(self, id: str, trigger: Trigger) -> None:
        """Note that a caller named an event; it may have been stored from then on."""
        self._asked.setdefault(id, (self._turn, trigger))

    def note(self, kind: str, name: str, *, holds: bool) -> None:
        """Note that somebody is a member, exists or wants events, or that a subscription hears."""
        self._turn += 1
        self._facts[kind, name].append((self._turn, holds))

    def plan(self, id: str) -> Plan:
        since, trigger = self._asked[id]
        media = MEDIA[trigger.event]
        must: set[Place] = set()
        may: set[Place] = set()
        for recipient in trigger.recipients:
            if isinstance(recipient, SubscriberChanges):
                must |= {(recipient.id, medium) for medium in media}
                continue
            to_all = isinstance(recipient, Everybody)
            passed_over = recipient.but if to_all else ()
            for person in PEOPLE:
                member = self._values("exists" if to_all else "member", person, since)
                places = {(person, medium) for medium in media if person not in passed_over}
                must |= places if member == {True} else set()
                may |= places if True in member else set()
        for event, _, integration in EARS:
            hears = self._values("hears", f"{event}.{integration}", since)
            if event == trigger.event:
                must |= {(integration, None)} if hears == {True} else set()
                may |= {(integration, None)} if True in hears else set()
        return Plan(frozenset(must), frozenset(must | may))

    def check(
        self, id: str, records: Iterable[DeliveryRecord], counted: Mapping[SkipReason, int]
    ) -> None:
        """Everybody planned is on record or counted, and nobody else is on record."""
        plan, (since, trigger) = self.plan(id), self._asked[id]
        found = {_place(one): one for one in records}
        broadcast = any(isinstance(one, Everybody) for one in trigger.recipients)
        strangers = {
            place for place in found.keys() - plan.may if not broadcast or place[0] in PEOPLE
        }
        assert not strangers, (id, strangers)
        missing = plan.must - found.keys()
        assert len(missing) <= Counter(counted).total(), (id, missing, counted)
        assert not any(place[0] not in PEOPLE for place in missing), (id, missing)
        for (name, _), record in found.items():
            wanted = self._values("wants", name, since) if record.subscriber else {True}
            refused = record.skip is SkipReason.PREFERENCE_GLOBAL
            assert refused or True in wanted, f"sent against a preference: {record}"
            assert not refused or False in wanted, f"no such preference: {record}"

    def _values(self, kind: str, name: str, since: int) -> set[bool]:
        """Return what the fact was from then on."""
        changes = self._facts[kind, name]
        before = [value for turn, value in changes if turn <= since]
        return {before[-1], *(value for turn, value in changes if turn > since)}


def _place(record: DeliveryRecord) -> Place:
    if record.subscriber:
        return record.subscriber, record.channel
    return record.integration, None
