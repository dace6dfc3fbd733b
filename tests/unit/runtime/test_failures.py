"""What goes wrong is told by kind and place; nothing that an exception quotes gets into the log."""

import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pydantic import BaseModel, ValidationError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from carillon.adapters.aws import codecs
from carillon.adapters.aws.clients import available
from carillon.domain.base.errors import NotFound, Unfinished
from carillon.domain.base.terms import Noun
from carillon.runtime.worker import worker
from carillon.telemetry.failures import described
from functions.admin.topics.app import handler as topics
from tests import canaries, fakes, gateway


class _Settings(BaseModel):
    token: int


def _pydantic():
    _Settings.model_validate({"token": canaries.BOT_TOKEN})


def _urllib3():
    reason = NewConnectionError(SimpleNamespace(host="x"), f"no way to {canaries.WEBHOOK_URL}")
    raise MaxRetryError(SimpleNamespace(host="x", port=1), canaries.WEBHOOK_URL, reason)


def _client_error():
    answer = {"Error": {"Code": "AccessDenied", "Message": canaries.TEXT}}
    raise ClientError(answer, "PutItem")


def _unreachable():
    with available("The table"):
        raise EndpointConnectionError(endpoint_url=canaries.WEBHOOK_URL)


def _key():
    return {}[canaries.OPERATOR_KEY]


def _ours():
    raise NotFound(Noun.SUBSCRIBER, canaries.EMAIL)


def _json():
    json.loads(f'{{"{canaries.TEXT}')


def _encoding():
    canaries.TEXT.encode().decode("utf-16")


def _caused():
    try:
        _client_error()
    except ClientError as error:
        raise RuntimeError(canaries.PASSWORD) from error


def _while_handling():
    try:
        _pydantic()
    except ValidationError:
        _key()


def _group():
    raise ExceptionGroup(canaries.TEXT, [KeyError(canaries.PHONE)])


def _noted():
    error = ValueError(canaries.TEXT)
    error.add_note(canaries.PASSWORD)
    raise error


FAULTS = [
    _pydantic,
    _urllib3,
    _client_error,
    _unreachable,
    _key,
    _ours,
    _json,
    _encoding,
    _caused,
    _while_handling,
    _group,
    _noted,
]
EACH = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.strip("_"))


def logged(text):
    return [json.loads(line) for line in text.splitlines()]


def run(job):
    record = {"messageId": "m1", "body": canaries.TEXT, "eventSource": "aws:sqs", "attributes": {}}
    return worker(lambda *_: job())({"Records": [record]}, gateway.CONTEXT)


@EACH
def test_a_workers_failure_is_logged_without_its_text(fault, capsys):
    answer = run(fault)

    [line] = logged(capsys.readouterr().out)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert (line["level"], line["message"], line["message_id"]) == ("ERROR", "failed", "m1")
    assert line["errors"]
    assert not canaries.found(json.dumps(line))


# What is a CarillonError is the caller's to know: it is refused, and no failure of ours.
@pytest.mark.parametrize(
    "fault",
    [fault for fault in FAULTS if fault not in {_ours, _unreachable}],
    ids=lambda fault: fault.__name__.strip("_"),
)
def test_an_endpoints_failure_is_logged_without_its_text(fault, capsys, monkeypatch):
    with gateway.using(fakes.ports()) as ports:
        key = gateway.issue_key(ports, "acme", "admin")
        monkeypatch.setattr(ports.topics, "list", lambda *_: fault())
        answer = gateway.call(topics, "GET", "/admin/v1/topics", authorization=f"Bearer {key}")

    [line] = logged(capsys.readouterr().out)
    assert answer.status == 500
    assert not canaries.found(answer.text)
    assert (line["level"], line["message"], line["function"]) == ("ERROR", "failed", "test")
    assert line["request_id"] == "req-1"
    assert line["errors"]
    assert not canaries.found(json.dumps(line))


@pytest.mark.parametrize("fault", [_ours, _unreachable])
def test_a_refusal_is_logged_by_its_kind(fault, capsys, monkeypatch):
    with gateway.using(fakes.ports()) as ports:
        key = gateway.issue_key(ports, "acme", "admin")
        monkeypatch.setattr(ports.topics, "list", lambda *_: fault())
        gateway.call(topics, "GET", "/admin/v1/topics", authorization=f"Bearer {key}")

    [line] = logged(capsys.readouterr().out)
    assert (line["level"], line["message"]) == ("INFO", "refused")
    assert line["error"] in {"NotFound", "Unavailable"}


def test_an_unfinished_message_is_logged_with_its_reason(capsys):
    def job():
        raise Unfinished("another worker holds the chunk")

    run(job)

    [line] = logged(capsys.readouterr().out)
    assert (line["message"], line["message_id"]) == ("unfinished", "m1")
    assert line["reason"] == "another worker holds the chunk"


def caught(fault):
    try:
        fault()
    except Exception as error:  # noqa: BLE001 - whichever it is
        return error
    return None


def test_an_exception_is_told_with_what_led_to_it_and_awss_word():
    wrapper, cause = described(caught(_caused))

    assert wrapper.startswith(f"RuntimeError at {__file__}:")
    assert cause.startswith(f"botocore.exceptions.ClientError AccessDenied at {__file__}:")


def test_the_place_is_our_innermost_line_and_not_the_librarys():
    [told] = described(caught(lambda: codecs.load(_Settings, canaries.TEXT)))

    assert told.startswith(f"pydantic_core._pydantic_core.ValidationError at {codecs.__file__}:")


def test_what_was_raised_from_none_is_told_alone():
    def fault():
        try:
            _key()
        except KeyError:
            raise ValueError from None

    assert len(described(caught(fault))) == 1


def test_exceptions_that_led_to_each_other_are_told_once_each():
    one, two = ValueError(), KeyError()
    one.__cause__, two.__cause__ = two, one

    assert described(one) == ["ValueError at an unknown place", "KeyError at an unknown place"]
