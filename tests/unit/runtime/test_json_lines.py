"""Lines of our own loggers are JSON, with what is bound to their request or message."""

import json
import logging

import pytest

from carillon.runtime.observability import logger
from carillon.telemetry import log_context
from carillon.telemetry.log_context import LogContext
from tests import canaries


@pytest.fixture
def line(capsys):
    def read():
        [text] = capsys.readouterr().out.splitlines()
        return json.loads(text)

    return read


def test_a_line_of_any_module_of_ours_says_whose_it_is(line):
    with LogContext(message_id="m1"):
        log_context.bind(tenant="acme")
        log_context.add(route="GET /")
        logging.getLogger("carillon.usecases.x").warning("opened %s", 3, extra={"code": "c"})

    written = line()
    assert (written["level"], written["message"], written["code"]) == ("WARNING", "opened 3", "c")
    assert (written["tenant"], written["message_id"]) == ("acme", "m1")
    assert written["service"] == "carillon"
    assert written["location"].startswith("test_json_lines.test_a_line_of_any_module")
    assert "route" not in written  # is for the last line


def test_a_lines_own_fields_win(line):
    with LogContext(tenant="acme"):
        logger.info("plain", tenant="globex")

    assert line()["tenant"] == "globex"


def test_a_field_of_none_is_left_out(line):
    logger.info("plain", error=None)

    assert "error" not in line()


def test_an_exceptions_text_stays_out_of_the_line():
    """The net would catch the record itself: this is what is written of one."""
    error = RuntimeError(canaries.PASSWORD)
    record = logger.makeRecord("carillon.x", logging.ERROR, __file__, 1, "plain", (), None)
    record.exc_info = (type(error), error, None)

    text = logger.registered_formatter.format(record)

    assert not canaries.found(text)
    assert json.loads(text)["errors"] == ["RuntimeError at an unknown place"]
