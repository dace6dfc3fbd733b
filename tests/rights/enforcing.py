"""Runs a function with the rights of its role: what the role does not allow fails the test."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import pytest

from carillon.domain.activity.dead_letters import QUEUES
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.delivery.transport import EventBridgeRequest, SesRequest, SnsRequest
from carillon.ports import Ports
from carillon.runtime import wiring
from tests.rights import port_calls, roles, used
from tests.rights.calls import Right, rights
from tests.rights.watching import watched

_CALLS = port_calls.read()
# Their rights are the same whatever they are given, so they are looked up once a process.
_FIXED = frozenset(
    asked
    for asked, needed in _CALLS.items()
    if asked != "subscribers.save" and not any(right.resource.startswith("{") for right in needed)
)
_NOTED = nullcontext()
# Functions by their handlers' ids; the handlers are kept, so that no other gets its id.
_FOUND: dict[int, tuple[Any, str | None]] = {}


def function_of(handler: Any) -> str | None:
    """The logical id of the function whose handler it is; None for a test's own, or several's."""
    if id(handler) not in _FOUND:
        modules = [
            name
            for name, module in sys.modules.items()
            if name.startswith("functions.") and vars(module).get("handler") is handler
        ]
        _FOUND[id(handler)] = handler, _logical_id(modules[0]) if len(modules) == 1 else None
    return _FOUND[id(handler)][1]


@contextmanager
def running_as(function: str) -> Iterator[set[Right]]:
    """Have functions run with the rights of this one; what they ask of AWS is in the set."""
    watched, ports = Watched(function), wiring.ports
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wiring, "ports", lambda **how: watched.over(ports(**how)))
        yield watched.asked
    watched.check()


class Watched:
    """What a function asks of AWS, and what of it its role does not allow."""

    def __init__(self, function: str) -> None:
        self.asked: set[Right] = set()
        self._function = function
        self._refused: dict[str, None] = {}
        self._noted: set[str] = set()

    def over(self, ports: Ports) -> Ports:
        """The same ports, whose calls are noted."""
        return watched(ports, self._note)

    def check(self) -> None:
        """Fail the test if something was asked for that AWS would refuse."""
        used.note(self._function, self.asked)
        if self._refused:
            role = roles.role_of(self._function)
            pytest.fail(f"{self._function} ({role}) may not {', '.join(self._refused)}")

    def _note(self, asked: str, given: list[Any]) -> AbstractContextManager[object]:
        if asked not in self._noted:
            for right in _needed(asked, given):
                self.asked.add(right)
                if not roles.allows(self._function, right):
                    said = f"{right.action} on {right.resource} {right.key} ({asked})"
                    self._refused[said] = None
            if asked in _FIXED:
                self._noted.add(asked)
        return _NOTED


def _needed(asked: str, given: list[Any]) -> Iterator[Right]:
    match given:
        case [SesRequest(arguments=arguments), *_]:
            yield from rights("sesv2", "SendEmail", arguments)
        case [SnsRequest(arguments=arguments), *_]:
            yield from rights("sns", "Publish", arguments)
        case [EventBridgeRequest(arguments=arguments), *_]:
            yield from rights("events", "PutEvents", arguments)
        case _:
            for right in _CALLS.get(asked, ()):
                if asked != "subscribers.save" or _saves(right, given[0]):
                    for name in _queues(right.resource, given):
                        yield right._replace(resource=name)


def _saves(right: Right, subscribers: Sequence[Subscriber]) -> bool:
    """Whether a save needs it: it inserts who is new, and updates the others."""
    is_new = {one.version == 1 for one in subscribers}
    return (right.action == "dynamodb:PartiQLInsert") in is_new


def _queues(resource: str, given: list[Any]) -> Iterator[str]:
    """The queues that a method's `{channel}` or `{queue}` stands for in this call."""
    if resource.startswith("{channel}"):
        for channel in {each.channel for each in given[0]}:
            yield resource.replace("{channel}", title(channel))
    elif resource.startswith("{queue}"):
        for queue in given[:1] or QUEUES:
            yield resource.replace("{queue}", title(queue))
    else:
        yield resource


def _logical_id(module: str) -> str:
    """`NovuTriggerBulkFunction`, of functions.novu.trigger_bulk.app."""
    return "".join(title(part) for part in module.split(".")[1:-1]) + "Function"


def title(name: str) -> str:
    """`FanOut`, of `fan_out`."""
    return "".join(word.capitalize() for word in name.split("_"))
