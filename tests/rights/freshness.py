"""Keeps `port_calls.json` what the adapters' tests see; `make rights` writes it anew.

A call that the table does not know fails its test at once. A row that no test has seen can only be
told when all of them have run: then it fails the run.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rights import port_calls
from tests.rights.calls import Right
from tests.rights.recording import Recorded

_TESTS = Path(__file__).parents[1] / "integration"
_WHOLE = {_TESTS, _TESTS / "adapters"}
# No emulator has these calls: scripted clients hold them, and their rows are written by hand.
_BY_HAND = {"identities.mail_from", "identities.set_mail_from", "identities.signing"}
_KEY = pytest.StashKey[Recorded]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_KEY] = Recorded()


@pytest.fixture(scope="session", autouse=True)
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    """What the ports' methods ask of AWS, from now on."""
    recorded = request.config.stash[_KEY]
    with recorded.watching():
        yield recorded


@pytest.fixture(autouse=True)
def no_call_is_unknown(recorded: Recorded) -> Iterator[None]:
    yield
    if not _is_writing():
        unknown = _beyond(recorded.calls, port_calls.read())
        assert not unknown, f"tests/rights/port_calls.json is stale (make rights): {unknown}"


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a process of xdist has seen."""
    for name, calls in getattr(node, "workeroutput", {}).get("port_calls", {}).items():
        node.config.stash[_KEY].calls[name] |= {Right(*call) for call in calls}


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    calls = config.stash[_KEY].calls
    if hasattr(config, "workeroutput"):
        told = {name: [list(right) for right in known] for name, known in calls.items()}
        config.workeroutput["port_calls"] = told
    elif session.testsfailed or not _is_whole(config):
        return
    elif _is_writing():
        port_calls.write({**calls, **_by_hand()})
    elif unseen := _beyond(port_calls.read(), {**calls, **_by_hand()}):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        said = f"No test sees these calls any more (make rights): {unseen}"
        config.get_terminal_writer().line(f"\n{said}", red=True)


def _by_hand() -> port_calls.Calls:
    return {name: rights for name, rights in port_calls.read().items() if name in _BY_HAND}


def _beyond(calls: port_calls.Calls, known: port_calls.Calls) -> list[tuple[str, Right]]:
    return [(name, right) for name in calls for right in calls[name] - known.get(name, set())]


def _is_whole(config: pytest.Config) -> bool:
    asked = {Path(each).resolve() for each in config.args}
    return bool(asked & _WHOLE) and not (config.option.keyword or config.option.lf)


def _is_writing() -> bool:
    return "WRITE_RIGHTS" in os.environ
