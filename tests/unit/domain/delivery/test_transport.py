"""Requests: what they show of themselves, which is no secret."""

import pytest

from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import (
    AppriseRequest,
    BearerRequest,
    EventBridgeRequest,
    Http2Request,
    HttpRequest,
    NoAnswer,
    SesRequest,
    SmtpRequest,
    SnsRequest,
)

SECRET = "s3cr3t"
HTTP = HttpRequest(
    method="POST",
    url=f"https://{SECRET}.example",
    headers={"authorization": SECRET},
    body=SECRET.encode(),
)


@pytest.mark.parametrize(
    "request_",
    [
        HTTP,
        Http2Request(method="POST", url=SECRET, headers={"x": SECRET}, body=SECRET.encode()),
        BearerRequest(request=HTTP, grant=HTTP),
        AppriseRequest(url=SECRET, title=SECRET, body=SECRET),
        SmtpRequest(
            host="mail.example",
            port=465,
            security="tls",
            sender=SECRET,
            recipient=SECRET,
            message=SECRET.encode(),
            copies=(SECRET,),
            username=SECRET,
            password=SECRET,
        ),
        SesRequest(arguments={"Content": SECRET}),
        SnsRequest(arguments={"Message": SECRET}),
        EventBridgeRequest(region="eu-west-1", entry={"Detail": SECRET}),
    ],
    ids=lambda request: type(request).__name__,
)
def test_a_request_shows_no_secret(request_):
    assert SECRET not in repr(request_)
    assert SECRET not in str(request_)


def test_an_event_is_put_as_one_entry():
    request = EventBridgeRequest(region="eu-west-1", entry={"Detail": "{}"})

    assert request.arguments == {"Entries": [{"Detail": "{}"}]}


def test_the_absence_of_an_answer_is_named_by_its_code():
    none = NoAnswer(Result(outcome=Outcome.RETRY, code="timeout", detail=SECRET))

    assert str(none) == "timeout"
    assert none.result.outcome is Outcome.RETRY
