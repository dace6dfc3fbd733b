"""One stack for all end-to-end tests, and small ones of their own for those that break things."""

from pathlib import Path

import pytest

from tests.end_to_end import stacks
from tests.end_to_end.stacks import Stack

TINY = Path(__file__).parent / "tiny" / "template.yaml"
TINY_ARGUMENTS = (
    "--no-demo",
    "--no-reload",
    "--template",
    str(TINY),
    "--parameter",
    "Visibility=2",
)


def pytest_testnodedown(node):
    """Collect what the stacks of a worker process leaked."""
    stacks.leaks.extend(getattr(node, "workeroutput", {}).get("leaks", []))


def pytest_sessionfinish(session):
    """Fail the run, whatever its tests said, when a stack wrote a secret into a log."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["leaks"] = stacks.leaks
    elif stacks.leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    if stacks.leaks:
        terminalreporter.section("Secrets in the stacks' logs", red=True)
        terminalreporter.write("".join(f"{line}\n" for line in stacks.leaks))


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """Carillon itself, with its demo tenant: one stack for each process of tests."""
    arguments = ("--no-reload", "--parameter", "DeletionGrace=1")
    with Stack(tmp_path_factory.mktemp("stack"), arguments) as running:
        yield running


@pytest.fixture(scope="module")
def shared_tiny(tmp_path_factory):
    """A running stack of two functions and a queue, whose messages come back after 2 s."""
    with Stack(tmp_path_factory.mktemp("tiny"), TINY_ARGUMENTS) as running:
        yield running


@pytest.fixture
def tiny(tmp_path):
    """A stack of two functions and a queue, not yet started; stopped if it was."""
    made = Stack(tmp_path / "tiny", TINY_ARGUMENTS)
    yield made
    made.stop()
    made.http.close()
