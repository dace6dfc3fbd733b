"""For all tests: nothing that stands for a secret may be logged, by whomever, at any level."""

import logging
import traceback

import pytest

from carillon.runtime import observability
from tests import canaries


class Net(logging.Handler):
    """Keeps the records that hold a canary: in their text, their extras or their exception."""

    def __init__(self):
        super().__init__(logging.NOTSET)
        self.caught = []

    def emit(self, record):
        told = [record.getMessage(), *(repr(value) for value in vars(record).values())]
        if record.exc_info and record.exc_info[1]:
            told += traceback.format_exception(record.exc_info[1])
        if any(map(canaries.found, told)):
            self.caught.append(f"{record.name} {record.levelname} {record.msg!r}"[:300])


@pytest.fixture(scope="session")
def net():
    """Everything that is logged goes through it, DEBUG too."""
    assert observability.logger  # has set what libraries may say
    caught = Net()
    root = logging.getLogger()
    root.addHandler(caught)
    root.setLevel(logging.DEBUG)
    return caught


@pytest.fixture(autouse=True)
def _no_canary_is_logged(net):
    net.caught.clear()
    yield
    assert net.caught == [], "a secret was logged"
