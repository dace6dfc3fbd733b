"""The net under the whole run: a log line with a canary fails the test it was written in.

A pytest plugin (`conftest.py` brings it in). It sets the log up as on Lambda at DEBUG, with our
own quieting of libraries in force: what comes through then is what an installation's log would get.
"""

import io
import logging
import os
import sys
from collections.abc import Generator
from typing import override

import pytest

from tests import canaries

# Before our code is imported: that is when it reads them. The stacks of a test inherit them.
os.environ["POWERTOOLS_SERVICE_NAME"] = "carillon"
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Carillon/carillon"
os.environ["POWERTOOLS_LOG_LEVEL"] = os.environ["AWS_LAMBDA_LOG_LEVEL"] = "DEBUG"

_PLAIN = vars(logging.makeLogRecord({})).keys() | {"message", "asctime"}


class Caught(AssertionError):
    """A secret was logged."""


class Net(logging.Handler):
    """Reads every record with its exception and its extra fields, as some formatter would."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.caught: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        extra = {name: value for name, value in vars(record).items() if name not in _PLAIN}
        self.read(record.name, f"{self.format(record)} {extra or ''}")

    def read(self, source: str, text: str) -> None:
        if canaries.found(text):
            self.caught.append(f"{source}: {canaries.masked(text)}")

    def release(self) -> None:
        """Raise for what was caught, and forget it."""
        caught, self.caught = self.caught, []
        if caught:
            raise Caught("\n".join(["A secret was logged:", *caught]))


class _Stdout(io.TextIOBase):
    """Today's stdout (pytest changes it), with the net before it."""

    def __init__(self, net: Net) -> None:
        self._net = net

    @override
    def write(self, text: str) -> int:
        self._net.read("stdout", text)
        return sys.stdout.write(text)


def _spread() -> Net:
    root = logging.getLogger()
    root.setLevel(logging.DEBUG)  # as Lambda does before it imports a function
    from carillon.runtime.observability import logger  # noqa: PLC0415

    net = Net()
    root.addHandler(net)
    logging.getLogger("aws_lambda_powertools").addHandler(net)  # it does not propagate
    # Powertools writes its lines itself, as its formatter makes them.
    written = logger.registered_handler
    assert isinstance(written, logging.StreamHandler)
    written.setStream(_Stdout(net))
    return net


NET = _spread()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    result = yield
    NET.release()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    result = yield
    NET.release()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    result = yield
    NET.release()
    return result
