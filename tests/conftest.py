"""For every test: no secret is logged, the keys it makes can be told, its order can be repeated."""

from carillon.domain.tenancy import access
from tests import canaries
from tests.net import pytest_runtest_call, pytest_runtest_setup, pytest_runtest_teardown

__all__ = ["pytest_runtest_call", "pytest_runtest_setup", "pytest_runtest_teardown"]

_random = access._random


def _marked(length: int) -> str:
    """Random as ever, but a key's secret begins with the mark; its id is none and has none."""
    if length < access._SECRET_LENGTH:
        return _random(length)
    return canaries.MARK + _random(length - len(canaries.MARK))


access._random = _marked


def pytest_terminal_summary(terminalreporter, config):
    """Show how to repeat the order; `-q` hides the plugin's own line."""
    seed = config.getoption("randomly_seed", None)
    if seed is not None:
        terminalreporter.write_line(f"Same order again: PYTEST_ADDOPTS=--randomly-seed={seed}")
