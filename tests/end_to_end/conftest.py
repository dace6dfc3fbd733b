"""One stack for all end-to-end tests, and small ones of their own for those that break things."""

from pathlib import Path

import pytest

from tests import canaries
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


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """Carillon itself, with its demo tenant."""
    state = tmp_path_factory.mktemp("stack")
    talkative = {"POWERTOOLS_LOG_LEVEL": "DEBUG"}
    with Stack(state, ("--no-reload",), talkative) as running:
        yield running
    for log in state.glob("*.log"):
        assert not canaries.found(log.read_text()), f"a secret is in {log.name}"


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
