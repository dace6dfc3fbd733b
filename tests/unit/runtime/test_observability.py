"""What is logged when something breaks: enough to find it, nothing of what it was given."""

import logging
from dataclasses import replace

import pytest
from pydantic import BaseModel

from carillon.adapters import messages
from carillon.domain.access import Scope
from carillon.domain.errors import Malformed, Unavailable
from carillon.runtime import observability
from functions.novu.trigger.app import handler as trigger
from functions.workers.fan_out.app import handler as fan_out
from tests import builders as a
from tests import canaries, gateway


class Strict(BaseModel):
    number: int


def quoting():
    """Exceptions that quote what they were given, as libraries do."""
    try:
        Strict.model_validate({"number": canaries.TOKEN})
    except ValueError as error:
        yield error
    yield KeyError(canaries.TOKEN)
    yield ConnectionError(f"Max retries exceeded with url: {canaries.URL}")
    chained = RuntimeError("while sending")
    chained.__cause__ = ValueError(canaries.TEXT)
    yield chained


EACH = pytest.mark.parametrize("error", list(quoting()), ids=lambda error: type(error).__name__)


class Broken:
    """A store that fails with the given exception, whatever it is asked."""

    def __init__(self, error):
        self.error = error

    def __getattr__(self, name):
        raise self.error


@EACH
def test_a_workers_failure_tells_kind_and_place_and_no_words_of_others(caplog, error):
    world = a.world(invocations=Broken(error))
    message = {
        "messageId": "m1",
        "body": messages.encode(a.job()),
        "eventSource": "aws:sqs",
        "attributes": {},
    }

    with gateway.using(world):
        fan_out({"Records": [message]}, gateway.CONTEXT)

    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert (record.msg, record.message_id) == ("failed", "m1")
    assert record.kind == type(error).__name__
    assert record.place.startswith("usecases/fan_out.py:")
    assert record.exc_info is None
    assert not canaries.found(str(vars(record)))


@EACH
def test_an_endpoints_failure_tells_no_more(caplog, error):
    world = replace(a.world(), event_types=Broken(error))
    key = gateway.issue_key(world, a.TENANT, Scope.EVENT_TRIGGER)
    event = {"name": "welcome", "to": "ana", "payload": {}}

    with gateway.using(world):
        answer = gateway.call(
            trigger, "POST", "/v1/events/trigger", event, authorization=f"ApiKey {key}"
        )

    assert answer.status == 500
    assert "failed" in caplog.text
    assert not any(canaries.found(str(vars(record))) for record in caplog.records)


def test_our_own_words_are_told():
    assert observability.fault(Malformed("Not a message of ours"))["reason"] == (
        "Not a message of ours"
    )
    unavailable = Unavailable("DynamoDB is not available")
    unavailable.__cause__ = KeyError(canaries.TOKEN)
    about = observability.fault(unavailable)
    assert about["reason"] == "DynamoDB is not available"
    assert str(about["cause"]).startswith("KeyError")
    assert not canaries.found(str(about))


@pytest.mark.parametrize(
    "name", ["botocore.endpoint", "urllib3.connectionpool", "httpcore.http2", "hpack.hpack"]
)
def test_libraries_that_write_urls_and_bodies_are_not_heard_at_any_level(name, caplog):
    logging.getLogger(name).debug(canaries.URL)
    logging.getLogger(name).warning(canaries.URL)

    assert caplog.records == []


def test_the_net_of_these_tests_catches(net):
    logging.getLogger("somebody").debug("posting to %s", canaries.URL)
    observability.logger.info("sent", token=canaries.TOKEN)
    logging.getLogger("somebody").error("failed", exc_info=ValueError(canaries.TEXT))

    assert len(net.caught) == 3
    net.caught.clear()
